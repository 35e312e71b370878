/** The containers in a network, as the rows below it. */
import * as l10n from '@vscode/l10n'
import { type ContainerRef, type NetworkRef, networkUsers } from '../../commands/refs.ts'
import { containerState } from '../../model/container-state.ts'
import type { NetworkLists } from '../../model/network-lists.ts'
import type { ContainerRow, NetworkRow } from '../../model/rows.ts'
import { plainText } from '../../text/plain-text.ts'
import type { ChildRow, ChildSource } from '../child-rows.ts'
import { STATE_ICONS, stateWords } from '../containers/state-look.ts'
import { actFlags } from '../usable-hosts.ts'

/** The row of a container in a network; commands find both in it. */
export interface MemberRow extends ChildRow, NetworkRef, ContainerRef {}

/** They change with the row above them, which is drawn anew with each change of a container. */
export function networkMembers(lists: Pick<NetworkLists, 'known'>): ChildSource<NetworkRef> {
  return {
    rows: (ref) => {
      const network = lists.known(ref.host).find(({ id }) => id === ref.networkId)
      if (network === undefined) return []
      return networkUsers(ref.host, network.name).map((container) => memberRow(ref, network, container))
    },
  }
}

function memberRow({ host, networkId }: NetworkRef, network: NetworkRow, container: ContainerRow): MemberRow {
  const name = plainText(container.name, 100)
  const addresses = container.networks.find((joined) => joined.name === network.name)?.addresses ?? []
  const description = addresses.length === 0 ? stateWords(container) : addresses.map((address) => plainText(address, 50)).join(', ')
  return {
    host,
    networkId,
    containerId: container.id,
    look: {
      id: container.id,
      label: name,
      description,
      icon: STATE_ICONS[containerState(container)],
      flags: ['member', ...(canLeave(network) ? ['leaves'] : []), ...actFlags(host)],
      spoken: l10n.t('container {0}, {1}', name, description),
      keys: canLeave(network) ? { 'pocker.networks.remove': 'pocker.networks.disconnect' } : {},
    },
  }
}

/** Containers are with the host's network, or with none, from their making on. */
function canLeave({ name, isPredefined }: NetworkRow): boolean {
  return !isPredefined || (name !== 'host' && name !== 'none')
}
