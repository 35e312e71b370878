/** Connecting a network namespace to bridges, and taking it off again. */
import { writeFileSync } from 'node:fs'
import { deleteDefaultRoute, newAddress, newDefaultRoute, placeMac } from '../linux/netlink/addresses.ts'
import { inNamespace } from '../linux/netlink/in-namespace.ts'
import { deleteLink, getLink, newVeth, readLink, setBridgePort, setLinkUp } from '../linux/netlink/links.ts'
import type { Message } from '../linux/netlink/message.ts'
import { NetlinkSocket } from '../linux/netlink/netlink-socket.ts'
import { addressBytes, parseAddress } from './address.ts'
import { allLinks, findLink } from './bridges.ts'

/** One connection of a container to a network. */
export interface Plug {
  /** Of the device on this host. */
  readonly port: string
  /** Index of the bridge. */
  readonly bridge: number
  readonly mtu: number
  readonly mac: Uint8Array
  readonly addresses: readonly { readonly address: string; readonly prefix: number }[]
  readonly hairpin: boolean
  readonly isolated: boolean
}

/** The way out of a container, one for each kind of addresses. */
export interface Gateways {
  /** The device's name in the container. */
  readonly device: string
  readonly gateways: readonly string[]
}

/** The device of a container that belongs to a connection, by the connection's id. */
export function portName(endpoint: string): string {
  return `veth${endpoint.slice(0, 8)}`
}

/** Makes one connection: the device in the namespace is called `device`. Errors: NetlinkError. */
export function plug(sockets: { host: NetlinkSocket; inside: NetlinkSocket }, namespace: number, options: Plug & { device: string }): void {
  const { host, inside } = sockets
  const { port, bridge, mtu, mac, device, hairpin, isolated } = options
  // In one go: each has to wait for the lock that a container's end may hold for milliseconds.
  const [made] = host.request([newVeth({ name: port, bridge, mtu, peer: { name: device, mac, namespace } }), getLink(port)])
  const index = made === undefined ? 0 : readLink(made).index
  host.request([...(hairpin || isolated ? [setBridgePort({ index, hairpin, isolated })] : []), placeMac(index, mac)])
  const own = findLink(inside, device)?.index ?? 0
  const hasIpv6 = options.addresses.some(({ address }) => address.includes(':'))
  inNamespace(namespace, () => limitIpv6(device, hasIpv6 ? { accept_ra: 0 } : { disable_ipv6: 1 }))
  inside.request([
    setLinkUp(own),
    ...options.addresses.map(({ address, prefix }) => newAddress({ index: own, address: bytesOf(address), prefix })),
  ])
}

/** Where a container sends what is for none of its own networks: `from` was the way until now. Errors: NetlinkError. */
export function setGateways(inside: NetlinkSocket, to: Gateways | undefined, from?: Gateways): void {
  const messages = [...routes(inside, from, deleteDefaultRoute), ...routes(inside, to, newDefaultRoute)]
  if (messages.length > 0) inside.request(messages)
}

function routes(inside: NetlinkSocket, ways: Gateways | undefined, make: (index: number, gateway: Uint8Array) => Message): Message[] {
  if (ways === undefined) return []
  const link = findLink(inside, ways.device)
  // With its device a route goes, too.
  return link === undefined ? [] : ways.gateways.map((gateway) => make(link.index, bytesOf(gateway)))
}

/** Takes a connection away; one that is not there any more changes nothing. Errors: NetlinkError. */
export function unplug(host: NetlinkSocket, port: string): void {
  const link = findLink(host, port)
  if (link !== undefined) host.request([deleteLink(link.index)])
}

/** The first of `eth0`, `eth1` … that the namespace has not. */
export function freeDevice(inside: NetlinkSocket): string {
  const names = new Set(allLinks(inside).map(({ name }) => name))
  for (let number = 0; ; number++) if (!names.has(`eth${number}`)) return `eth${number}`
}

/** A netlink socket in a container's network namespace; it keeps that namespace from going until it is closed. */
export function openInside(namespace: number): NetlinkSocket {
  return inNamespace(namespace, () => new NetlinkSocket('route'))
}

/**
 * On a network without IPv6 a container has no address of that kind: it would be one that no rule of the network knows. On one with it,
 * address and way out are given, and a neighbour that says to be a router is not listened to (CVE-2020-10749, CVE-2020-13401).
 */
function limitIpv6(device: string, settings: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(settings)) {
    try {
      writeFileSync(`/proc/sys/net/ipv6/conf/${device}/${name}`, String(value))
    } catch {
      // A kernel without IPv6 has nothing to limit.
    }
  }
}

function bytesOf(text: string): Uint8Array {
  const address = parseAddress(text)
  if (address === undefined) throw new TypeError(`${text} is not an address`)
  return addressBytes(address)
}
