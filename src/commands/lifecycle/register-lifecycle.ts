/** The commands of containers' lives. */
import { type Door, registerLater } from '../door.ts'
import type { CommandId } from '../ids.ts'
import type { BrowserParts } from './browser.ts'
import type { ExportParts } from './export.ts'

export interface RegisterLifecycleParts extends ExportParts, Omit<BrowserParts, 'probe'> {
  readonly door: Door
}

const IDS = [
  'pocker.containers.start',
  'pocker.containers.stop',
  'pocker.containers.restart',
  'pocker.containers.pause',
  'pocker.containers.unpause',
  'pocker.containers.kill',
  'pocker.containers.rename',
  'pocker.containers.remove',
  'pocker.containers.prune',
  'pocker.containers.commit',
  'pocker.containers.export',
  'pocker.containers.update',
  'pocker.containers.copyId',
  'pocker.containers.copyName',
  'pocker.containers.openInBrowser',
  'pocker.containers.copyAddress',
] as const satisfies readonly CommandId[]

export type LifecycleCommand = (typeof IDS)[number]

/** Registers them. */
export function registerLifecycle(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: RegisterLifecycleParts): void {
  context.subscriptions.push(
    ...registerLater(parts.door, IDS, async () => (await import('./lifecycle-commands.ts')).lifecycleCommands(parts)),
  )
}
