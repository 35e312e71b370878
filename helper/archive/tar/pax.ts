/** Extended headers: records `<length> <key>=<value>\n` (POSIX.1-2017 pax, "pax Extended Header"). */
import { badArchive } from './bad-archive.ts'
import type { Moment } from './entry.ts'

/** Keys as text, values as the bytes they are. Sparse maps of version 0.0 repeat keys: those are kept apart, in order. */
export interface PaxRecords {
  readonly values: ReadonlyMap<string, Buffer>
  /** `GNU.sparse.offset` and `GNU.sparse.numbytes` by turns. */
  readonly sparsePairs: readonly number[]
}

export const noRecords: PaxRecords = { values: new Map(), sparsePairs: [] }

const SPACE = 0x20
const EQUALS = 0x3d
const NEWLINE = 0x0a

/** Errors: `bad-archive`. */
export function parsePax(bytes: Buffer): PaxRecords {
  const values = new Map<string, Buffer>()
  const sparsePairs: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(SPACE, at)
    const digits = space < 0 || space - at > 10 ? '' : bytes.toString('latin1', at, space)
    const end = at + Number(digits)
    if (!/^\d+$/.test(digits) || end <= space + 1 || end > bytes.length || bytes[end - 1] !== NEWLINE) {
      throw badArchive('an extended header is malformed')
    }
    const equals = bytes.indexOf(EQUALS, space + 1)
    if (equals <= space + 1 || equals >= end) throw badArchive('an extended header has a record without a key')
    const key = bytes.toString('latin1', space + 1, equals)
    const value = bytes.subarray(equals + 1, end - 1)
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') addPair(sparsePairs, key, value)
    else values.set(key, value)
    at = end
  }
  return { values, sparsePairs }
}

function addPair(pairs: number[], key: string, value: Buffer): void {
  if ((pairs.length % 2 === 0) !== (key === 'GNU.sparse.offset')) throw badArchive('a sparse map is malformed')
  pairs.push(parseDecimal(value, key))
}

/** A number of an extended header: not negative. Errors: `bad-archive`. */
export function parseDecimal(value: Buffer, key: string): number {
  const text = value.toString('latin1', 0, 32)
  const number = Number(text)
  if (value.length > 20 || !/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw badArchive(`the extended header's ${key} is not a number`)
  return number
}

/** A name of an extended header. Errors: `bad-archive` when it holds a NUL, behind which other readers see no more. */
export function parseName(value: Buffer, key: string): string {
  if (value.includes(0)) throw badArchive(`the extended header's ${key} has a NUL in it`)
  return value.toString('latin1')
}

/** Seconds with any number of decimals; nanoseconds are kept. Errors: `bad-archive`. */
export function parseMoment(value: Buffer, key: string): Moment {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value.toString('latin1', 0, 100))
  if (match === null) throw badArchive(`the extended header's ${key} is not a time`)
  const [, sign, whole = '0', decimals = ''] = match
  const seconds = Number(whole)
  const nanoseconds = Number(decimals.slice(0, 9).padEnd(9, '0'))
  if (sign !== '-') return { seconds, nanoseconds }
  return nanoseconds === 0 ? { seconds: 0 - seconds, nanoseconds } : { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds }
}
