/** What the commands of networks do. */
import type { Handler } from '../door.ts'
import type { NetworkCommand } from '../ids.ts'
import { connectFlow, disconnectFlow } from './connect.ts'
import { createFlow } from './create.ts'
import type { NetworkParts } from './network-parts.ts'
import { pruneFlow, removeFlow } from './remove.ts'
import { copyIds, copyNames, inspectFlow, inspectJsonFlow } from './show.ts'

/** By their ids. */
export function networkCommands(parts: NetworkParts): Readonly<Record<NetworkCommand, Handler>> {
  return {
    'pocker.networks.create': (item) => createFlow(parts, item),
    'pocker.networks.connect': (item) => connectFlow(parts, item),
    'pocker.networks.disconnect': (item) => disconnectFlow(parts, item),
    'pocker.networks.remove': (item, selected) => removeFlow(parts, item, selected),
    'pocker.networks.prune': (item) => pruneFlow(parts, item),
    'pocker.networks.inspect': (item, selected) => inspectFlow(parts, item, selected),
    'pocker.networks.inspectJson': (item, selected) => inspectJsonFlow(parts, item, selected),
    'pocker.networks.copyName': (item, selected) => copyNames(parts, item, selected),
    'pocker.networks.copyId': (item, selected) => copyIds(parts, item, selected),
  }
}
