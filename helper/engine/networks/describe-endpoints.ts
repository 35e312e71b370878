/** A container's networks and ports in Docker's words. */
import type { PortBinding } from '../../api/host-config.ts'
import type { Answered } from '../../api/json.ts'
import type { EndpointSettings, NetworkSettings, Port } from '../../api/network.ts'
import { parseSubnet } from '../../network/address.ts'
import type { NetworkRecord } from '../../network/network-record.ts'
import { portWishes } from '../../network/publish/port-wishes.ts'
import type { Container } from '../containers/container.ts'
import type { EndpointRecord, PublishedPort } from './endpoint-record.ts'
import { DEFAULT_NETWORK, type Networks } from './networks.ts'
import { builtinOf } from './plan-endpoints.ts'

type Endpoint = Answered<EndpointSettings>

/** By network name. */
export function describeEndpoints(networks: Networks, container: Container): Record<string, Endpoint> {
  const endpoints = container.record.endpoints ?? []
  if (endpoints.length > 0) {
    return Object.fromEntries(
      endpoints.map((endpoint) => {
        const network = networks.byId(endpoint.network)
        return [network?.name ?? endpoint.network, describeEndpoint(container, { endpoint, network })]
      }),
    )
  }
  const builtin = builtinOf(networks, container.hostConfig.NetworkMode ?? '')
  if (builtin === undefined) return {}
  return { [builtin.name]: { ...EMPTY, ...(container.running === undefined ? {} : { NetworkID: builtin.id, EndpointID: container.id }) } }
}

const EMPTY = {
  IPAMConfig: null,
  Links: null,
  Aliases: null,
  MacAddress: '',
  DriverOpts: null,
  NetworkID: '',
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  DNSNames: null,
} satisfies Endpoint

interface Place {
  readonly endpoint: EndpointRecord
  readonly network: NetworkRecord | undefined
}

function describeEndpoint(container: Container, { endpoint, network }: Place): Endpoint {
  const { aliases, links, ipv4, ipv6, mac, driverOptions } = endpoint.asked
  const isDefault = network === undefined || network.name === DEFAULT_NETWORK
  const short = container.id.slice(0, 12)
  const { Hostname = '' } = container.record.request
  const hostnames = Hostname === '' ? [] : [Hostname]
  const lease = container.joined === undefined ? undefined : endpoint.lease
  const subnet = (family: 4 | 6) => network?.subnets.find(({ subnet: text }) => text.includes(':') === (family === 6))
  const prefix = (family: 4 | 6) => parseSubnet(subnet(family)?.subnet ?? '')?.prefix ?? 0
  return {
    ...EMPTY,
    IPAMConfig:
      ipv4 === undefined && ipv6 === undefined
        ? null
        : { ...(ipv4 === undefined ? {} : { IPv4Address: ipv4 }), ...(ipv6 === undefined ? {} : { IPv6Address: ipv6 }) },
    Links: links.length === 0 ? null : [...links],
    Aliases: isDefault ? null : [...new Set([...aliases, short, ...hostnames])],
    DriverOpts: Object.keys(driverOptions).length === 0 ? null : { ...driverOptions },
    NetworkID: endpoint.network,
    MacAddress: mac ?? '',
    DNSNames: isDefault ? null : [...new Set([container.record.name, ...aliases, short, ...hostnames])],
    ...(lease === undefined
      ? {}
      : {
          EndpointID: lease.endpoint,
          MacAddress: lease.mac,
          Gateway: subnet(4)?.gateway ?? '',
          IPAddress: lease.ipv4 ?? '',
          IPPrefixLen: lease.ipv4 === undefined ? 0 : prefix(4),
          IPv6Gateway: lease.ipv6 === undefined ? '' : (subnet(6)?.gateway ?? ''),
          GlobalIPv6Address: lease.ipv6 ?? '',
          GlobalIPv6PrefixLen: lease.ipv6 === undefined ? 0 : prefix(6),
        }),
  }
}

/** NetworkSettings of `inspect`. What stands outside of Networks is the default network's, as in Docker. */
export function describeNetworkSettings(networks: Networks, container: Container): NetworkSettings {
  const Networks = describeEndpoints(networks, container)
  const main: Endpoint = Networks[DEFAULT_NETWORK] ?? {}
  const { running } = container
  return {
    Bridge: '',
    SandboxID: running === undefined ? '' : container.id,
    SandboxKey: running === undefined ? '' : `/proc/${running.pid}/ns/net`,
    Ports: portMap(container),
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: main.EndpointID ?? '',
    Gateway: main.Gateway ?? '',
    GlobalIPv6Address: main.GlobalIPv6Address ?? '',
    GlobalIPv6PrefixLen: main.GlobalIPv6PrefixLen ?? 0,
    IPAddress: main.IPAddress ?? '',
    IPPrefixLen: main.IPPrefixLen ?? 0,
    IPv6Gateway: main.IPv6Gateway ?? '',
    MacAddress: main.MacAddress ?? '',
    Networks,
  }
}

/** `80/tcp` → where this host has it; null for what is exposed only. Empty of a container that does not run or has no network of its own. */
function portMap(container: Container): Record<string, PortBinding[] | null> {
  if (container.joined === undefined) return {}
  const published = Map.groupBy(container.record.published ?? [], ({ port, protocol }) => `${port}/${protocol}`)
  const names = new Set([...exposedPorts(container), ...published.keys()])
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      published.get(name)?.map(({ hostAddress, hostPort }) => ({ HostIp: hostAddress, HostPort: String(hostPort) })) ?? null,
    ]),
  )
}

/** Ports of a row of the list. */
export function describePorts(container: Container): Port[] {
  if (container.joined === undefined) return []
  const published: readonly PublishedPort[] = container.record.published ?? []
  const isPublished = (port: number, type: string) => published.some((one) => one.port === port && one.protocol === type)
  const exposed = exposedPorts(container).flatMap((name): Port[] => {
    const [digits = '', type = ''] = name.split('/')
    if (type !== 'tcp' && type !== 'udp' && type !== 'sctp') return []
    return isPublished(Number(digits), type) ? [] : [{ PrivatePort: Number(digits), Type: type }]
  })
  return [
    ...exposed,
    ...published.map(({ protocol, hostAddress, hostPort, port }) => ({
      IP: hostAddress,
      PrivatePort: port,
      PublicPort: hostPort,
      Type: protocol,
    })),
  ]
}

function exposedPorts(container: Container): string[] {
  const bound = portWishes(container.hostConfig.PortBindings ?? {}, { all: false, exposed: [] })
  const exposed = Object.keys(container.record.config.ExposedPorts ?? {}).map((name) => (name.includes('/') ? name : `${name}/tcp`))
  return [...new Set([...exposed, ...bound.map(({ port, protocol }) => `${port}/${protocol}`)])]
}
