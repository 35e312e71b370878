/** Files with holes, in GNU tar's four ways to write them down (GNU tar manual, "Storing Sparse Files"). */
import { badArchive } from './bad-archive.ts'
import { BLOCK } from './header.ts'
import { parseNumber } from './number.ts'
import { type PaxRecords, parseDecimal } from './pax.ts'

/** One stretch of data; what lies between them are holes. */
export interface Stretch {
  readonly offset: number
  readonly length: number
}

export interface SparseMap {
  readonly stretches: Stretch[]
  /** Bytes of the file with its holes. */
  readonly size: number
}

/** Where a map of the old format goes on after its header: a further block. */
export interface OldSparse {
  readonly stretches: Stretch[]
  readonly size: number
  readonly continued: boolean
}

// A map is kept whole in memory: this many take some 10 MB.
const MAX_STRETCHES = 100_000

const PAIR = 24

/** The map in the header of type `S`. Errors: `bad-archive`. */
export function parseOldSparse(block: Buffer): OldSparse {
  const stretches: Stretch[] = []
  addOldStretches(stretches, block, 386, 4)
  return { stretches, size: natural(parseNumber(block, 483, 12, 'real size')), continued: block[482] !== 0 }
}

/** A block of further stretches; whether one more follows. Errors: `bad-archive`. */
export function parseOldSparseBlock(block: Buffer, stretches: Stretch[]): boolean {
  addOldStretches(stretches, block, 0, 21)
  return block[504] !== 0
}

function addOldStretches(stretches: Stretch[], block: Buffer, at: number, count: number): void {
  for (let offset = at; offset < at + count * PAIR; offset += PAIR) {
    if (block[offset] === 0) return
    addStretch(stretches, parseNumber(block, offset, 12, 'sparse map'), parseNumber(block, offset + 12, 12, 'sparse map'))
  }
}

/** The map in extended headers of version 0.0 and 0.1; undefined when there is none. Errors: `bad-archive`. */
export function parsePaxSparse({ values, sparsePairs }: PaxRecords): SparseMap | undefined {
  const size = values.get('GNU.sparse.size')
  if (size === undefined) return undefined
  const text = values.get('GNU.sparse.map')
  const numbers = text === undefined ? sparsePairs : splitMap(text)
  const stretches: Stretch[] = []
  for (let index = 0; index < numbers.length; index += 2) addStretch(stretches, numbers[index], numbers[index + 1])
  return { stretches, size: parseDecimal(size, 'GNU.sparse.size') }
}

function splitMap(text: Buffer): number[] {
  if (text.length === 0) return []
  return text
    .toString('latin1')
    .split(',')
    .map((part) => parseDecimal(Buffer.from(part, 'latin1'), 'GNU.sparse.map'))
}

/** Reads the map of version 1.0, which stands before the data: decimal numbers, a line each, the first says how many pairs follow. */
export class MapReader {
  private readonly stretches: Stretch[] = []
  private wanted: number | undefined
  private first: number | undefined
  private digits = ''

  /** Takes one block; the map once it is complete. Errors: `bad-archive`. */
  add(block: Buffer): Stretch[] | undefined {
    for (let at = 0; at < BLOCK; at++) {
      const byte = block[at] ?? 0
      if (byte !== 0x0a) {
        this.digits += String.fromCharCode(byte)
        if (this.digits.length > 20) throw badArchive('a sparse map is malformed')
        continue
      }
      this.addNumber(parseDecimal(Buffer.from(this.digits, 'latin1'), 'sparse map'))
      this.digits = ''
      if (this.wanted === this.stretches.length) return this.stretches // the rest of the block is padding
    }
    return undefined
  }

  private addNumber(number: number): void {
    if (this.wanted === undefined) {
      if (number > MAX_STRETCHES) throw badArchive(`a sparse map has more than ${MAX_STRETCHES} stretches`)
      this.wanted = number
    } else if (this.first === undefined) this.first = number
    else {
      addStretch(this.stretches, this.first, number)
      this.first = undefined
    }
  }
}

function addStretch(stretches: Stretch[], offset: number | undefined, length: number | undefined): void {
  if (offset === undefined || length === undefined) throw badArchive('a sparse map is malformed')
  if (stretches.length >= MAX_STRETCHES) throw badArchive(`a sparse map has more than ${MAX_STRETCHES} stretches`)
  stretches.push({ offset: natural(offset), length: natural(length) })
}

/** Checks that the stretches follow each other within the file and take exactly the bytes that are stored. Errors: `bad-archive`. */
export function checkStretches({ stretches, size }: SparseMap, stored: number): void {
  let end = 0
  let sum = 0
  for (const { offset, length } of stretches) {
    if (offset < end || offset + length > size) throw badArchive('a sparse map does not fit its file')
    end = offset + length
    sum += length
  }
  if (sum !== stored) throw badArchive('a sparse map does not fit its data')
}

function natural(number: number): number {
  if (number < 0 || !Number.isSafeInteger(number)) throw badArchive('a sparse map has a number that cannot be')
  return number
}
