/** Docker's multiplexed stream, taken apart: a header of 8 bytes (stream, three zeros, length in big endian) before each piece. */
import { EngineError } from '../client/engine-error.ts'
import type { LogStream } from './log-line.ts'

const HEADER = 8
const SYSTEM_ERROR = 3

/** Bytes of one stream. */
export interface Piece {
  readonly stream: LogStream
  readonly bytes: Buffer
  /** It begins where the engine began to write at once. */
  readonly isStart: boolean
}

export type Splitter = (chunk: Buffer) => Piece[]

/** For the log of a terminal: all is one stream. */
export function splitRaw(chunk: Buffer): Piece[] {
  return [{ stream: 'stdout', bytes: chunk, isStart: true }]
}

/** For all other logs. A frame that comes in several chunks gives several pieces: none is waited for. Errors: EngineError `bad-answer`, `engine-failed`. */
export function frameSplitter(): Splitter {
  let header: Buffer = Buffer.alloc(0)
  let kind = 0
  let left = 0
  let isStart = false
  return (chunk) => {
    const pieces: Piece[] = []
    let at = 0
    while (at < chunk.length) {
      if (left > 0) {
        const bytes = chunk.subarray(at, at + left)
        if (kind === SYSTEM_ERROR) throw new EngineError('engine-failed', bytes.toString('utf8').slice(0, 1000))
        pieces.push({ stream: kind === 2 ? 'stderr' : 'stdout', bytes, isStart })
        isStart = false
        left -= bytes.length
        at += bytes.length
        continue
      }
      const missing = HEADER - header.length
      const part = chunk.subarray(at, at + missing)
      at += part.length
      header = header.length === 0 ? part : Buffer.concat([header, part])
      if (header.length < HEADER) break
      kind = header[0] ?? 0
      if (kind > SYSTEM_ERROR || header[1] !== 0 || header[2] !== 0 || header[3] !== 0)
        throw new EngineError('bad-answer', 'the log is not in frames')
      left = header.readUInt32BE(4)
      isStart = true
      header = Buffer.alloc(0)
    }
    return pieces
  }
}
