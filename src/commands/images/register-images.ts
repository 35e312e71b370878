/** The commands of images. */
import type { Logins } from '../../registry/logins.ts'
import { type Door, registerLater } from '../door.ts'
import { IMAGE_COMMANDS } from '../ids.ts'
import type { ImageParts } from './image-parts.ts'

export interface RegisterImagesParts extends ImageParts {
  readonly door: Door
  readonly logins: Logins
}

/** Registers them. */
export function registerImageCommands(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: RegisterImagesParts): void {
  context.subscriptions.push(
    ...registerLater(parts.door, IMAGE_COMMANDS, async () => (await import('./image-commands.ts')).imageCommands(parts)),
  )
}
