/** One 512-byte header block. Field offsets: POSIX.1-2017 pax, "ustar Interchange Format", and GNU tar's <tar.h>. */
import { badArchive } from './bad-archive.ts'
import { parseNumber } from './number.ts'

export const BLOCK = 512

export interface Header {
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of data that follow. */
  readonly size: number
  readonly mtime: number
  /** One character; NUL in archives from before POSIX. */
  readonly type: string
  readonly linkName: string
  readonly deviceMajor: number
  readonly deviceMinor: number
}

const CHECKSUM = 148
const CHECKSUM_LENGTH = 8

/** Whether a block holds nothing but zeros. */
export function isZeroBlock(block: Buffer): boolean {
  for (let at = 0; at < BLOCK; at++) if (block[at] !== 0) return false
  return true
}

/** Errors: `bad-archive`. */
export function parseHeader(block: Buffer): Header {
  checkSum(block)
  const magic = block.toString('latin1', 257, 265)
  const isGnu = magic === 'ustar  \0'
  // "ustar" without its version is what some old writers left; its fields are the same.
  const isUstar = !isGnu && magic.startsWith('ustar')
  const hasDevices = isGnu || isUstar
  const name = text(block, 0, 100)
  const prefix = isUstar && (block[345] ?? 0) !== 0 ? text(block, 345, 155) : ''
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: parseNumber(block, 100, 8, 'mode'),
    uid: parseNumber(block, 108, 8, 'user number'),
    gid: parseNumber(block, 116, 8, 'group number'),
    size: parseNumber(block, 124, 12, 'size'),
    mtime: parseNumber(block, 136, 12, 'time'),
    type: String.fromCharCode(block[156] ?? 0),
    linkName: block[157] === 0 ? '' : text(block, 157, 100),
    deviceMajor: hasDevices ? parseNumber(block, 329, 8, 'device number') : 0,
    deviceMinor: hasDevices ? parseNumber(block, 337, 8, 'device number') : 0,
  }
}

function text(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end < 0 || end > offset + length ? offset + length : end)
}

/** The sum of all bytes with the checksum's own as spaces; some old writers added signed ones. */
function checkSum(block: Buffer): void {
  let unsigned = CHECKSUM_LENGTH * 0x20
  let high = 0
  for (let at = 0; at < BLOCK; at++) {
    const byte = block[at] ?? 0
    unsigned += byte
    high += byte >> 7
  }
  for (let at = CHECKSUM; at < CHECKSUM + CHECKSUM_LENGTH; at++) {
    const byte = block[at] ?? 0
    unsigned -= byte
    high -= byte >> 7
  }
  const stated = parseNumber(block, CHECKSUM, CHECKSUM_LENGTH, 'checksum')
  if (stated !== unsigned && stated !== unsigned - 256 * high)
    throw badArchive('a header has a wrong checksum: it is damaged, or not a tar archive')
}
