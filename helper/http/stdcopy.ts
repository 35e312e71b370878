import type { LogChunk, OutputChunk } from './backend.ts'
import { formatNanoseconds } from './timestamp.ts'

const LF = 10
const HEADER_SIZE = 8
// Below this a copy into one piece costs less than a second write.
const JOIN_LIMIT = 16 * 1024

/**
 * A chunk in Docker's multiplexed stream: an 8-byte header (stream, three zeros, length in big endian) and the bytes.
 * Gives one piece, or two for a long chunk, to spare the copy. [moby: pkg/stdcopy]
 */
export function frame(stream: OutputChunk['stream'], data: Uint8Array): readonly Uint8Array[] {
  const joined = data.length <= JOIN_LIMIT
  const piece = Buffer.allocUnsafe(HEADER_SIZE + (joined ? data.length : 0))
  piece.writeUInt32LE(stream, 0)
  piece.writeUInt32BE(data.length, 4)
  if (!joined) return [piece, data]
  piece.set(data, HEADER_SIZE)
  return [piece]
}

/** Puts each chunk's time before each line that begins in it. Lines may be spread over chunks, and streams may be interleaved. */
export function createTimestamper(): (chunk: LogChunk) => Uint8Array {
  const midLine = [false, false, false]
  return ({ stream, data, time }) => {
    const prefix = Buffer.from(`${formatNanoseconds(time)} `)
    const pieces: Uint8Array[] = []
    let start = 0
    while (start < data.length) {
      const end = data.indexOf(LF, start)
      const next = end === -1 ? data.length : end + 1
      if (!midLine[stream]) pieces.push(prefix)
      pieces.push(data.subarray(start, next))
      midLine[stream] = end === -1
      start = next
    }
    return Buffer.concat(pieces)
  }
}
