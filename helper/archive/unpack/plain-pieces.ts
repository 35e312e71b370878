/** An archive's bytes uncompressed: gzip (RFC 1952), zstd (RFC 8878) and plain ones, told by the first bytes. */
import type { Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { badArchive } from '../tar/bad-archive.ts'
import type { ByteSource } from './byte-source.ts'
import { InputPieces } from './input-pieces.ts'

export interface PlainBytes {
  /** Whether they are others than the source's. */
  readonly compressed: boolean
  /** To be gone through once; a piece is to be used before the next is asked for. Errors: `bad-archive`. */
  readonly pieces: AsyncIterable<Buffer> | Iterable<Buffer>
}

type Compression = 'none' | 'gzip' | 'zstd'

// 16 KiB, which is the default, makes gzip three times slower: each piece is a trip to another thread and back.
const PIECE = 512 << 10
// The decompressor makes new memory for each piece, and V8 lets 64 MB of it lie about before it collects: 160 MB in all instead of 106.
const COLLECT_EVERY = 16 << 20

// Frames may ask for a window of any size; 128 MiB is what zstd itself takes without being told to.
const ZSTD_WINDOW_LOG = 27

/** Looks at the first bytes. `onInput` gets all bytes of the source as they are read. Errors: `bad-archive`. */
export function plainBytes(source: ByteSource, onInput: (piece: Buffer) => void): PlainBytes {
  const input = new InputPieces(source, onInput)
  const start = input.next() ?? Buffer.alloc(0)
  const compression = compressionOf(start)
  input.giveBack(start)
  if (compression === 'none') return { compressed: false, pieces: input.rest() }
  return { compressed: true, pieces: decompress(compression, input) }
}

function compressionOf(start: Buffer): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip'
  if (start.length < 4) return 'none'
  const magic = start.readUInt32LE(0)
  // A frame, or one of the kinds that are to be skipped.
  if (magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50) return 'zstd'
  const others: readonly (readonly [name: string, magic: string])[] = [
    ['xz', '\xfd7zXZ\0'],
    ['bzip2', 'BZh'],
  ]
  for (const [name, bytes] of others) {
    if (start.toString('latin1', 0, bytes.length) === bytes)
      throw badArchive(`it is compressed by ${name}, which is not supported: use gzip or zstd`)
  }
  return 'none'
}

/** While a piece is used here, the next is made on another thread. */
async function* decompress(compression: 'gzip' | 'zstd', input: InputPieces): AsyncGenerator<Buffer> {
  let output = 0
  do {
    for await (const piece of decompressOne(compression, input)) {
      output += piece.length
      if (output > COLLECT_EVERY) {
        globalThis.gc?.({ type: 'minor' })
        output = 0
      }
      yield piece
    }
    // Node goes on by itself after a member of gzip, unless zeros follow, and after a frame of zstd only where a piece of input ends as well.
  } while (compression === 'zstd' && input.hasMore())
  // The digest is that of all bytes.
  for (const piece of input.rest()) void piece
}

/** To the end of the input, or of what the decompressor takes as one; what it has not used is given back. */
async function* decompressOne(compression: 'gzip' | 'zstd', input: InputPieces): AsyncGenerator<Buffer> {
  const sizes = { chunkSize: PIECE, readableHighWaterMark: PIECE }
  const stream =
    compression === 'gzip'
      ? createGunzip(sizes)
      : createZstdDecompress({ ...sizes, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } })
  const stop = new AbortController()
  const feeding = feed(stream, input, stop.signal)
  feeding.catch((error: Error) => stream.destroy(error))
  try {
    yield* stream
    await feeding
  } catch (error) {
    throw isDamage(error) ? badArchive(`its ${compression} data is damaged`, error) : error
  } finally {
    stop.abort()
  }
}

async function feed(stream: Transform & { readonly bytesWritten: number }, input: InputPieces, stop: AbortSignal): Promise<void> {
  for (let piece = input.next(); piece !== undefined; piece = input.next()) {
    const before = stream.bytesWritten
    const written = write(stream, piece)
    input.readAhead()
    await written
    if (stop.aborted) return
    const used = stream.bytesWritten - before
    if (used < piece.length) return input.giveBack(piece.subarray(used))
  }
  stream.end()
}

/** Resolves when it is used, or when the stream has failed, which its reader gets to know. */
function write(stream: Transform, piece: Buffer): Promise<void> {
  return new Promise((resolve) => stream.write(piece, () => resolve()))
}

/** zlib's and zstd's own errors, not those of reading. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(Z_|ZSTD_)/.test(String(error.code))
}
