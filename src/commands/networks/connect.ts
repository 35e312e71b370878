/** Connecting a container to a network, and taking it off. */
import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import type { ContainerRow } from '../../model/rows.ts'
import { plainText } from '../../text/plain-text.ts'
import { isJoinable } from '../../views/networks/network-look.ts'
import { type ContainerRef, containerRefOf, containerRowOf, networkRefOf, networkUsers } from '../refs.ts'
import { type ChosenNetwork, chooseNetwork, chooseNetworks, type NetworkParts, networkPath } from './network-parts.ts'

/** Connects a container to a network; what the item does not say is asked. Errors: InWords `network-not-own`; EngineError. */
export async function connectFlow(parts: NetworkParts, item: unknown): Promise<void> {
  const title = l10n.t('Connect to Network')
  const given = networkRefOf(item) === undefined ? containerRefOf(item) : undefined
  const [network] =
    given === undefined ? await chooseNetworks(parts, item, undefined, { title, isFor: isJoinable }) : await networkFor(parts, given, title)
  if (network === undefined) return
  const fitting = [...network.host.model.containers.values()].filter((row) => hasOwnNetwork(row) && !isIn(row, network))
  const containerId = given?.containerId ?? (await chooseContainer(parts, fitting, title))
  if (containerId === undefined) return
  await tell(parts, network, { act: 'connect', containerId })
}

/** Takes a container off a network. Errors: EngineError. */
export async function disconnectFlow(parts: NetworkParts, item: unknown): Promise<void> {
  const title = l10n.t('Disconnect from Network')
  const [network] = await chooseNetworks(parts, networkRefOf(item) === undefined ? undefined : item, undefined, {
    title,
    isFor: isJoinable,
  })
  if (network === undefined) return
  const containerId =
    containerRefOf(item)?.containerId ?? (await chooseContainer(parts, networkUsers(network.host, network.row.name), title))
  if (containerId === undefined) return
  await tell(parts, network, { act: 'disconnect', containerId })
}

async function tell(
  { lists, busy }: NetworkParts,
  network: ChosenNetwork,
  { act, containerId }: { readonly act: 'connect' | 'disconnect'; readonly containerId: string },
): Promise<void> {
  const { host } = network
  await busy(() => host.client.tell('POST', `${networkPath(network)}/${act}`, { body: { Container: containerId } }))
  // No engine tells it of a container that does not run.
  host.model.refresh(containerId)
  lists.stale(host)
}

async function networkFor({ ask, lists }: NetworkParts, ref: ContainerRef, title: string): Promise<readonly ChosenNetwork[]> {
  const container = containerRowOf(ref)
  if (container !== undefined && !hasOwnNetwork(container)) {
    const sentence = l10n.t('“{0}” shares the network of another: it cannot be connected to one besides.', plainText(container.name, 80))
    throw new InWords('network-not-own', sentence)
  }
  const rows = await lists.read(ref.host)
  const known = rows
    .map((row) => ({ host: ref.host, networkId: row.id, row }))
    .filter((network) => isJoinable(network.row) && (container === undefined || !isIn(container, network)))
  return await chooseNetwork(ask, known, { title, namesHost: false })
}

async function chooseContainer({ ask }: NetworkParts, known: readonly ContainerRow[], title: string): Promise<string | undefined> {
  const none = { id: 'none', icon: 'info', label: l10n.t('There is none that this can be done with.') }
  const rows = known.map(({ id, name, image }) => ({ id, icon: 'package', label: plainText(name), description: plainText(image) }))
  const answer = await ask.pick({ title, placeholder: l10n.t('Which container?'), rows: rows.length === 0 ? [none] : rows })
  return answer.kind === 'picked' ? known.find(({ id }) => id === answer.id)?.id : undefined
}

function isIn({ networks }: ContainerRow, { row }: ChosenNetwork): boolean {
  return networks.some(({ name }) => name === row.name)
}

function hasOwnNetwork({ networkMode }: ContainerRow): boolean {
  return networkMode !== 'host' && networkMode !== 'none' && !networkMode.startsWith('container:')
}
