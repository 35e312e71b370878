/** nf_tables as netlink messages: tables, chains, rules, sets and their elements. Layouts of <linux/netfilter/nf_tables.h>. */
import { type Attribute, attribute, be32, listAttributes, nested, readAttributes, readText, text } from './attributes.ts'
import type { Expression } from './expressions.ts'
import { type Answer, type Message, message, NLM_F } from './message.ts'

const SUBSYSTEM = 10 << 8
const NFT_MSG = {
  NEWTABLE: 0,
  GETTABLE: 1,
  DELTABLE: 2,
  NEWCHAIN: 3,
  GETCHAIN: 4,
  NEWRULE: 6,
  GETRULE: 7,
  NEWSET: 9,
  NEWSETELEM: 12,
  GETSETELEM: 13,
  DELSETELEM: 14,
  GETGEN: 16,
} as const
const BATCH_BEGIN = 16
const BATCH_END = 17

/** Families of tables: `inet` sees IPv4 and IPv6. */
export const NFPROTO = { INET: 1, IPV4: 2, IPV6: 10 } as const

export interface TableName {
  readonly family: number
  readonly name: string
}

/** Makes a batch of what stands in between: all of it takes effect at one moment, or none. */
export function batch(messages: readonly Message[]): Message[] {
  const mark = (type: number): Message =>
    message('change packet filter', type, 0, { header: Uint8Array.of(0, 0, 0, SUBSYSTEM >> 8), attributes: [] })
  return [mark(BATCH_BEGIN), ...messages, mark(BATCH_END)]
}

/** Makes a table; one that is there already is left as it is. */
export function newTable(table: TableName): Message {
  return nft(`make table ${table.name}`, NFT_MSG.NEWTABLE, { table, flags: NLM_F.CREATE, attributes: [attribute(1, text(table.name))] })
}

/** As `newTable`, but one that is there already is an error (EEXIST). */
export function makeTable(table: TableName): Message {
  return { ...newTable(table), flags: NLM_F.CREATE | NLM_F.EXCL }
}

/** Removes a table with all that is in it. One that is not there is an error (ENOENT). */
export function deleteTable(table: TableName): Message {
  return nft(`remove table ${table.name}`, NFT_MSG.DELTABLE, { table, flags: 0, attributes: [attribute(1, text(table.name))] })
}

/** Tells whether the table is there, by being answered (or by ENOENT). */
export function getTable(table: TableName): Message {
  return nft(`look for table ${table.name}`, NFT_MSG.GETTABLE, { table, flags: 0, attributes: [attribute(1, text(table.name))] })
}

export interface ChainOptions {
  readonly name: string
  readonly type: 'filter' | 'nat'
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'
  /** The lower, the earlier. */
  readonly priority: number
}

const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting']

/** A base chain that accepts what none of its rules decides. */
export function newChain(table: TableName, { name, type, hook, priority }: ChainOptions): Message {
  return nft(`make chain ${name}`, NFT_MSG.NEWCHAIN, {
    table,
    flags: NLM_F.CREATE,
    attributes: [
      attribute(1, text(table.name)),
      attribute(3, text(name)),
      nested(4, attribute(1, be32(HOOKS.indexOf(hook))), attribute(2, be32(priority))),
      attribute(7, text(type)),
    ],
  })
}

/** Adds a rule at the end of its chain. */
export function newRule(table: TableName, chain: string, expressions: readonly Expression[]): Message {
  return nft(`add a rule to chain ${chain}`, NFT_MSG.NEWRULE, {
    table,
    flags: NLM_F.CREATE | NLM_F.APPEND,
    attributes: [attribute(1, text(table.name)), attribute(2, text(chain)), nested(4, ...expressions.map(listed))],
  })
}

/** Lists the rules of a table, or of one of its chains. */
export function listRules(table: TableName): Message {
  return nft(`list rules of ${table.name}`, NFT_MSG.GETRULE, { table, flags: 0, attributes: [attribute(1, text(table.name))] })
}

/** The chain that a listed rule stands in. */
export function readRuleChain({ body }: Answer): string {
  return readText(readAttributes(body.subarray(4)).get(2))
}

/** A chain of whatever table. */
export interface Chain {
  /** `ip`, `inet` … as nft calls it. */
  readonly family: string
  readonly table: string
  readonly name: string
  /** Undefined for one that is only jumped to. */
  readonly hook: string | undefined
  /** What none of its rules decides is dropped. */
  readonly drops: boolean
}

const FAMILIES = new Map<number, string>([
  [NFPROTO.INET, 'inet'],
  [NFPROTO.IPV4, 'ip'],
  [NFPROTO.IPV6, 'ip6'],
])

/** Lists the chains of all tables. */
export function listChains(): Message {
  return nft('list chains', NFT_MSG.GETCHAIN, { table: { family: 0, name: '' }, flags: 0, attributes: [] })
}

/** What the kernel tells of a chain. */
export function readChain({ body }: Answer): Chain {
  const attributes = readAttributes(body.subarray(4))
  const hook = attributes.get(4)
  const number = hook === undefined ? undefined : readAttributes(hook).get(1)?.readUInt32BE(0)
  return {
    family: FAMILIES.get(body.readUInt8(0)) ?? String(body.readUInt8(0)),
    table: readText(attributes.get(1)),
    name: readText(attributes.get(3)),
    hook: number === undefined ? undefined : HOOKS[number],
    drops: attributes.get(5)?.readUInt32BE(0) === NF_DROP,
  }
}

const NF_DROP = 0
const NFT_SET_MAP = 8
/** nft's own notes on a set: type 0, four bytes, 1 for the processor's order. */
const HOST_ORDER = Uint8Array.of(0, 4, 1, 0, 0, 0)

export interface SetOptions {
  readonly name: string
  /** Of the batch that makes it: tells the kernel's sets in one transaction apart. */
  readonly id: number
  readonly key: DataType
  /** Makes it a map. */
  readonly data?: DataType
}

/** A type by nft's number, so that `nft list` can print what it holds, and its bytes. */
export interface DataType {
  readonly number: number
  readonly size: number
}

/** nft's numbers of types; each further part of a concatenation is behind six bits. */
const TYPE = { ipv4: 7, ipv6: 8, protocol: 12, port: 13, device: 41 } as const
const SIZE = { ipv4: 4, ipv6: 16, protocol: 4, port: 4, device: 16 } as const

/** What elements are made of. Each part of a concatenation is padded to four bytes. */
export function dataType(...parts: readonly (keyof typeof TYPE)[]): DataType {
  return {
    number: parts.reduce((sum, part) => sum * 64 + TYPE[part], 0),
    size: parts.reduce((sum, part) => sum + SIZE[part], 0),
  }
}

/** Makes a set, or a map. */
export function newSet(table: TableName, { name, id, key, data }: SetOptions): Message {
  const parts: Attribute[] = [attribute(4, be32(key.number)), attribute(5, be32(key.size))]
  if (data !== undefined) parts.push(attribute(6, be32(data.number)), attribute(7, be32(data.size)))
  return nft(`make set ${name}`, NFT_MSG.NEWSET, {
    table,
    flags: NLM_F.CREATE,
    attributes: [
      attribute(1, text(table.name)),
      attribute(2, text(name)),
      attribute(3, be32(data === undefined ? 0 : NFT_SET_MAP)),
      ...parts,
      attribute(10, be32(id)),
      // Or nft would print names backwards: to it, what it is not told of is a number in network order.
      ...(key.number === TYPE.device ? [attribute(13, HOST_ORDER)] : []),
    ],
  })
}

export interface SetElement {
  readonly key: Uint8Array
  readonly data?: Uint8Array
}

/** Adds elements. One that is there with other data is an error (EEXIST). */
export function newElements(table: TableName, set: string, elements: readonly SetElement[]): Message {
  return elementMessage(`add to ${set}`, { type: NFT_MSG.NEWSETELEM, flags: NLM_F.CREATE, table, set, elements })
}

/** Takes elements out. One that is not there is an error (ENOENT). */
export function deleteElements(table: TableName, set: string, elements: readonly SetElement[]): Message {
  return elementMessage(`take out of ${set}`, { type: NFT_MSG.DELSETELEM, flags: 0, table, set, elements })
}

/** Lists the elements of a set. */
export function listElements(table: TableName, set: string): Message {
  return nft(`list ${set}`, NFT_MSG.GETSETELEM, {
    table,
    flags: 0,
    attributes: [attribute(1, text(table.name)), attribute(2, text(set))],
  })
}

/** How many elements one answer to `listElements` holds. */
export function countElements({ body }: Answer): number {
  const list = readAttributes(body.subarray(4)).get(3)
  return list === undefined ? 0 : listAttributes(list).length
}

/** Asks for the number of the rule set's present state, which every change of anybody's raises. */
export function getGeneration(): Message {
  return nft('ask for the generation', NFT_MSG.GETGEN, { table: { family: 0, name: '' }, flags: 0, attributes: [] })
}

/** The number that the kernel answers `getGeneration` with. */
export function readGeneration({ body }: Answer): number {
  return readAttributes(body.subarray(4)).get(1)?.readUInt32BE(0) ?? 0
}

interface ElementOptions {
  readonly type: number
  readonly flags: number
  readonly table: TableName
  readonly set: string
  readonly elements: readonly SetElement[]
}

function elementMessage(label: string, { type, flags, table, set, elements }: ElementOptions): Message {
  const list = elements.map(({ key, data }) =>
    nested(1, nested(1, attribute(1, key)), ...(data === undefined ? [] : [nested(2, attribute(1, data))])),
  )
  return nft(label, type, {
    table,
    flags,
    attributes: [attribute(1, text(table.name)), attribute(2, text(set)), nested(3, ...list)],
  })
}

interface NftOptions {
  readonly table: TableName
  readonly flags: number
  readonly attributes: readonly Attribute[]
}

/** struct nfgenmsg: family, version 0, resource 0. */
function nft(label: string, type: number, { table, flags, attributes }: NftOptions): Message {
  return message(label, SUBSYSTEM | type, flags, { header: Uint8Array.of(table.family, 0, 0, 0), attributes })
}

function listed({ name, data }: Expression): Attribute {
  return nested(1, attribute(1, text(name)), nested(2, ...data))
}
