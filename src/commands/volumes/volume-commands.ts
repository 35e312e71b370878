/** What the commands of volumes do. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import { cleanUp } from '../../cleanup/clean-up.ts'
import { volumeSchema } from '../../model/volume-row.ts'
import { volumePage } from '../../observe/inspect/volume-page.ts'
import { chooseHost } from '../choose.ts'
import type { Handler } from '../door.ts'
import type { VolumeCommand } from '../ids.ts'
import { volumeUsers } from '../refs.ts'
import { createFlow } from './create.ts'
import type { RegisterVolumeCommandsParts } from './register-volumes.ts'
import { removeFlow } from './remove.ts'
import { chooseVolumes, type VolumeParts, volumePath, volumeWords } from './volume-parts.ts'

/** By their ids. */
export function volumeCommands(parts: RegisterVolumeCommandsParts): Readonly<Record<VolumeCommand, Handler>> {
  return {
    'pocker.volumes.create': (item) => createFlow(parts, item),
    'pocker.volumes.remove': (item, selected) => removeFlow(parts, item, selected),
    'pocker.volumes.prune': (item) => prune(parts, item),
    'pocker.volumes.inspect': (item, selected) => inspect(parts, item, selected),
    'pocker.volumes.inspectJson': (item, selected) => inspectJson(parts, item, selected),
    'pocker.volumes.copyName': (item, selected) => copyNames(parts, item, selected),
  }
}

async function prune(parts: VolumeParts, item: unknown): Promise<void> {
  const host = await chooseHost(parts, item, { title: l10n.t('Remove Unused Volumes') })
  if (host === undefined) return
  await cleanUp(parts.ask, host, { only: 'volumes', busy: parts.busy })
  parts.lists.stale(host)
}

async function inspect(parts: RegisterVolumeCommandsParts, item: unknown, selected: unknown): Promise<void> {
  for (const ref of await chooseVolumes(parts, item, selected, l10n.t('Inspect'))) {
    const answer = await ref.host.client.ask('GET', volumePath(ref), volumeSchema)
    const size = parts.lists.sizeOf(ref.host, ref.volume)
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
