/** The commands of containers' lives. */
import { type Door, registerLater } from '../door.ts'
import { LIFECYCLE_COMMANDS } from '../ids.ts'
import type { BrowserParts } from './browser.ts'
import type { ExportParts } from './export.ts'

export interface RegisterLifecycleParts extends ExportParts, Omit<BrowserParts, 'probe'> {
  readonly door: Door
}

/** Registers them. */
export function registerLifecycle(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: RegisterLifecycleParts): void {
  context.subscriptions.push(
    ...registerLater(parts.door, LIFECYCLE_COMMANDS, async () => (await import('./lifecycle-commands.ts')).lifecycleCommands(parts)),
  )
}
