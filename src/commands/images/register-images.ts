/** The commands of images. */
import type { Logins } from '../../registry/logins.ts'
import { type Door, registerLater } from '../door.ts'
import type { CommandId } from '../ids.ts'
import type { ImageParts } from './image-parts.ts'

export interface RegisterImagesParts extends ImageParts {
  readonly door: Door
  readonly logins: Logins
}

const IDS = [
  'pocker.images.pull',
  'pocker.images.pullForPlatform',
  'pocker.images.search',
  'pocker.images.remove',
  'pocker.images.prune',
  'pocker.images.tag',
  'pocker.images.push',
  'pocker.images.copyTo',
  'pocker.images.save',
  'pocker.images.load',
  'pocker.images.import',
  'pocker.images.history',
  'pocker.images.copyId',
  'pocker.images.copyName',
  'pocker.registry.forgetLogin',
] as const satisfies readonly CommandId[]

export type ImageCommand = (typeof IDS)[number]

/** Registers them. */
export function registerImageCommands(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: RegisterImagesParts): void {
  context.subscriptions.push(...registerLater(parts.door, IDS, async () => (await import('./image-commands.ts')).imageCommands(parts)))
}
