/**
 * The packet filter's rules for all networks and published ports, in one table of our own, as messages. It is written whole whenever
 * networks change; a port is one element. Nothing of others is touched, and what is not about our bridges goes on as if the table
 * were not there.
 */
import {
  compare,
  destinationNat,
  device,
  deviceName,
  type Expression,
  isEstablished,
  isPublished,
  lookup,
  mask,
  masquerade,
  meta,
  notIn,
  payload,
  toThisHost,
  verdict,
} from '../linux/netlink/expressions.ts'
import type { Message } from '../linux/netlink/message.ts'
import {
  dataType,
  deleteTable,
  NFPROTO,
  newChain,
  newElements,
  newRule,
  newSet,
  newTable,
  type SetElement,
  type TableName,
} from '../linux/netlink/nftables.ts'
import { addressBytes, maskBytes, parseAddress, parseSubnet, type Subnet } from './address.ts'
import { allowsTalk, masquerades, type NetworkRecord } from './network-record.ts'

/** A port of a container that connections to this host are led to. */
export interface PortRule {
  readonly protocol: 'tcp' | 'udp'
  /** `0.0.0.0` and `::` are all of this host's addresses. */
  readonly hostAddress: string
  readonly hostPort: number
  /** The container's, of the same kind. */
  readonly address: string
  readonly port: number
}

export interface RulesetInput {
  readonly table: TableName
  readonly networks: readonly NetworkRecord[]
  readonly ports: readonly PortRule[]
  /** This host forwarded nothing before Pocker: then it forwards nothing but what is from or to containers. */
  readonly guard: boolean
}

const LOOPBACK: Subnet = { family: 4, base: 127n << 24n, prefix: 8 }
const SADDR = { 4: 12, 6: 8 } as const
const DADDR = { 4: 16, 6: 24 } as const
const PROTOCOL = { tcp: 6, udp: 17 } as const
const DESTINATION_PORT = 2

/** The messages that make the table what it is to be, whatever it was. */
export function rulesetMessages(input: RulesetInput): Message[] {
  const { table } = input
  return [
    // Making it first lets removing it succeed in any case.
    newTable(table),
    deleteTable(table),
    newTable(table),
    ...setMessages(input),
    newChain(table, { name: 'raw', type: 'filter', hook: 'prerouting', priority: -300 }),
    newChain(table, { name: 'prerouting', type: 'nat', hook: 'prerouting', priority: -100 }),
    newChain(table, { name: 'output', type: 'nat', hook: 'output', priority: -100 }),
    newChain(table, { name: 'forward', type: 'filter', hook: 'forward', priority: 0 }),
    newChain(table, { name: 'postrouting', type: 'nat', hook: 'postrouting', priority: 100 }),
    ...rulesByChain(input).map(([chain, expressions]) => newRule(table, chain, expressions)),
    ...portElements(input.ports).map(([set, elements]) => newElements(table, set, elements)),
  ]
}

/** All rules in their order, each with its chain. */
export function rulesByChain({ networks, guard }: RulesetInput): [chain: string, expressions: Expression[]][] {
  const published = (['prerouting', 'output'] as const).flatMap((chain) =>
    publishing().map((expressions): [string, Expression[]] => [chain, expressions]),
  )
  return [
    // The bridges' route_localnet, and that of others, would let neighbours reach what listens on 127.0.0.1 (CVE-2020-8558).
    ['raw', [...ofFamily(4), ...device('inputDevice', 'notEqual', 'lo'), ...inSubnet(LOOPBACK, DADDR[4]), verdict('drop')]],
    ...published,
    ['forward', [...isEstablished(), verdict('accept')]],
    ['forward', [...devicePair('talking'), verdict('accept')]],
    ['forward', [meta('inputDevice'), lookup('internal'), verdict('drop')]],
    ['forward', [meta('outputDevice'), lookup('internal'), verdict('drop')]],
    ['forward', [meta('outputDevice'), lookup('bridges'), ...isPublished(), verdict('accept')]],
    // From other networks and other hosts only published ports can be reached.
    ['forward', [meta('outputDevice'), lookup('bridges'), verdict('drop')]],
    ...(guard ? [['forward', [meta('inputDevice'), notIn('bridges'), verdict('drop')]] satisfies [string, Expression[]]] : []),
    // 127.0.0.1 means the container itself to the container: the answer would not come back.
    ['postrouting', [...ofFamily(4), ...inSubnet(LOOPBACK, SADDR[4]), meta('outputDevice'), lookup('bridges'), masquerade()]],
    ...networks.flatMap(networkRules),
  ]
}

function networkRules(network: NetworkRecord): [chain: string, expressions: Expression[]][] {
  const { bridge, subnets } = network
  return subnets.flatMap(({ subnet }): [string, Expression[]][] => {
    const parsed = parseSubnet(subnet)
    if (parsed === undefined) return []
    const from = [...ofFamily(parsed.family), ...inSubnet(parsed, SADDR[parsed.family])]
    return [
      // A neighbour would answer directly, from an address that was never asked. By addresses: what a bridge passes on under the
      // eyes of br_netfilter has no device that it came in by.
      ['postrouting', [...from, ...device('outputDevice', 'equal', bridge), ...isPublished(), masquerade()]],
      ...(masquerades(network)
        ? [['postrouting', [...from, ...device('outputDevice', 'notEqual', bridge), masquerade()]] satisfies [string, Expression[]]]
        : []),
    ]
  })
}

/** The elements that stand for published ports, by the map that they are in. */
export function portElements(ports: readonly PortRule[]): [map: string, elements: SetElement[]][] {
  const maps = Map.groupBy(ports, ({ hostAddress }) => mapOf(hostAddress))
  return [...maps].map(([map, list]) => [map, list.map(portElement)])
}

function mapOf(hostAddress: string): string {
  if (hostAddress === '0.0.0.0') return 'ports4'
  if (hostAddress === '::') return 'ports6'
  return hostAddress.includes(':') ? 'ports6-at' : 'ports4-at'
}

function portElement({ protocol, hostAddress, hostPort, address, port }: PortRule): SetElement {
  const everywhere = hostAddress === '0.0.0.0' || hostAddress === '::'
  const at = everywhere ? new Uint8Array() : bytesOf(hostAddress)
  return {
    key: Buffer.concat([Uint8Array.of(PROTOCOL[protocol], 0, 0, 0), at, portWord(hostPort)]),
    data: Buffer.concat([bytesOf(address), portWord(port)]),
  }
}

function setMessages({ table, networks }: RulesetInput): Message[] {
  const bridges = networks.map(({ bridge }) => bridge)
  const devices = (name: string, id: number, members: readonly string[]) => [
    newSet(table, { name, id, key: dataType('device') }),
    ...elementsOf(
      table,
      name,
      members.map((bridge) => ({ key: deviceName(bridge) })),
    ),
  ]
  const pairs = (name: string, id: number, members: readonly string[]) => [
    newSet(table, { name, id, key: dataType('device', 'device') }),
    ...elementsOf(
      table,
      name,
      members.map((bridge) => ({ key: Buffer.concat([deviceName(bridge), deviceName(bridge)]) })),
    ),
  ]
  const bridgesOf = (test: (network: NetworkRecord) => boolean) => networks.filter(test).map(({ bridge }) => bridge)
  return [
    ...devices('bridges', 1, bridges),
    ...devices(
      'internal',
      2,
      bridgesOf(({ internal }) => internal),
    ),
    ...pairs('talking', 3, bridgesOf(allowsTalk)),
    newSet(table, { name: 'ports4', id: 4, key: dataType('protocol', 'port'), data: dataType('ipv4', 'port') }),
    newSet(table, { name: 'ports4-at', id: 5, key: dataType('protocol', 'ipv4', 'port'), data: dataType('ipv4', 'port') }),
    newSet(table, { name: 'ports6', id: 6, key: dataType('protocol', 'port'), data: dataType('ipv6', 'port') }),
    newSet(table, { name: 'ports6-at', id: 7, key: dataType('protocol', 'ipv6', 'port'), data: dataType('ipv6', 'port') }),
  ]
}

function elementsOf(table: TableName, set: string, elements: readonly SetElement[]): Message[] {
  return elements.length === 0 ? [] : [newElements(table, set, elements)]
}

/** Registers of four bytes begin at 8, which is the beginning of register 1. */
function publishing(): Expression[][] {
  const of = (family: 4 | 6, map: string): Expression[] => {
    const size = family === 4 ? 4 : 16
    const atAddress = map.endsWith('-at')
    const port = atAddress ? 9 + size / 4 : 9
    return [
      ...ofFamily(family),
      ...toThisHost(),
      meta('protocol', 1),
      ...(atAddress ? [payload('network', DADDR[family], size, 9)] : []),
      payload('transport', DESTINATION_PORT, 2, port),
      lookup(map, 1, 1),
      destinationNat(nfproto(family), { address: 1, port: 8 + size / 4 }),
    ]
  }
  return [of(4, 'ports4-at'), of(4, 'ports4'), of(6, 'ports6-at'), of(6, 'ports6')]
}

function devicePair(set: string): Expression[] {
  return [meta('inputDevice', 1), meta('outputDevice', 2), lookup(set, 1)]
}

function ofFamily(family: 4 | 6): Expression[] {
  return [meta('family'), compare('equal', Uint8Array.of(nfproto(family)))]
}

function nfproto(family: 4 | 6): number {
  return family === 4 ? NFPROTO.IPV4 : NFPROTO.IPV6
}

function inSubnet(subnet: Subnet, offset: number): Expression[] {
  const base = addressBytes({ family: subnet.family, value: subnet.base })
  return [payload('network', offset, base.length), mask(maskBytes(subnet)), compare('equal', base)]
}

function portWord(port: number): Uint8Array {
  return Uint8Array.of(port >> 8, port & 255, 0, 0)
}

function bytesOf(text: string): Uint8Array {
  const address = parseAddress(text)
  if (address === undefined) throw new TypeError(`${text} is not an address`)
  return addressBytes(address)
}
