/** Docker's frames, which carry output of a process without a terminal: eight bytes of head (stream, three zeros, length), then the data. */
import { EngineError } from './engine-error.ts'

/** Bytes of one stream. */
export interface Piece {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Buffer
  /** It begins where the engine began to write at once. */
  readonly isStart: boolean
}

export type Splitter = (chunk: Uint8Array) => Piece[]

/** What is done with a message of the engine itself: it is an error, or comes as stderr. */
export type EngineMessages = 'fail' | 'show'

const HEAD = 8
const STDERR = 2
const OF_ENGINE = 3

/** For the output of a terminal: all is one stream. */
export function splitRaw(chunk: Uint8Array): Piece[] {
  return [{ stream: 'stdout', bytes: bufferOf(chunk), isStart: true }]
}

/**
 * For all other output, in chunks that are cut anywhere. A frame may be of any length, so that one in several chunks gives several pieces:
 * none is waited for. Errors: EngineError `bad-answer`, and `engine-failed` with the engine's message.
 */
export function frameSplitter(messages: EngineMessages): Splitter {
  const head = Buffer.alloc(HEAD)
  let headLength = 0
  let kind = 0
  let left = 0
  let isStart = false
  return (given) => {
    const chunk = bufferOf(given)
    const pieces: Piece[] = []
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const bytes = chunk.subarray(at, at + left)
        if (kind === OF_ENGINE && messages === 'fail') throw new EngineError('engine-failed', bytes.toString('utf8').slice(0, 1000))
        // 0 is what a client's input looks like when it is given back.
        pieces.push({ stream: kind >= STDERR ? 'stderr' : 'stdout', bytes, isStart })
        isStart = false
        left -= bytes.length
        at += bytes.length
        continue
      }
      const part = chunk.subarray(at, at + HEAD - headLength)
      part.copy(head, headLength)
      headLength += part.length
      at += part.length
      if (headLength < HEAD) break
      headLength = 0
      kind = head[0] ?? 0
      if (kind > OF_ENGINE || head.readUIntBE(1, 3) !== 0) throw new EngineError('bad-answer', 'the output is not in Docker’s frames')
      left = head.readUInt32BE(4)
      isStart = true
    }
    return pieces
  }
}

function bufferOf(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
