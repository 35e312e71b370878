/** The commands of networks. */
import { type Door, registerLater } from '../door.ts'
import type { CommandId } from '../ids.ts'
import type { NetworkParts } from './network-parts.ts'

export interface RegisterNetworkCommandsParts extends NetworkParts {
  readonly door: Door
}

const IDS = [
  'pocker.networks.create',
  'pocker.networks.connect',
  'pocker.networks.disconnect',
  'pocker.networks.remove',
  'pocker.networks.prune',
  'pocker.networks.inspect',
  'pocker.networks.inspectJson',
  'pocker.networks.copyName',
  'pocker.networks.copyId',
] as const satisfies readonly CommandId[]

export type NetworkCommand = (typeof IDS)[number]

/** Registers them. */
export function registerNetworkCommands(
  context: { readonly subscriptions: { dispose(): unknown }[] },
  parts: RegisterNetworkCommandsParts,
): void {
  context.subscriptions.push(...registerLater(parts.door, IDS, async () => (await import('./network-commands.ts')).networkCommands(parts)))
}
