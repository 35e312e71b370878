import { PockerError } from '../../api/errors.ts'

/** Some bytes of a process's output, and which of its streams they came from. */
export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Uint8Array
}

const HEADER_LENGTH = 8

/**
 * Takes Docker's multiplexed stream apart: frames of a header (stream, three zeros, length as big-endian 32 bits) and as many bytes.
 * A frame's bytes are handed on as they come, not when the frame is whole.
 * Errors: `bad-stream` for an unknown stream number or a cut header; a stream 3 frame is the engine's own error text and thrown (`stream-error`).
 */
export async function* demultiplex(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<OutputPiece, void, void> {
  let header = Buffer.alloc(0)
  let stream = 1
  let left = 0
  let told = ''
  for await (const piece of pieces) {
    let at = 0
    while (at < piece.length) {
      if (left === 0) {
        const part = piece.subarray(at, at + HEADER_LENGTH - header.length)
        header = Buffer.concat([header, part])
        at += part.length
        if (header.length < HEADER_LENGTH) break
        stream = header.readUInt8(0)
        left = header.readUInt32BE(4)
        header = Buffer.alloc(0)
        if (stream > 3) throw new PockerError('Unavailable', `read output: no stream has the number ${stream}`, { code: 'bad-stream' })
        continue
      }
      const bytes = piece.subarray(at, at + left)
      at += bytes.length
      left -= bytes.length
      if (stream === 3) told += Buffer.from(bytes).toString('utf8')
      else yield { stream: stream === 2 ? 'stderr' : 'stdout', bytes }
      if (stream === 3 && left === 0) throw new PockerError('Internal', `read output: ${told}`, { code: 'stream-error' })
    }
  }
  if (header.length > 0 || left > 0) throw new PockerError('Unavailable', 'read output: the stream was cut short', { code: 'bad-stream' })
}
