/** The commands of networks. Their flows are read when one is first wanted. */
import type { Door, Handler } from '../door.ts'
import type { CommandId } from '../ids.ts'
import type { NetworkParts } from './network-parts.ts'

export interface RegisterNetworkCommandsParts extends NetworkParts {
  readonly door: Door
}

/** Registers them. */
export function registerNetworkCommands(
  context: { readonly subscriptions: { dispose(): unknown }[] },
  parts: RegisterNetworkCommandsParts,
): void {
  const commands: readonly (readonly [CommandId, Handler])[] = [
    ['pocker.networks.create', async (item) => (await import('./create.ts')).createFlow(parts, item)],
    ['pocker.networks.connect', async (item) => (await import('./connect.ts')).connectFlow(parts, item)],
    ['pocker.networks.disconnect', async (item) => (await import('./connect.ts')).disconnectFlow(parts, item)],
    ['pocker.networks.remove', async (item, selected) => (await import('./remove.ts')).removeFlow(parts, item, selected)],
    ['pocker.networks.prune', async (item) => (await import('./remove.ts')).pruneFlow(parts, item)],
    ['pocker.networks.inspect', async (item, selected) => (await import('./show.ts')).inspectFlow(parts, item, selected)],
    ['pocker.networks.inspectJson', async (item, selected) => (await import('./show.ts')).inspectJsonFlow(parts, item, selected)],
    ['pocker.networks.copyName', async (item, selected) => (await import('./show.ts')).copyNames(parts, item, selected)],
    ['pocker.networks.copyId', async (item, selected) => (await import('./show.ts')).copyIds(parts, item, selected)],
  ]
  context.subscriptions.push(...commands.map(([id, handler]) => parts.door.register(id, handler)))
}
