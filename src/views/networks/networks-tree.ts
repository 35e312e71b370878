/** The tree of networks: those that somebody made in their order, then the engine's own; below each the containers in it. */
import * as l10n from '@vscode/l10n'
import { type NetworkRef, networkUsers } from '../../commands/refs.ts'
import type { NetworkLists } from '../../model/network-lists.ts'
import type { NetworkRow } from '../../model/rows.ts'
import { ListedTree, type ListedTreeParts } from '../listed-tree.ts'
import { networkLook, networkTooltip } from './network-look.ts'
import { networkMembers } from './network-members.ts'

export interface NetworksTreeParts extends Pick<ListedTreeParts<NetworkRef>, 'hosts'> {
  readonly lists: NetworkLists
}

/** Makes it; it reads nothing before somebody asks for rows. */
export function networksTree({ hosts, lists }: NetworksTreeParts): ListedTree<NetworkRow, NetworkRef> {
  const users = (row: NetworkRow, { host }: NetworkRef) => networkUsers(host, row.name).map(({ name }) => name)
  return new ListedTree<NetworkRow, NetworkRef>(
    {
      lists,
      change: 'networks',
      showsContainers: true,
      refOf: (host, { id }) => ({ host, networkId: id }),
      keyOf: ({ networkId }) => networkId,
      look: (row, ref) => networkLook(row, { host: ref.host, users: users(row, ref) }),
      tooltip: (row, ref) => networkTooltip(row, users(row, ref)),
      countText: (count) => (count === 1 ? l10n.t('1 network') : l10n.t('{0} networks', count)),
    },
    { hosts, sources: [networkMembers(lists)] },
  )
}
