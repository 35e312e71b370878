import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import { plainText } from '../../text/plain-text.ts'
import { chooseHost } from '../choose.ts'
import { forEach } from '../each.ts'
import { networkUsers } from '../refs.ts'
import { type ChosenNetwork, chooseNetworks, type NetworkParts, networkPath } from './network-parts.ts'

const MOST_NAMED = 10

/** Removes networks; there is no data in one, so nothing is asked. Errors: InWords `network-in-use`, `predefined-network`; EngineError, SomeFailed. */
export async function removeFlow(parts: NetworkParts, item: unknown, selected: unknown): Promise<void> {
  const title = l10n.t('Remove Network')
  const networks = await chooseNetworks(parts, item, selected, { title, isFor: ({ isPredefined }) => !isPredefined })
  for (const network of networks) checkRemovable(network)
  await removeAll(parts, networks)
}

/** Shows the networks that no container is in, and removes those that stay ticked. Errors: EngineError, SomeFailed. */
export async function pruneFlow(parts: NetworkParts, item: unknown): Promise<void> {
  const title = l10n.t('Remove Unused Networks')
  const host = await chooseHost(parts, item, { title })
  if (host === undefined) return
  const unused = (await parts.lists.read(host)).filter(({ name, isPredefined }) => !isPredefined && networkUsers(host, name).length === 0)
  if (unused.length === 0) {
    const nothing = { id: 'none', icon: 'check', label: l10n.t('Nothing can go: everything is in use.') }
    await parts.ask.pick({ title, placeholder: '', rows: [nothing] })
    return
  }
  const chosen = await parts.ask.pickMany({
    title,
    placeholder: l10n.t('What is ticked is removed for good'),
    rows: unused.map(({ id, name, subnets }) => ({
      id,
      icon: 'type-hierarchy',
      label: plainText(name),
      description: plainText(subnets.join(', ')),
    })),
    picked: unused.map(({ id }) => id),
  })
  const going = unused.filter(({ id }) => chosen?.includes(id))
  await removeAll(
    parts,
    going.map((row) => ({ host, networkId: row.id, row })),
  )
}

async function removeAll({ lists, busy }: NetworkParts, networks: readonly ChosenNetwork[]): Promise<void> {
  if (networks.length === 0) return
  const named = networks.map((network) => ({ name: plainText(network.row.name, 80), value: network }))
  try {
    await busy(() => forEach(named, (network) => network.host.client.tell('DELETE', networkPath(network))))
  } finally {
    for (const { host } of networks) lists.stale(host)
  }
}

function checkRemovable({ host, row }: ChosenNetwork): void {
  const name = plainText(row.name, 80)
  if (row.isPredefined) throw new InWords('predefined-network', l10n.t('“{0}” is the engine’s own network and stays.', name))
  // An engine would let one go that stopped containers are in: they could not start any more.
  const users = networkUsers(host, row.name).map((user) => plainText(user.name, 40))
  if (users.length === 0) return
  const text = l10n.t('“{0}” is in use by {1}. Disconnect what uses it first.', name, users.slice(0, MOST_NAMED).join(', '))
  throw new InWords('network-in-use', text)
}
