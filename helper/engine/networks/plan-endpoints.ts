/** Which networks a new container is in, and what it asks of each. */
import type { CreateRequest } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { EndpointSettings } from '../../api/network.ts'
import { networkSharing } from '../../container/spec/namespaces.ts'
import { contains, parseAddress, parseSubnet } from '../../network/address.ts'
import type { NetworkRecord } from '../../network/network-record.ts'
import { portWishes } from '../../network/publish/port-wishes.ts'
import { type EndpointRecord, type EndpointWishes, NO_WISHES, wishesOf } from './endpoint-record.ts'
import { DEFAULT_NETWORK, isBuiltin, type Networks } from './networks.ts'

const MODES = ['', 'default', DEFAULT_NETWORK]
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/

/**
 * The connections of a new container, the one that NetworkMode names first. Where this helper has no default network, a container that
 * asks for none has none.
 * Errors: InvalidParameter `no-such-network`, and see `checkWishes`; NotImplemented `ports-not-available`.
 */
export function planEndpoints(networks: Networks, request: CreateRequest, exposed: readonly string[]): EndpointRecord[] {
  const config = request.HostConfig ?? {}
  const mode = config.NetworkMode ?? ''
  const sharing = networkSharing(config)
  if (sharing.with === 'host' || sharing.with === 'container' || mode === 'none') return []
  // What cannot be published is refused before anything is made.
  const ports = portWishes(config.PortBindings ?? {}, { all: config.PublishAllPorts === true, exposed })
  const isDefault = MODES.includes(mode)
  if (isDefault && !networks.hasDefault) {
    if (ports.length === 0) return []
    throw new PockerError('NotImplemented', 'publish ports: this helper was started without a default network (--bridge none)', {
      code: 'ports-not-available',
      hint: 'put the container into a network that you have made, or use --network host',
    })
  }
  const main = findNetwork(networks, isDefault ? DEFAULT_NETWORK : mode)
  const asked = new Map<string, EndpointSettings | null>(Object.entries(request.NetworkingConfig?.EndpointsConfig ?? {}))
  const own = [mode, 'default', main.name, main.id].find((name) => asked.has(name))
  const settings = (own === undefined ? undefined : asked.get(own)) ?? {}
  if (own !== undefined) asked.delete(own)
  const wishes = wishesOf(settings)
  const first: EndpointWishes = {
    ...wishes,
    links: main.name === DEFAULT_NETWORK ? wishes.links : [...new Set([...wishes.links, ...(config.Links ?? [])])],
    ...(wishes.mac === undefined && (request.MacAddress ?? '') !== '' ? { mac: (request.MacAddress ?? '').toLowerCase() } : {}),
  }
  const endpoints = [
    { network: main, asked: first },
    ...[...asked].map(([name, other]) => ({ network: findNetwork(networks, name), asked: other === null ? NO_WISHES : wishesOf(other) })),
  ]
  for (const endpoint of endpoints) checkWishes(endpoint.network, endpoint.asked)
  return endpoints.map((endpoint) => ({ network: endpoint.network.id, asked: endpoint.asked }))
}

/** Not found is what clients take for a missing image, which they would go and pull. */
function findNetwork(networks: Networks, reference: string): NetworkRecord {
  try {
    return networks.findMade(reference)
  } catch (error) {
    if (!(error instanceof PockerError) || error.kind !== 'NotFound') throw error
    throw new PockerError('InvalidParameter', error.message, {
      code: error.code,
      hint: 'make it first: pocker network create',
      cause: error,
    })
  }
}

/** Errors: InvalidParameter `address-on-default-network`, `alias-on-default-network`, `address-outside-subnet`, `bad-mac-address`, `bad-link`. */
export function checkWishes(network: NetworkRecord, { aliases, ipv4, ipv6, mac, links }: EndpointWishes): void {
  if (network.name === DEFAULT_NETWORK && (ipv4 !== undefined || ipv6 !== undefined)) {
    throw invalid('address-on-default-network', 'user specified IP address is supported on user defined networks only')
  }
  if (network.name === DEFAULT_NETWORK && aliases.length > 0) {
    throw invalid('alias-on-default-network', 'network-scoped alias is supported only for containers in user defined networks')
  }
  for (const [address, family] of [
    [ipv4, 4],
    [ipv6, 6],
  ] as const) {
    if (address === undefined) continue
    const parsed = parseAddress(address)
    if (parsed?.family === family && network.subnets.some(({ subnet }) => isIn(subnet, parsed))) continue
    throw invalid('address-outside-subnet', `connect to network ${network.name}: no configured subnet contains IP address ${address}`)
  }
  // The lowest bit of the first byte means a group.
  if (mac !== undefined && (!MAC.test(mac) || (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1))
    throw invalid('bad-mac-address', `connect to network ${network.name}: '${mac}' is not a MAC address of a device`)
  for (const link of links) {
    if (!/^[^:]+(:[^:]+)?$/.test(link)) throw invalid('bad-link', `link container '${link}': it must be name or name:alias`)
  }
}

/** The networks that a container without its own has, for its description: none, or the host's. */
export function builtinOf(networks: Networks, mode: string): { name: string; id: string } | undefined {
  if (mode.startsWith('container:')) return undefined
  const found = networks.find(mode === 'host' ? 'host' : 'none')
  return isBuiltin(found) ? found : undefined
}

function isIn(subnet: string, address: NonNullable<ReturnType<typeof parseAddress>>): boolean {
  const parsed = parseSubnet(subnet)
  return parsed !== undefined && contains(parsed, address)
}

function invalid(code: string, message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code })
}
