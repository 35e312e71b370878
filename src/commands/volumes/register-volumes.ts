/** The commands of volumes. Their flows are read when one is first wanted. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import { volumeSchema } from '../../model/volume-row.ts'
import type { Page } from '../../page/page.ts'
import { chooseHost } from '../choose.ts'
import type { Door, Handler } from '../door.ts'
import type { CommandId } from '../ids.ts'
import { volumeUsers } from '../refs.ts'
import { chooseVolumes, type VolumeParts, volumePath, volumeWords } from './volume-parts.ts'

export interface RegisterVolumeCommandsParts extends VolumeParts {
  readonly door: Door
  /** Opens a tab, or shows the one of this key anew. */
  readonly showPage: (key: string, page: Page) => unknown
}

/** Registers them. */
export function registerVolumeCommands(
  context: { readonly subscriptions: { dispose(): unknown }[] },
  parts: RegisterVolumeCommandsParts,
): void {
  const commands: readonly (readonly [CommandId, Handler])[] = [
    ['pocker.volumes.create', async (item) => (await import('./create.ts')).createFlow(parts, item)],
    ['pocker.volumes.remove', async (item, selected) => (await import('./remove.ts')).removeFlow(parts, item, selected)],
    ['pocker.volumes.prune', (item) => prune(parts, item)],
    ['pocker.volumes.inspect', (item, selected) => inspect(parts, item, selected)],
    ['pocker.volumes.inspectJson', (item, selected) => inspectJson(parts, item, selected)],
    ['pocker.volumes.copyName', (item, selected) => copyNames(parts, item, selected)],
  ]
  context.subscriptions.push(...commands.map(([id, handler]) => parts.door.register(id, handler)))
}

async function prune(parts: VolumeParts, item: unknown): Promise<void> {
  const host = await chooseHost(parts, item, { title: l10n.t('Remove Unused Volumes') })
  if (host === undefined) return
  const { cleanUp } = await import('../../cleanup/clean-up.ts')
  await cleanUp(parts.ask, host, { only: 'volumes', busy: parts.busy })
  parts.lists.stale(host)
}

async function inspect(parts: RegisterVolumeCommandsParts, item: unknown, selected: unknown): Promise<void> {
  for (const ref of await chooseVolumes(parts, item, selected, l10n.t('Inspect'))) {
    const answer = await ref.host.client.ask('GET', volumePath(ref), volumeSchema)
    const size = parts.lists.sizeOf(ref.host, ref.volume)
    const { volumePage } = await import('../../observe/inspect/volume-page.ts')
    parts.showPage(`volume ${ref.host.id} ${ref.volume}`, volumePage(answer, { host: ref.host.label, users: volumeUsers(ref), size }))
  }
}

async function inspectJson(parts: VolumeParts, item: unknown, selected: unknown): Promise<void> {
  for (const ref of await chooseVolumes(parts, item, selected, l10n.t('Inspect as JSON'))) {
    const answer = await ref.host.client.ask('GET', volumePath(ref), z.unknown())
    await parts.documents.show({ name: `${volumeWords(ref)}.json`, text: JSON.stringify(answer, undefined, 2) })
  }
}

async function copyNames(parts: VolumeParts, item: unknown, selected: unknown): Promise<void> {
  const refs = await chooseVolumes(parts, item, selected, l10n.t('Copy Name'))
  if (refs.length > 0) await parts.ask.copy(refs.map(({ volume }) => volume).join('\n'))
}
