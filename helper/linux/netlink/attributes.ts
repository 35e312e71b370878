/** Netlink attributes: length, type and content, padded to four bytes, one behind the other. Pure. */

/** Of <linux/netlink.h>: the content is attributes itself. */
const NESTED = 0x8000
const TYPE_MASK = 0x3fff
const HEADER = 4

export interface Attribute {
  readonly type: number
  readonly data: Uint8Array
}

/** Content of a single byte. */
export function u8(value: number): Uint8Array {
  return Uint8Array.of(value)
}

/** Host order, which on both of our processors is little-endian: what rtnetlink wants. */
export function u32(value: number): Uint8Array {
  const data = Buffer.alloc(4)
  data.writeUInt32LE(value >>> 0)
  return data
}

/** Network order: what nf_tables wants of every number but a register's content. */
export function be32(value: number): Uint8Array {
  const data = Buffer.alloc(4)
  data.writeInt32BE(value | 0)
  return data
}

/** Network order, as ports are. */
export function be16(value: number): Uint8Array {
  const data = Buffer.alloc(2)
  data.writeUInt16BE(value)
  return data
}

/** NUL-terminated, as names are. */
export function text(value: string): Uint8Array {
  return Buffer.from(`${value}\0`, 'utf8')
}

/** An attribute whose content is not made of others. */
export function attribute(type: number, data: Uint8Array): Attribute {
  return { type, data }
}

/** An attribute made of others. */
export function nested(type: number, ...inner: readonly Attribute[]): Attribute {
  return { type: type | NESTED, data: encodeAttributes(inner) }
}

/** The bytes of attributes, one behind the other. */
export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  const bytes = Buffer.alloc(attributes.reduce((sum, { data }) => sum + padded(HEADER + data.length), 0))
  let at = 0
  for (const { type, data } of attributes) {
    bytes.writeUInt16LE(HEADER + data.length, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.set(data, at + HEADER)
    at += padded(HEADER + data.length)
  }
  return bytes
}

/** The attributes in `bytes` by type, without the mark of nesting; of several of one type the last. A cut one ends the list. */
export function readAttributes(bytes: Uint8Array): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (const { type, data } of listAttributes(bytes)) found.set(type, data)
  return found
}

/** As `readAttributes`, for lists whose members have all the same type. */
export function listAttributes(bytes: Uint8Array): { type: number; data: Buffer }[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const list: { type: number; data: Buffer }[] = []
  let at = 0
  while (at + HEADER <= view.length) {
    const length = view.readUInt16LE(at)
    if (length < HEADER || at + length > view.length) break
    list.push({ type: view.readUInt16LE(at + 2) & TYPE_MASK, data: view.subarray(at + HEADER, at + length) })
    at += padded(length)
  }
  return list
}

/** A name as the kernel sends it, up to its NUL. */
export function readText(data: Uint8Array | undefined): string {
  const bytes = Buffer.from(data ?? [])
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
}

function padded(length: number): number {
  return (length + 3) & ~3
}
