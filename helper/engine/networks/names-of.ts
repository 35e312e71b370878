/** Which names a container can look up: those of the containers in its own networks, but for the default one, where there are none. */
import { parseResolvConf } from '../../container/spec/resolv-conf.ts'
import { parseAddress, printAddress } from '../../network/address.ts'
import type { NameSource } from '../../network/dns/names.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import type { EndpointRecord, Lease } from './endpoint-record.ts'
import { gatewayOf } from './gateway-of.ts'
import { readText } from './host-files.ts'
import { DEFAULT_NETWORK } from './networks.ts'

const HOST_NAMES = ['host.docker.internal', 'gateway.docker.internal']

/** What the container's name server answers from: asked anew each time, for containers come and go. */
export function namesOf(context: EngineContext, container: Container): NameSource {
  return {
    lookUp: (name) => lookUp(context, container, name),
    nameOf: (address) => nameOf(context, container, address),
    get forwards() {
      return joinedNetworks(context, container).some(({ network }) => !network.internal)
    },
    servers: () => {
      const asked = container.hostConfig.Dns ?? []
      return asked.length > 0 ? asked : parseResolvConf(readText('/etc/resolv.conf') ?? '').servers
    },
  }
}

function lookUp(context: EngineContext, container: Container, name: string): readonly string[] | undefined {
  if (HOST_NAMES.includes(name)) return gatewayOf(context, container)?.addresses
  const found: string[] = []
  for (const { network, endpoint } of joinedNetworks(context, container)) {
    if (network.name === DEFAULT_NETWORK) continue
    const linked = linkTarget(context, endpoint, name)
    for (const { other, asked, lease } of membersOf(context, network.id)) {
      if (other === linked || namesIn(other, asked, network.name).includes(name)) found.push(...addressesOf(lease))
    }
  }
  // Several containers of one name share the work.
  return found.length === 0 ? undefined : shuffled([...new Set(found)])
}

function nameOf(context: EngineContext, container: Container, text: string): string | undefined {
  const address = parseAddress(text)
  if (address === undefined) return undefined
  const plain = printAddress(address)
  for (const { network } of joinedNetworks(context, container)) {
    if (network.name === DEFAULT_NETWORK) continue
    const member = membersOf(context, network.id).find(({ lease }) => addressesOf(lease).includes(plain))
    if (member !== undefined) return `${member.other.record.name}.${network.name}`
  }
  return undefined
}

/** Names are compared without regard to case. */
function namesIn(container: Container, asked: EndpointRecord['asked'], network: string): string[] {
  const { name, request } = container.record
  const own = [name, ...asked.aliases, container.id.slice(0, 12), ...((request.Hostname ?? '') === '' ? [] : [request.Hostname ?? ''])]
  return own.flatMap((known) => [known.toLowerCase(), `${known}.${network}`.toLowerCase()])
}

function linkTarget(context: EngineContext, endpoint: EndpointRecord, name: string): Container | undefined {
  const link = endpoint.asked.links.find((text) => (text.split(':')[1] ?? text).toLowerCase() === name)
  const target = link?.split(':')[0] ?? ''
  return link === undefined
    ? undefined
    : context.registry.all().find((other) => other.record.name === target || other.id.startsWith(target))
}

/** The networks that the container is in now. */
export function joinedNetworks(context: EngineContext, container: Container) {
  return (container.record.endpoints ?? []).flatMap((endpoint) => {
    const network = context.networks.byId(endpoint.network)
    return network === undefined ? [] : [{ network, endpoint }]
  })
}

/** The running containers that are in a network. */
export function membersOf(context: EngineContext, network: string) {
  return context.registry.all().flatMap((other) => {
    if (other.joined === undefined) return []
    return (other.record.endpoints ?? []).flatMap(({ network: id, asked, lease }) =>
      id === network && lease !== undefined ? [{ other, asked, lease }] : [],
    )
  })
}

/** The addresses of a connection. */
export function addressesOf({ ipv4, ipv6 }: Lease): string[] {
  return [...(ipv4 === undefined ? [] : [ipv4]), ...(ipv6 === undefined ? [] : [ipv6])]
}

function shuffled<T>(list: readonly T[]): T[] {
  const left = [...list]
  return list.flatMap(() => left.splice(Math.floor(Math.random() * left.length), 1))
}
