/** IP addresses and subnets as numbers. Texts are what records and clients have, in the shortest form. */
import { isIP } from 'node:net'

export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

export interface Subnet {
  readonly family: 4 | 6
  /** The lowest address in it. */
  readonly base: bigint
  readonly prefix: number
}

const BITS = { 4: 32, 6: 128 } as const
const MAPPED = 0xffffn << 32n

/** Undefined for what is no address, or has a zone. */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text)
  if (family === 4) return { family, value: ipv4Value(text) }
  if (family !== 6 || text.includes('%')) return undefined
  return { family, value: ipv6Value(text) }
}

/** As inet_ntop writes it: of IPv6 the longest run of zeros is left out. */
export function printAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
  if (value >> 32n === MAPPED >> 32n) return `::ffff:${printAddress({ family: 4, value: value & 0xffffffffn })}`
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
  const zeros = [...groups.join(':').matchAll(/\b0(?::0\b)+/g)].sort((a, b) => b[0].length - a[0].length)[0]
  if (zeros === undefined) return groups.join(':')
  const all = groups.join(':')
  return `${all.slice(0, zeros.index).replace(/:$/, '')}::${all.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`
}

/** In network order: 4 or 16 bytes. */
export function addressBytes({ family, value }: Address): Uint8Array {
  const size = BITS[family] / 8
  return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * (size - 1 - index))) & 255n))
}

/** The address that so many bytes in network order are. */
export function readAddress(bytes: Uint8Array): Address {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return { family: bytes.length === 16 ? 6 : 4, value }
}

/** `10.1.2.0/24`; bits beyond the prefix are dropped. Undefined for anything else. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, written = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const address = parseAddress(written)
  const prefix = Number(digits)
  if (address === undefined || prefix > BITS[address.family]) return undefined
  return subnetOf(address, prefix)
}

/** The subnet of that size which the address is in. */
export function subnetOf({ family, value }: Address, prefix: number): Subnet {
  const host = BigInt(BITS[family] - prefix)
  return { family, base: (value >> host) << host, prefix }
}

/** `10.1.2.0/24`. */
export function printSubnet({ family, base, prefix }: Subnet): string {
  return `${printAddress({ family, value: base })}/${prefix}`
}

/** How many addresses it has, all counted. */
export function subnetSize({ family, prefix }: Subnet): bigint {
  return 1n << BigInt(BITS[family] - prefix)
}

/** The highest address in it. */
export function lastOf(subnet: Subnet): bigint {
  return subnet.base + subnetSize(subnet) - 1n
}

/** Whether the address is in the subnet. */
export function contains(subnet: Subnet, { family, value }: Address): boolean {
  return family === subnet.family && value >= subnet.base && value <= lastOf(subnet)
}

/** Whether the two have an address in common. */
export function overlaps(one: Subnet, other: Subnet): boolean {
  return one.family === other.family && one.base <= lastOf(other) && other.base <= lastOf(one)
}

/** The mask of a prefix, in network order. */
export function maskBytes({ family, prefix }: Subnet): Uint8Array {
  const bits = BigInt(BITS[family])
  const ones = (1n << bits) - 1n
  return addressBytes({ family, value: ones ^ (ones >> BigInt(prefix)) })
}

function ipv4Value(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function ipv6Value(text: string): bigint {
  const [, head = '', dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [undefined, text]
  const low = dotted === undefined ? undefined : ipv4Value(dotted)
  const plain = low === undefined ? head : `${head}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`
  const [left = '', right] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const before = groups(left)
  const after = groups(right ?? '')
  const missing = right === undefined ? 0 : 8 - before.length - after.length
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}
