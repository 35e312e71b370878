/** One frame of a log file: a header of 32 bytes, then the bytes of one read from the container's terminal or pipe. */
import type { LogChunk } from '../../http/backend.ts'

/** "PLog", little endian. */
const MAGIC = 0x676f4c50
const MAGIC_BYTES = Buffer.from('PLog')
const NANOSECONDS = 1_000_000_000n
const WORD = 0x1_0000_0000

export const HEADER_SIZE = 32
/** The keeper reads no more than this at once. */
export const MAX_DATA = 65_536
export const MAX_FRAME = HEADER_SIZE + MAX_DATA

export type Stream = LogChunk['stream']

/** A frame as found in a file. Its data are a view of the block that was read: no copy, never written again. */
export class Frame implements LogChunk {
  /** Where its header begins in the file. */
  readonly at: number
  readonly stream: Stream
  readonly data: Uint8Array
  readonly seconds: number
  readonly nanoseconds: number

  constructor(at: number, stream: Stream, data: Uint8Array, seconds: number, nanoseconds: number) {
    this.at = at
    this.stream = stream
    this.data = data
    this.seconds = seconds
    this.nanoseconds = nanoseconds
  }

  /** Computed when asked for: a bigint per frame would cost more than reading the frame. */
  get time(): bigint {
    return BigInt(this.seconds) * NANOSECONDS + BigInt(this.nanoseconds)
  }
}

/** The frame as the keeper writes it. Precondition: 1 to 65,536 bytes of data. */
export function encodeFrame(chunk: LogChunk): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_SIZE + chunk.data.length)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt32LE(chunk.stream, 4)
  bytes.writeBigInt64LE(BigInt(chunk.data.length), 8)
  bytes.writeBigInt64LE(chunk.time / NANOSECONDS, 16)
  bytes.writeBigInt64LE(chunk.time % NANOSECONDS, 24)
  bytes.set(chunk.data, HEADER_SIZE)
  return bytes
}

/** A block of a log file, with the words in it readable without a bounds check in JavaScript. */
export interface Block {
  readonly bytes: Buffer
  readonly words: DataView
  /** Where the block begins in the file. */
  readonly offset: number
}

/** The bytes read at `offset`, as a block. */
export function blockOf(bytes: Buffer, offset: number): Block {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset }
}

/** Whether 32 bytes that could be a header stand at `at`. */
export function isHeader({ words, bytes }: Block, at: number): boolean {
  return (
    at + HEADER_SIZE <= bytes.length &&
    words.getUint32(at, true) === MAGIC &&
    words.getUint32(at + 4, true) <= 2 &&
    words.getUint32(at + 8, true) - 1 < MAX_DATA &&
    words.getUint32(at + 8, true) !== 0 &&
    words.getUint32(at + 12, true) === 0 &&
    words.getUint32(at + 24, true) < 1_000_000_000 &&
    words.getUint32(at + 28, true) === 0
  )
}

/** Whether the bytes from `at` to the block's end, fewer than a header, could be a header's beginning. */
export function beginsHeader({ bytes }: Block, at: number): boolean {
  const length = Math.min(bytes.length - at, MAGIC_BYTES.length)
  return bytes.compare(MAGIC_BYTES, 0, length, at, at + length) === 0
}

/** Where the next header at or after `from` may begin, or -1. */
export function findHeader(block: Block, from: number): number {
  let at = block.bytes.indexOf(MAGIC_BYTES, from)
  while (at !== -1 && !isHeader(block, at)) at = block.bytes.indexOf(MAGIC_BYTES, at + 1)
  return at
}

/** Where the frame of the header at `at` ends. */
export function endOfFrame({ words }: Block, at: number): number {
  return at + HEADER_SIZE + words.getUint32(at + 8, true)
}

/** What the header at `at` says; undefined when there stands none. */
export function headerOf(block: Block, at: number): { seconds: number; nanoseconds: number; length: number } | undefined {
  if (!isHeader(block, at)) return undefined
  const { words } = block
  return { seconds: secondsAt(block, at), nanoseconds: words.getUint32(at + 24, true), length: words.getUint32(at + 8, true) }
}

function secondsAt({ words }: Block, at: number): number {
  return words.getInt32(at + 20, true) * WORD + words.getUint32(at + 16, true)
}

/** Precondition: a header stands at `at` and the whole frame lies in the block. */
export function frameAt(block: Block, at: number): Frame {
  const { words } = block
  const word = words.getUint32(at + 4, true)
  const stream: Stream = word === 0 ? 0 : word === 1 ? 1 : 2
  const data = block.bytes.subarray(at + HEADER_SIZE, endOfFrame(block, at))
  return new Frame(block.offset + at, stream, data, secondsAt(block, at), words.getUint32(at + 24, true))
}
