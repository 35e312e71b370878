/** Docker's frames, which carry the output of a process without a terminal: eight bytes of head (stream, length), then the data. */
import { EngineError } from '../client/engine-error.ts'

export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr'
  readonly data: Uint8Array
}

const HEAD = 8

/** Reads frames out of chunks that are cut anywhere. Data is handed on as it comes: a frame may be of any length. */
export class Demultiplexer {
  readonly #head = new Uint8Array(HEAD)
  #headLength = 0
  #left = 0

  /** Errors: EngineError `bad-answer`. */
  push(chunk: Uint8Array): readonly OutputPiece[] {
    const pieces: OutputPiece[] = []
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const data = chunk.subarray(at, at + this.#left)
        this.#left -= data.length
        at += data.length
        pieces.push({ stream: this.#stream, data })
        continue
      }
      const part = chunk.subarray(at, at + HEAD - this.#headLength)
      this.#head.set(part, this.#headLength)
      this.#headLength += part.length
      at += part.length
      if (this.#headLength < HEAD) break
      this.#headLength = 0
      this.#left = this.#lengthOfHead()
    }
    return pieces
  }

  // 0 is what a client's input looks like when it is given back, 3 a message of the engine itself.
  get #stream(): OutputPiece['stream'] {
    return (this.#head[0] ?? 0) >= 2 ? 'stderr' : 'stdout'
  }

  #lengthOfHead(): number {
    const [stream = 0, ...rest] = this.#head
    if (stream > 3 || rest.slice(0, 3).some((byte) => byte !== 0))
      throw new EngineError('bad-answer', 'the output is not in Docker’s frames')
    return new DataView(this.#head.buffer).getUint32(4)
  }
}
