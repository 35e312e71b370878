/** What is kept of a container's connections to networks. */
import type { EndpointSettings } from '../../api/network.ts'

export interface EndpointRecord {
  /** The network's ID. */
  readonly network: string
  readonly asked: EndpointWishes
  /** What it got at its last start. Holds while the container runs; afterwards it is what it would like to have again. */
  readonly lease?: Lease
}

export interface EndpointWishes {
  readonly aliases: readonly string[]
  /** `container:alias` each. */
  readonly links: readonly string[]
  readonly ipv4?: string
  readonly ipv6?: string
  /** Lower case, with colons. */
  readonly mac?: string
  readonly driverOptions: Readonly<Record<string, string>>
}

export interface Lease {
  /** Of this connection, new with each. */
  readonly endpoint: string
  /** The device in the container, such as `eth0`. */
  readonly device: string
  readonly ipv4?: string
  readonly ipv6?: string
  readonly mac: string
}

/** A port of a container as this host has it. */
export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp'
  readonly hostAddress: string
  readonly hostPort: number
  readonly port: number
}

/** No wishes at all. */
export const NO_WISHES: EndpointWishes = { aliases: [], links: [], driverOptions: {} }

/** The wishes that a client sent. MAC addresses are checked elsewhere. */
export function wishesOf(settings: EndpointSettings): EndpointWishes {
  const { IPv4Address = '', IPv6Address = '' } = settings.IPAMConfig ?? {}
  const mac = (settings.MacAddress ?? '').toLowerCase().replaceAll('-', ':')
  return {
    aliases: [...new Set(settings.Aliases ?? [])],
    links: settings.Links ?? [],
    ...(IPv4Address === '' ? {} : { ipv4: IPv4Address }),
    ...(IPv6Address === '' ? {} : { ipv6: IPv6Address }),
    ...(mac === '' ? {} : { mac }),
    driverOptions: { ...settings.DriverOpts },
  }
}
