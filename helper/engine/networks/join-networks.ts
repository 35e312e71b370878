/** A container's way into its networks, before its first process, and out of them at its end. */
import { randomBytes } from 'node:crypto'
import { closeSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { networkSharing } from '../../container/spec/namespaces.ts'
import type { NetlinkSocket } from '../../linux/netlink/netlink-socket.ts'
import { addressBytes, parseAddress, parseSubnet } from '../../network/address.ts'
import { startNameServer } from '../../network/dns/name-server.ts'
import { allowsTalk, mtuOf, type NetworkRecord } from '../../network/network-record.ts'
import { openInside, plug, portName, setGateways, unplug } from '../../network/plug.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import type { EndpointRecord, Lease } from './endpoint-record.ts'
import { wayOut } from './gateway-of.ts'
import { joinedNothing } from './joined.ts'
import { joinedNetworks, namesOf } from './names-of.ts'
import { tellNetwork } from './network-events.ts'
import { asksOwnServer, writeNetworkFiles } from './network-files.ts'
import { publishPorts, unpublishPorts } from './publish-ports.ts'

/**
 * Makes a network namespace that is in all of the container's networks, with its addresses, ports and names: the descriptor is the
 * caller's to close. Undefined for a container without networks. The leases are on record before anything is made.
 * Errors: PockerError; nothing is left of it then.
 */
export async function joinNetworks(context: EngineContext, container: Container): Promise<number | undefined> {
  if ((container.record.endpoints ?? []).length === 0) return undefined
  container.joined = joinedNothing()
  let namespace: number | undefined
  try {
    container.record = { ...container.record, endpoints: leaseAll(context, container) }
    await publishPorts(context, container)
    context.records.put(container.record)
    namespace = context.launcher.takeNetwork()
    connectAll(context, container, namespace)
    context.networks.host.publish(container.joined.rules)
    writeNetworkFiles(context, container)
    startNames(context, container, namespace)
  } catch (error) {
    if (namespace !== undefined) closeSync(namespace)
    leaveNetworks(context, container)
    throw error
  }
  for (const { network } of joinedNetworks(context, container)) tellNetwork(context, network, 'connect', container)
  return namespace
}

/** Gives back what the container holds of this host. Its devices go with its namespace, in the kernel's own time. */
export function leaveNetworks(context: EngineContext, container: Container): void {
  const { joined } = container
  if (joined === undefined) return
  container.joined = undefined
  joined.nameServer?.close()
  unpublishPorts(context, joined)
  const isShared = context.registry.all().some((other) => other.running !== undefined && sharesNetworkOf(other, container))
  for (const { network, endpoint } of joinedNetworks(context, container)) {
    if (endpoint.lease === undefined) continue
    releaseLease(context, network, endpoint.lease)
    // Somebody else keeps the namespace, with an address that is the next one's by now.
    if (isShared) unplug(context.networks.host.socket, portName(endpoint.lease.endpoint))
    tellNetwork(context, network, 'disconnect', container)
  }
}

/** Gives addresses back. */
export function releaseLease(context: EngineContext, network: NetworkRecord, { ipv4, ipv6 }: Lease): void {
  context.networks.release(network, { address: ipv4 })
  context.networks.release(network, { address: ipv6 })
}

function sharesNetworkOf(other: Container, container: Container): boolean {
  const sharing = networkSharing(other.hostConfig)
  if (sharing.with !== 'container') return false
  // What it was known by then may be another's name by now, or nobody's.
  return sharing.container === container.record.name || container.id.startsWith(sharing.container)
}

function leaseAll(context: EngineContext, container: Container): EndpointRecord[] {
  const leased: EndpointRecord[] = []
  try {
    for (const [index, endpoint] of (container.record.endpoints ?? []).entries()) {
      const network = context.networks.settled(networkOf(context, endpoint))
      leased.push({ ...endpoint, lease: leaseOne(context, container, { network, endpoint, device: `eth${index}` }) })
    }
  } catch (error) {
    for (const { network, lease } of leased) {
      const record = context.networks.byId(network)
      if (record !== undefined && lease !== undefined) releaseLease(context, record, lease)
    }
    // None of these addresses is its own: leaving must not give them back.
    container.record = { ...container.record, endpoints: (container.record.endpoints ?? []).map(({ lease: _, ...rest }) => rest) }
    throw error
  }
  return leased
}

/** Addresses for one connection. Errors: those of AddressPool. */
export function leaseOne(
  context: EngineContext,
  container: Container,
  { network, endpoint, device }: { network: NetworkRecord; endpoint: EndpointRecord; device: string },
): Lease {
  const addresses = context.networks.lease(network, endpoint.asked, {
    before: endpoint.lease,
    avoid: askedByOthers(context, container, network.id),
  })
  return { endpoint: randomBytes(32).toString('hex'), device, ...addresses, mac: endpoint.asked.mac ?? macOf(addresses.ipv4 ?? '') }
}

/** Addresses that containers have asked for that do not run now. */
function askedByOthers(context: EngineContext, container: Container, network: string): Set<string> {
  const asked = new Set<string>()
  for (const other of context.registry.all()) {
    if (other === container) continue
    for (const endpoint of other.record.endpoints ?? []) {
      if (endpoint.network !== network) continue
      if (endpoint.asked.ipv4 !== undefined) asked.add(endpoint.asked.ipv4)
      if (endpoint.asked.ipv6 !== undefined) asked.add(endpoint.asked.ipv6)
    }
  }
  return asked
}

/** Made of the address, as Docker did: who remembers an address's MAC is right, whichever container has it by now. */
function macOf(ipv4: string): string {
  const address = parseAddress(ipv4)
  const bytes = address === undefined ? randomBytes(4) : addressBytes(address)
  return ['02', '42', ...[...bytes].map((byte) => byte.toString(16).padStart(2, '0'))].join(':')
}

function connectAll(context: EngineContext, container: Container, namespace: number): void {
  using inside = openInside(namespace)
  for (const { network, endpoint } of joinedNetworks(context, container)) {
    if (endpoint.lease !== undefined) connectOne(context, container, { network, lease: endpoint.lease, namespace, inside })
  }
  setGateways(inside, gatewaysOf(context, container))
}

export interface Connection {
  readonly network: NetworkRecord
  readonly lease: Lease
  readonly namespace: number
  readonly inside: NetlinkSocket
}

/** Makes one connection. Errors: PockerError, NetlinkError. */
export function connectOne(context: EngineContext, container: Container, { network, lease, namespace, inside }: Connection): void {
  const { host } = context.networks
  plug({ host: host.socket, inside }, namespace, {
    port: portName(lease.endpoint),
    bridge: host.bridgeOf(network),
    mtu: mtuOf(network),
    mac: Buffer.from(lease.mac.replaceAll(':', ''), 'hex'),
    addresses: network.subnets.flatMap(({ subnet }) => {
      const address = subnet.includes(':') ? lease.ipv6 : lease.ipv4
      return address === undefined ? [] : [{ address, prefix: parseSubnet(subnet)?.prefix ?? 0 }]
    }),
    // To ask for one's own published port.
    hairpin: (container.joined?.rules.length ?? 0) > 0,
    isolated: !allowsTalk(network),
    device: lease.device,
  })
}

/** The default routes that a container is to have. */
export function gatewaysOf(context: EngineContext, container: Container) {
  const way = wayOut(context, container)
  return way === undefined ? undefined : { device: way.lease.device, gateways: way.addresses }
}

/** Errors: SyscallError. */
/** Starts the container's name server, if it is to have one and has none. Errors: SyscallError. */
export function startNames(context: EngineContext, container: Container, namespace: number): void {
  if (container.joined === undefined || container.joined.nameServer !== undefined || !asksOwnServer(context, container)) return
  const redirects = context.networks.host.whyNoFirewall() === undefined
  container.joined.nameServer = startNameServer({ namespace, names: namesOf(context, container), redirects })
}

function networkOf(context: EngineContext, { network }: EndpointRecord): NetworkRecord {
  const found = context.networks.byId(network)
  if (found === undefined) {
    throw new PockerError('NotFound', `network ${network} not found`, {
      code: 'no-such-network',
      hint: 'it has been removed: connect the container to another one, or make it anew',
    })
  }
  return found
}
