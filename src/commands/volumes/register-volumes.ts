/** The commands of volumes. */
import type { Page } from '../../page/page.ts'
import { type Door, registerLater } from '../door.ts'
import { VOLUME_COMMANDS } from '../ids.ts'
import type { VolumeParts } from './volume-parts.ts'

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
  context.subscriptions.push(
    ...registerLater(parts.door, VOLUME_COMMANDS, async () => (await import('./volume-commands.ts')).volumeCommands(parts)),
  )
}
