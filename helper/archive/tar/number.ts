/** Numbers of tar headers. */
import { badArchive } from './bad-archive.ts'

const SPACE = 0x20

/**
 * A number field: octal digits between spaces and ended by a space or NUL, or base-256 (GNU), which starts with the bit 0x80 and is a two's
 * complement number. An empty field is 0. Errors: `bad-archive` for anything else, and for what JavaScript cannot hold exactly.
 */
export function parseNumber(block: Buffer, offset: number, length: number, field: string): number {
  const first = block[offset] ?? 0
  return first & 0x80 ? parseBinary(block, offset, length, field) : parseOctal(block, offset, length, field)
}

function parseOctal(block: Buffer, offset: number, length: number, field: string): number {
  const end = offset + length
  let at = offset
  while (at < end && block[at] === SPACE) at++
  let value = 0
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  if (value > Number.MAX_SAFE_INTEGER) throw badArchive(`the header's ${field} is too large`)
  // What follows the digits must end the field; GNU tar and others leave old bytes behind a NUL.
  const last = block[at]
  if (at < end && last !== 0 && last !== SPACE) throw badArchive(`the header's ${field} is not a number`)
  return value
}

function parseBinary(block: Buffer, offset: number, length: number, field: string): number {
  const isNegative = ((block[offset] ?? 0) & 0x40) !== 0
  let value = 0n
  for (let index = 0; index < length; index++) {
    const byte = block[offset + index] ?? 0
    value = (value << 8n) | BigInt(index === 0 ? byte & 0x7f : byte)
  }
  if (isNegative) value -= 1n << BigInt(8 * length - 1)
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw badArchive(`the header's ${field} is too large`)
  return number
}
