/** What the flows of volumes need, and which volumes a command is for. */
import * as l10n from '@vscode/l10n'
import type { Ask } from '../../ask/ask.ts'
import type { ReadOnlyDocuments } from '../../documents/read-only-documents.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { VolumeLists } from '../../model/volume-lists.ts'
import { plainText } from '../../text/plain-text.ts'
import { volumeLabel } from '../../views/volumes/volume-look.ts'
import { refsOf, type VolumeRef, volumeRefOf, volumeUsers } from '../refs.ts'

export interface VolumeParts {
  readonly ask: Ask
  readonly hosts: Hosts
  readonly lists: VolumeLists
  readonly documents: Pick<ReadOnlyDocuments, 'show'>
  /** Shows in the view that work goes on. */
  readonly busy: <T>(work: () => Promise<T>) => Promise<T>
}

/** The volume's place in the API. */
export function volumePath({ volume }: Pick<VolumeRef, 'volume'>): string {
  return `/volumes/${encodeURIComponent(volume)}`
}

/** The volumes of a menu's item and selection, or one that is chosen from a list. None when the user left. */
export async function chooseVolumes(parts: VolumeParts, item: unknown, selected: unknown, title: string): Promise<readonly VolumeRef[]> {
  const given = refsOf(item, selected, volumeRefOf)
  if (given.length > 0) return given
  const ready = (await parts.hosts.settled()).filter(({ state }) => state.kind === 'ready')
  const lists = await Promise.all(ready.map(async (host) => (await parts.lists.read(host)).map((row) => ({ host, row }))))
  const known = lists.flat()
  const rows = known.map(({ host, row }, index) => {
    const users = volumeUsers({ host, volume: row.name }).map(({ name }) => plainText(name, 40))
    const words = [
      ...(ready.length > 1 ? [plainText(host.label)] : []),
      ...(users.length === 0 ? [] : [l10n.t('in use by {0}', users.join(', '))]),
    ]
    return { id: String(index), icon: 'database', label: volumeLabel(row), description: words.join(' · ') }
  })
  const none = { id: 'none', icon: 'info', label: l10n.t('There are no volumes.') }
  const answer = await parts.ask.pick({ title, placeholder: l10n.t('Which volume?'), rows: rows.length === 0 ? [none] : rows })
  const chosen = answer.kind === 'picked' ? known[Number(answer.id)] : undefined
  return chosen === undefined ? [] : [{ host: chosen.host, volume: chosen.row.name }]
}

/** The volume's name, fit to be shown. */
export function volumeWords({ volume }: Pick<VolumeRef, 'volume'>): string {
  return volumeLabel({ name: volume, isAnonymous: /^[0-9a-f]{64}$/.test(volume) })
}
