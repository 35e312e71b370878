/** The commands of volumes. */
import type { Page } from '../../page/page.ts'
import { type Door, registerLater } from '../door.ts'
import type { CommandId } from '../ids.ts'
import type { VolumeParts } from './volume-parts.ts'

export interface RegisterVolumeCommandsParts extends VolumeParts {
  readonly door: Door
  /** Opens a tab, or shows the one of this key anew. */
  readonly showPage: (key: string, page: Page) => unknown
}

const IDS = [
  'pocker.volumes.create',
  'pocker.volumes.remove',
  'pocker.volumes.prune',
  'pocker.volumes.inspect',
  'pocker.volumes.inspectJson',
  'pocker.volumes.copyName',
] as const satisfies readonly CommandId[]

export type VolumeCommand = (typeof IDS)[number]

/** Registers them. */
export function registerVolumeCommands(
  context: { readonly subscriptions: { dispose(): unknown }[] },
  parts: RegisterVolumeCommandsParts,
): void {
  context.subscriptions.push(...registerLater(parts.door, IDS, async () => (await import('./volume-commands.ts')).volumeCommands(parts)))
}
