/** What is read of an archive, piece by piece, in memory that is used again. */
import type { ByteSource } from './byte-source.ts'

const PIECE = 512 << 10

export class InputPieces {
  private readonly source: ByteSource
  private readonly onInput: (piece: Buffer) => void
  /** One is used while the next is read. */
  private readonly slots = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)]
  private turn = 0
  /** What comes next, in this order. */
  private readonly waiting: Buffer[] = []
  private isOver = false

  /** `onInput` gets each piece once, as it is read. */
  constructor(source: ByteSource, onInput: (piece: Buffer) => void) {
    this.source = source
    this.onInput = onInput
  }

  /** The next piece, valid until two more have been asked for; undefined at the end. Errors: the source's. */
  next(): Buffer | undefined {
    return this.waiting.shift() ?? this.read()
  }

  /** Reads the next piece now. Errors: the source's. */
  readAhead(): void {
    if (this.waiting.length > 0) return
    const piece = this.read()
    if (piece !== undefined) this.waiting.push(piece)
  }

  /** Takes back the piece that came last, or its end. */
  giveBack(piece: Buffer): void {
    if (piece.length > 0) this.waiting.unshift(piece)
  }

  hasMore(): boolean {
    this.readAhead()
    return this.waiting.length > 0
  }

  /** All that has not been asked for. */
  *rest(): Generator<Buffer> {
    for (let piece = this.next(); piece !== undefined; piece = this.next()) yield piece
  }

  private read(): Buffer | undefined {
    const slot = this.slots[this.turn]
    if (this.isOver || slot === undefined) return undefined
    this.turn = 1 - this.turn
    const piece = slot.subarray(0, this.source.read(slot))
    this.isOver = piece.length === 0
    if (this.isOver) return undefined
    this.onInput(piece)
    return piece
  }
}
