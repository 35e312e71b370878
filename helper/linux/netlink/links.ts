/** Network devices as rtnetlink messages: bridges and the pairs that connect containers to them. Layouts of <linux/if_link.h>. */
import { linux } from '../constants.ts'
import { attribute, encodeAttributes, nested, readAttributes, readText, text, u8, u32 } from './attributes.ts'
import { type Answer, type Message, message, NLM_F } from './message.ts'

const RTM_NEWLINK = 16
const RTM_DELLINK = 17
const RTM_GETLINK = 18
const RTM_SETLINK = 19

const IFLA = { ADDRESS: 1, IFNAME: 3, MTU: 4, MASTER: 10, PROTINFO: 12, LINKINFO: 18, IFALIAS: 20, NET_NS_FD: 28 } as const
const INFO_KIND = 1
const INFO_DATA = 2
const VETH_INFO_PEER = 1
const BRPORT = { MODE: 4, ISOLATED: 33 } as const
const AF_BRIDGE = 7

/** A MAC address as its six bytes. */
export type Mac = Uint8Array

export interface Link {
  readonly index: number
  readonly name: string
  readonly isUp: boolean
  readonly mac: Mac
  readonly mtu: number
  /** Text that whoever made it has put on it. */
  readonly alias: string
  /** Such as `bridge` or `veth`; empty for a real device. */
  readonly kind: string
  /** Index of the bridge that it is a port of; 0: none. */
  readonly master: number
}

export interface BridgeOptions {
  readonly name: string
  /** Set, or it changes as ports come and go. */
  readonly mac: Mac
  readonly mtu: number
}

/** Makes a bridge, and brings it up. */
export function newBridge({ name, mac, mtu }: BridgeOptions): Message {
  return message(`make bridge ${name}`, RTM_NEWLINK, NLM_F.CREATE | NLM_F.EXCL, {
    header: interfaceHeader({ up: true }),
    attributes: [
      attribute(IFLA.IFNAME, text(name)),
      attribute(IFLA.ADDRESS, mac),
      attribute(IFLA.MTU, u32(mtu)),
      nested(IFLA.LINKINFO, attribute(INFO_KIND, text('bridge'))),
    ],
  })
}

/** Puts a text on a device; in the message that makes one the kernel passes it over. */
export function setAlias(index: number, alias: string): Message {
  return message(`name device ${index}`, RTM_NEWLINK, 0, {
    header: interfaceHeader({ index }),
    attributes: [attribute(IFLA.IFALIAS, text(alias))],
  })
}

export interface VethOptions {
  readonly name: string
  /** Index of the bridge that the host's end becomes a port of. */
  readonly bridge: number
  readonly mtu: number
  readonly peer: { readonly name: string; readonly mac: Mac; readonly namespace: number }
}

/**
 * Makes both ends, moves one into the namespace and makes the other a port, in one message.
 */
export function newVeth({ name, bridge, mtu, peer }: VethOptions): Message {
  const peerLink = Buffer.concat([
    interfaceHeader({}),
    encodeAttributes([
      attribute(IFLA.IFNAME, text(peer.name)),
      attribute(IFLA.ADDRESS, peer.mac),
      attribute(IFLA.MTU, u32(mtu)),
      attribute(IFLA.NET_NS_FD, u32(peer.namespace)),
    ]),
  ])
  return message(`connect ${name} to its bridge`, RTM_NEWLINK, NLM_F.CREATE | NLM_F.EXCL, {
    header: interfaceHeader({ up: true }),
    attributes: [
      attribute(IFLA.IFNAME, text(name)),
      attribute(IFLA.MTU, u32(mtu)),
      attribute(IFLA.MASTER, u32(bridge)),
      nested(IFLA.LINKINFO, attribute(INFO_KIND, text('veth')), nested(INFO_DATA, { type: VETH_INFO_PEER, data: peerLink })),
    ],
  })
}

/** How a bridge treats one of its ports. */
export interface PortOptions {
  readonly index: number
  /** Frames may go back out where they came in: a container that asks for its own published port. */
  readonly hairpin: boolean
  /** Other isolated ports are out of reach. */
  readonly isolated: boolean
}

/** Sets how the bridge treats a port. */
export function setBridgePort({ index, hairpin, isolated }: PortOptions): Message {
  return message(`set up bridge port ${index}`, RTM_SETLINK, 0, {
    header: interfaceHeader({ index, family: AF_BRIDGE }),
    attributes: [nested(IFLA.PROTINFO, attribute(BRPORT.MODE, u8(Number(hairpin))), attribute(BRPORT.ISOLATED, u8(Number(isolated))))],
  })
}

/** Brings a device up. */
export function setLinkUp(index: number): Message {
  return message(`bring up device ${index}`, RTM_NEWLINK, 0, { header: interfaceHeader({ index, up: true }), attributes: [] })
}

/** Removes a device. Of a pair it takes 20 ms, in which this thread waits: letting its namespace end is free. */
export function deleteLink(index: number): Message {
  return message(`remove device ${index}`, RTM_DELLINK, 0, { header: interfaceHeader({ index }), attributes: [] })
}

/** Asks for one device. One that is not there is an error (ENODEV). */
export function getLink(name: string): Message {
  return message(`look for device ${name}`, RTM_GETLINK, 0, {
    header: interfaceHeader({}),
    attributes: [attribute(IFLA.IFNAME, text(name))],
  })
}

/** Lists all devices of this namespace. */
export function listLinks(): Message {
  return message('list devices', RTM_GETLINK, 0, { header: interfaceHeader({}), attributes: [] })
}

/** What the kernel tells of a device. */
export function readLink({ body }: Answer): Link {
  const attributes = readAttributes(body.subarray(16))
  const info = readAttributes(attributes.get(IFLA.LINKINFO) ?? new Uint8Array())
  return {
    index: body.readInt32LE(4),
    name: readText(attributes.get(IFLA.IFNAME)),
    isUp: (body.readUInt32LE(8) & linux.IFF_UP) !== 0,
    mac: attributes.get(IFLA.ADDRESS) ?? new Uint8Array(6),
    mtu: attributes.get(IFLA.MTU)?.readUInt32LE(0) ?? 0,
    alias: readText(attributes.get(IFLA.IFALIAS)),
    kind: readText(info.get(INFO_KIND)),
    master: attributes.get(IFLA.MASTER)?.readUInt32LE(0) ?? 0,
  }
}

/** struct ifinfomsg. */
function interfaceHeader({ index = 0, up = false, family = 0 }: { index?: number; up?: boolean; family?: number }): Buffer {
  const header = Buffer.alloc(16)
  header.writeUInt8(family, 0)
  header.writeInt32LE(index, 4)
  header.writeUInt32LE(up ? linux.IFF_UP : 0, 8)
  header.writeUInt32LE(up ? linux.IFF_UP : 0, 12)
  return header
}
