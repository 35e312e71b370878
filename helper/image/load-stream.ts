/** An archive's bytes as they were before compression, in pieces, with little of them in memory. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { PockerError } from '../api/errors.ts'
import { compressionOf } from './manifest-of.ts'

/** The pieces that zlib hands out: its own default, 16 KiB, makes it three times as slow. */
const PIECE = 1 << 20
/** A decompressor's memory; what RFC 8878 asks readers to support is 8 MiB, what `zstd --long` makes by default is 128 MiB. */
const WINDOW_LOG = 27
/** Enough bytes to tell every kind. */
const HEAD = 6
/** gzip cannot do better than 1,032 to 1; more than this is a bomb. Looked at above so many bytes of output. */
const MAX_RATIO = 1100
const RATIO_FREE = 16 << 20

/**
 * The bytes of a plain, gzip or zstd stream, told by its first ones. The source is not destroyed when the iteration ends early.
 * Errors: InvalidParameter `unsupported-compression`, `bad-archive` for broken compression, `archive-ratio`; the source's own.
 */
export async function* plainBytes(source: Readable): AsyncGenerator<Buffer, void, undefined> {
  const pieces = source.iterator({ destroyOnReturn: false })
  const head = await takeHead(pieces)
  const compression = compressionOf(head.subarray(0, HEAD))
  const counted = { input: 0 }
  const all = chain(head, pieces, counted)
  if (compression === 'none') {
    yield* all
    return
  }
  let output = 0
  try {
    for await (const piece of compression === 'gzip' ? gunzip(all) : zstdFrames(all)) {
      output += piece.length
      if (output > RATIO_FREE && output > counted.input * MAX_RATIO) throw tooGood()
      yield piece
    }
  } catch (error) {
    throw isCompressionError(error) ? broken(error) : error
  }
}

function gunzip(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const stream = createGunzip({ chunkSize: PIECE })
  // The same error comes out of the iteration.
  pipeline(pieces, stream).catch(() => undefined)
  return stream
}

/** Each frame gets a decompressor of its own: Node's drops without a word what follows a frame in the same piece of input. */
async function* zstdFrames(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let next = await source.next()
  while (next.done !== true) {
    const stream = createZstdDecompress({ chunkSize: PIECE, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } })
    const feed = async (): Promise<void> => {
      while (next.done !== true && !stream.destroyed) {
        const piece = next.value
        const before = stream.bytesWritten
        await new Promise<void>((resolve) => stream.write(piece, () => resolve()))
        const used = stream.bytesWritten - before
        if (used < piece.length) {
          next = { done: false, value: piece.subarray(used) }
          break
        }
        next = await source.next()
      }
      stream.end()
    }
    const feeding = feed()
    feeding.catch((error: Error) => stream.destroy(error))
    yield* stream
    await feeding
  }
}

async function takeHead(pieces: AsyncIterator<unknown>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < HEAD) {
    const next = await pieces.next()
    if (next.done === true) break
    head = Buffer.concat([head, asBuffer(next.value)])
  }
  return head
}

async function* chain(head: Buffer, pieces: AsyncIterable<unknown>, counted: { input: number }): AsyncGenerator<Buffer, void, undefined> {
  counted.input += head.length
  if (head.length > 0) yield head
  for await (const piece of pieces) {
    const bytes = asBuffer(piece)
    counted.input += bytes.length
    yield bytes
  }
}

function asBuffer(piece: unknown): Buffer {
  if (Buffer.isBuffer(piece)) return piece
  if (piece instanceof Uint8Array) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
  throw new TypeError('an archive comes as bytes')
}

function isCompressionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^Z(?:STD)?_/.test(error.code)
}

function broken(cause: unknown): PockerError {
  return new PockerError('InvalidParameter', 'read archive: its compression is broken', { code: 'bad-archive', cause })
}

function tooGood(): PockerError {
  return new PockerError('InvalidParameter', `read archive: it becomes more than ${MAX_RATIO} times its size`, { code: 'archive-ratio' })
}
