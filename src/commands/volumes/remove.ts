import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import { plainText } from '../../text/plain-text.ts'
import { forEach } from '../each.ts'
import { type VolumeRef, volumeUsers } from '../refs.ts'
import { chooseVolumes, type VolumeParts, volumePath, volumeWords } from './volume-parts.ts'

const MOST_NAMED = 10

/** Removes volumes with their data, after asking. Errors: InWords `volume-in-use`; EngineError, SomeFailed. */
export async function removeFlow(parts: VolumeParts, item: unknown, selected: unknown): Promise<void> {
  const refs = await chooseVolumes(parts, item, selected, l10n.t('Remove Volume'))
  if (refs.length === 0) return
  for (const ref of refs) checkUnused(ref)
  const names = refs.map(volumeWords)
  const shown = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), l10n.t('and {0} more', names.length - MOST_NAMED)] : names
  const mayGo = await parts.ask.confirm({
    text: refs.length === 1 ? l10n.t('Delete the volume “{0}”?', names[0] ?? '') : l10n.t('Delete {0} volumes?', refs.length),
    detail: [...(refs.length === 1 ? [] : [...shown, '']), l10n.t('What is in them cannot be brought back.')].join('\n'),
    button: refs.length === 1 ? l10n.t('Delete 1 volume') : l10n.t('Delete {0} volumes', refs.length),
  })
  if (!mayGo) return
  await parts.busy(() =>
    forEach(
      refs.map((ref) => ({ name: volumeWords(ref), value: ref })),
      (ref) => ref.host.client.tell('DELETE', volumePath(ref)),
    ),
  )
  for (const { host } of refs) parts.lists.stale(host)
}

function checkUnused(ref: VolumeRef): void {
  const users = volumeUsers(ref).map(({ name }) => plainText(name, 40))
  if (users.length === 0) return
  const text = l10n.t('“{0}” is in use by {1}. Remove what uses it first.', volumeWords(ref), users.slice(0, MOST_NAMED).join(', '))
  throw new InWords('volume-in-use', text)
}
