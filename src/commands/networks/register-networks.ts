/** The commands of networks. */
import { type Door, registerLater } from '../door.ts'
import { NETWORK_COMMANDS } from '../ids.ts'
import type { NetworkParts } from './network-parts.ts'

export interface RegisterNetworkCommandsParts extends NetworkParts {
  readonly door: Door
}

/** Registers them. */
export function registerNetworkCommands(
  context: { readonly subscriptions: { dispose(): unknown }[] },
  parts: RegisterNetworkCommandsParts,
): void {
  context.subscriptions.push(
    ...registerLater(parts.door, NETWORK_COMMANDS, async () => (await import('./network-commands.ts')).networkCommands(parts)),
  )
}
