/** The bridges of networks on this host. A bridge is ours when its alias names the network: names alone may be anybody's. */
import { readFileSync, writeFileSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import { SyscallError } from '../linux/errno.ts'
import { listRoutes, newAddress, readRoute } from '../linux/netlink/addresses.ts'
import { deleteLink, getLink, type Link, listLinks, newBridge, readLink, setAlias, setLinkUp } from '../linux/netlink/links.ts'
import type { NetlinkSocket } from '../linux/netlink/netlink-socket.ts'
import { addressBytes, parseAddress, parseSubnet, readAddress, type Subnet, subnetOf } from './address.ts'
import { mtuOf, type NetworkRecord } from './network-record.ts'

/** What bridges of one helper's networks are marked with: its own name, then the network's. */
export function aliasOf(owner: string, { id }: NetworkRecord): string {
  return `${aliasPrefix(owner)}${id}`
}

/** How the marks of one helper's bridges begin. */
export function aliasPrefix(owner: string): string {
  return `pocker ${owner} `
}

/** Whose bridge it is to be. */
export interface Owned {
  readonly owner: string
  readonly network: NetworkRecord
}

/**
 * Makes the network's bridge where it is missing, goes on where another helper was ended in the middle, and gives its index.
 * Errors: Conflict `device-name-in-use`; NetlinkError.
 */
export function ensureBridge(socket: NetlinkSocket, { owner, network }: Owned): number {
  const found = findLink(socket, network.bridge)
  if (found === undefined) socket.request([newBridge({ name: network.bridge, mac: bridgeMac(network), mtu: mtuOf(network) })])
  const link = found ?? findLink(socket, network.bridge)
  if (link === undefined || !isOurs(link, { owner, network })) {
    throw new PockerError('Conflict', `make bridge ${network.bridge} of network ${network.name}: another device has that name`, {
      code: 'device-name-in-use',
      hint: 'remove that device, or make the network under another name',
    })
  }
  if (link.alias === '') {
    try {
      finishBridge(socket, link.index, { owner, network })
    } catch (error) {
      socket.request([deleteLink(link.index)])
      throw error
    }
  }
  if (!link.isUp) socket.request([setLinkUp(link.index)])
  return link.index
}

/** A bridge is made under its address, and gets its mark when it is whole. */
function isOurs(link: Link, { owner, network }: Owned): boolean {
  if (link.alias !== '') return link.alias === aliasOf(owner, network)
  return link.kind === 'bridge' && Buffer.from(link.mac).equals(bridgeMac(network))
}

function finishBridge(socket: NetlinkSocket, index: number, { owner, network }: Owned): void {
  try {
    const settings = `/proc/sys/net/ipv6/conf/${network.bridge}`
    // A container must not be this host's router (CVE-2020-13401).
    writeFileSync(`${settings}/accept_ra`, '0')
    writeFileSync(`${settings}/disable_ipv6`, network.enableIPv6 ? '0' : '1')
  } catch (error) {
    // A kernel without IPv6 has nothing to turn off.
    if (network.enableIPv6) throw error
  }
  // Answers of containers to what was sent from 127.0.0.1 come in here.
  writeFileSync(`/proc/sys/net/ipv4/conf/${network.bridge}/route_localnet`, '1')
  for (const subnet of network.subnets) {
    try {
      socket.request([gatewayAddress(index, subnet)])
    } catch (error) {
      if (!(error instanceof SyscallError) || error.code !== 'EEXIST') throw error
    }
  }
  socket.request([setAlias(index, aliasOf(owner, network))])
}

function gatewayAddress(index: number, { gateway, subnet }: NetworkRecord['subnets'][number]) {
  const address = parseAddress(gateway)
  const prefix = parseSubnet(subnet)?.prefix
  if (address === undefined || prefix === undefined) throw new TypeError(`${gateway} is not an address of ${subnet}`)
  return newAddress({ index, address: addressBytes(address), prefix })
}

/** Removes the network's bridge, if it is there and is ours. Errors: NetlinkError. */
export function removeBridge(socket: NetlinkSocket, { owner, network }: Owned): void {
  const found = findLink(socket, network.bridge)
  if (found !== undefined && isOurs(found, { owner, network })) socket.request([deleteLink(found.index)])
}

/** Errors: NetlinkError, but for a device that is not there. */
export function findLink(socket: NetlinkSocket, name: string): Link | undefined {
  try {
    const [answer] = socket.request([getLink(name)])
    return answer === undefined ? undefined : readLink(answer)
  } catch (error) {
    if (error instanceof SyscallError && error.code === 'ENODEV') return undefined
    throw error
  }
}

/** All devices here. */
export function allLinks(socket: NetlinkSocket): Link[] {
  return socket.dump(listLinks()).map(readLink)
}

/** What this host's routes lead to, but for those over `own`: subnets that a new network must not have. */
export function routedSubnets(socket: NetlinkSocket, own: readonly string[]): Subnet[] {
  const mine = new Set(allLinks(socket).flatMap(({ name, index }) => (own.includes(name) ? [index] : [])))
  return ([4, 6] as const).flatMap((family) =>
    socket.dump(listRoutes(family)).flatMap((answer) => {
      const { destination, prefix, device } = readRoute(answer)
      // The default route leads everywhere, link-local and multicast ones are on every device.
      if (prefix === 0 || mine.has(device) || destination[0] === 0xfe || destination[0] === 0xff) return []
      return [subnetOf(readAddress(destination), prefix)]
    }),
  )
}

/**
 * Has this host forward packets, and tells whether it did not before. For IPv6 a host that forwards stops listening to its
 * routers, unless it is told to go on.
 */
export function turnOnForwarding(families: { ipv6: boolean }): boolean {
  const wasOff = turnOn('/proc/sys/net/ipv4/ip_forward')
  if (families.ipv6 && readFlag('/proc/sys/net/ipv6/conf/all/forwarding') === '0') {
    // Ports of bridges hear no routers, and bridges of ours listen to none.
    for (const device of deviceNames()) if (!device.startsWith('veth')) keepRouters(device)
    turnOn('/proc/sys/net/ipv6/conf/all/forwarding')
  }
  return wasOff
}

function turnOn(path: string): boolean {
  if (readFlag(path) !== '0') return false
  writeFileSync(path, '1')
  return true
}

function keepRouters(device: string): void {
  const path = `/proc/sys/net/ipv6/conf/${device}/accept_ra`
  if (readFlag(path) === '1') writeFileSync(path, '2')
}

function deviceNames(): string[] {
  return readFileSync('/proc/net/dev', 'latin1')
    .split('\n')
    .flatMap((line) => /^\s*([^\s:/]+):/.exec(line)?.[1] ?? [])
}

function readFlag(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    // A kernel without it.
    return undefined
  }
}

/** Stays as it is when the bridge is made anew, so that neighbours who remember it are right. 02: given out locally. */
function bridgeMac({ id }: NetworkRecord): Uint8Array {
  return Buffer.from(`02${id.slice(0, 10)}`, 'hex')
}
