/** Addresses, routes and neighbours as rtnetlink messages. Layouts of <linux/if_addr.h>, <linux/rtnetlink.h>, <linux/neighbour.h>. */
import { linux } from '../constants.ts'
import { attribute, readAttributes, u32 } from './attributes.ts'
import type { Mac } from './links.ts'
import { type Answer, type Message, message, NLM_F } from './message.ts'

const RTM_NEWADDR = 20
const RTM_NEWROUTE = 24
const RTM_DELROUTE = 25
const RTM_GETROUTE = 26
const RTM_NEWNEIGH = 28

const IFA = { ADDRESS: 1, LOCAL: 2, BROADCAST: 4 } as const
/** Usable at once: nobody else can have it, we give them out. */
const IFA_F_NODAD = 2
const RTA = { DST: 1, OIF: 4, GATEWAY: 5, TABLE: 15 } as const
const RT_TABLE_MAIN = 254
const RTPROT_BOOT = 3
const RTN_UNICAST = 1
const NDA_LLADDR = 2
/** An entry that does not age; one that does is refused for a port whose other end is still down. */
const NUD_NOARP = 0x40
const NTF_MASTER = 4
const AF_BRIDGE = 7

/** 4 or 16 bytes. */
export type AddressBytes = Uint8Array

export interface AddressOptions {
  readonly index: number
  readonly address: AddressBytes
  readonly prefix: number
}

/** Gives a device an address. One that it has already is an error (EEXIST). */
export function newAddress({ index, address, prefix }: AddressOptions): Message {
  const isV6 = address.length === 16
  const header = Buffer.alloc(8)
  header.writeUInt8(family(address), 0)
  header.writeUInt8(prefix, 1)
  header.writeUInt8(isV6 ? IFA_F_NODAD : 0, 2)
  header.writeUInt32LE(index, 4)
  return message(`give device ${index} an address`, RTM_NEWADDR, NLM_F.CREATE | NLM_F.EXCL, {
    header,
    attributes: [
      attribute(IFA.LOCAL, address),
      attribute(IFA.ADDRESS, address),
      ...(isV6 ? [] : [attribute(IFA.BROADCAST, broadcast(address, prefix))]),
    ],
  })
}

/** The way to everywhere. */
export function newDefaultRoute(index: number, gateway: AddressBytes): Message {
  return message('set the default route', RTM_NEWROUTE, NLM_F.CREATE | NLM_F.REPLACE, {
    header: routeHeader(family(gateway), RTN_UNICAST),
    attributes: [attribute(RTA.GATEWAY, gateway), attribute(RTA.OIF, u32(index))],
  })
}

/** Takes away the way to everywhere over this gateway. */
export function deleteDefaultRoute(index: number, gateway: AddressBytes): Message {
  return message('take away the default route', RTM_DELROUTE, 0, {
    header: routeHeader(family(gateway), 0),
    attributes: [attribute(RTA.GATEWAY, gateway), attribute(RTA.OIF, u32(index))],
  })
}

/** Lists the routes of this namespace, those of all tables. */
export function listRoutes(addresses: 4 | 6): Message {
  const header = routeHeader(addresses === 4 ? linux.AF_INET : linux.AF_INET6, 0)
  return message('list routes', RTM_GETROUTE, 0, { header, attributes: [] })
}

export interface Route {
  readonly destination: AddressBytes
  /** 0: the default route. */
  readonly prefix: number
  /** Index of the device; 0 where there are several. */
  readonly device: number
  readonly table: number
}

/** What the kernel tells of a route. */
export function readRoute({ body }: Answer): Route {
  const attributes = readAttributes(body.subarray(12))
  const size = body.readUInt8(0) === linux.AF_INET6 ? 16 : 4
  return {
    prefix: body.readUInt8(1),
    destination: attributes.get(RTA.DST) ?? new Uint8Array(size),
    device: attributes.get(RTA.OIF)?.readUInt32LE(0) ?? 0,
    table: attributes.get(RTA.TABLE)?.readUInt32LE(0) ?? body.readUInt8(4),
  }
}

/**
 * Tells a bridge behind which of its ports a MAC address is. It would learn that from the first frame, but until then sends to where
 * the address was last: to a container that has just ended and whose device is about to go.
 */
export function placeMac(port: number, mac: Mac): Message {
  const header = Buffer.alloc(12)
  header.writeUInt8(AF_BRIDGE, 0)
  header.writeInt32LE(port, 4)
  header.writeUInt16LE(NUD_NOARP, 8)
  header.writeUInt8(NTF_MASTER, 10)
  return message('tell the bridge an address', RTM_NEWNEIGH, NLM_F.CREATE | NLM_F.REPLACE, {
    header,
    attributes: [attribute(NDA_LLADDR, mac)],
  })
}

/** struct rtmsg. */
function routeHeader(addressFamily: number, type: number): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt8(addressFamily, 0)
  header.writeUInt8(RT_TABLE_MAIN, 4)
  header.writeUInt8(RTPROT_BOOT, 5)
  header.writeUInt8(type, 7)
  return header
}

function family(address: AddressBytes): number {
  return address.length === 16 ? linux.AF_INET6 : linux.AF_INET
}

function broadcast(address: AddressBytes, prefix: number): AddressBytes {
  const bytes = Buffer.from(address)
  const host = prefix === 0 ? 0xffffffff : 2 ** (32 - prefix) - 1
  bytes.writeUInt32BE((bytes.readUInt32BE(0) | host) >>> 0)
  return bytes
}
