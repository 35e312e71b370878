/** The one file of an archive that Docker's API makes of a path. */
import { Readable } from 'node:stream'
import { EngineError, errorOfConnection } from '../client/engine-error.ts'

const BLOCK = 512
const REGULAR = new Set(['0', '\0', '7'])
/** Pax and GNU headers with what does not fit into a plain one: names and times. Only a size would matter, and is only there beyond 8 GiB. */
const NOTES = new Set(['x', 'g', 'L', 'K'])
const MOST_NOTES = 1 << 20

export interface Piece {
  /** Bytes; `length` may be infinite. */
  readonly offset: number
  readonly length: number
}

/** A part of the first file of an archive. Errors of the stream: EngineError `bad-answer`, `connection-lost`. */
export function fileOfArchive(archive: Readable, piece: Piece): Readable {
  return Readable.from(contentOf(archive, piece), { objectMode: false })
}

async function* contentOf(archive: Readable, { offset, length }: Piece): AsyncGenerator<Buffer> {
  try {
    const reader = new BlockReader(archive)
    let size = await reader.sizeOfFile()
    let skip = Math.min(offset, size)
    let left = Math.min(length, size - skip)
    while (size > 0 && left > 0) {
      const bytes = await reader.some(size)
      size -= bytes.length
      const wanted = bytes.subarray(Math.min(skip, bytes.length)).subarray(0, left)
      skip -= Math.min(skip, bytes.length)
      left -= wanted.length
      if (wanted.length > 0) yield wanted
    }
  } catch (error) {
    throw errorOfConnection(error)
  } finally {
    archive.destroy()
  }
}

class BlockReader {
  readonly #pieces: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(archive: Readable) {
    this.#pieces = archive[Symbol.asyncIterator]()
  }

  /** Reads headers up to the file's own. */
  async sizeOfFile(): Promise<number> {
    for (let notes = 0; notes <= MOST_NOTES; ) {
      const header = await this.exactly(BLOCK)
      const size = numberAt(header, 124, 12)
      const type = header.toString('latin1', 156, 157)
      if (REGULAR.has(type)) return size
      if (!NOTES.has(type)) break
      notes += size
      if (notes <= MOST_NOTES) await this.exactly(Math.ceil(size / BLOCK) * BLOCK)
    }
    throw new EngineError('bad-answer', 'the archive does not begin with a file')
  }

  async exactly(size: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let left = size; left > 0; ) {
      const part = await this.some(left)
      left -= part.length
      parts.push(part)
    }
    return Buffer.concat(parts, size)
  }

  /** At least one byte, at most `most`. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#pieces.next()
      if (done === true) throw new EngineError('bad-answer', 'the archive ends too early')
      this.#rest = value
    }
    const bytes = this.#rest.subarray(0, most)
    this.#rest = this.#rest.subarray(most)
    return bytes
  }
}

/** A number in octal, or in base 256 where it is larger. */
function numberAt(header: Buffer, offset: number, length: number): number {
  const field = header.subarray(offset, offset + length)
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(length - 8))
  const digits = /^[ \0]*([0-7]+)[ \0]*$/.exec(field.toString('latin1'))?.[1]
  if (digits === undefined) throw new EngineError('bad-answer', 'the archive has a number that is none')
  return Number.parseInt(digits, 8)
}
