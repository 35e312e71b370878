import type { Frame } from './frame.ts'
import { type Position, positionOf } from './position.ts'

/** As much of a line's text as is shown: a line may be as long as the log. */
export const MAX_TEXT = 16 << 10

/** A line of one stream as it is found from its end to its beginning. Its text is that without the newline. */
export class PendingLine {
  /** The place of its newline, or of its last byte so far. */
  readonly end: Position
  /** It has no newline yet. */
  readonly isOpen: boolean
  /** Bytes of all that has been seen of it. */
  length = 0
  /** Something that is looked for is in it. */
  isMatch = false
  /** The frame of the earliest byte that has been seen: its moment is the line's. */
  first: Frame
  /** The first bytes of what has been seen, for what may have its beginning in an earlier frame. */
  front: Buffer = EMPTY
  /** The latest first. */
  #pieces: Uint8Array[] = []
  #kept = 0

  constructor(frame: Frame, byte: number, { isOpen }: { isOpen: boolean }) {
    this.end = positionOf(frame, byte)
    this.first = frame
    this.isOpen = isOpen
  }

  /** Bytes that stand before all that has been seen of it; `front` is to be so long. */
  prepend(piece: Uint8Array, frame: Frame, front: number): void {
    if (piece.length === 0) return
    this.length += piece.length
    this.first = frame
    this.#pieces.push(piece)
    this.#kept += piece.length
    if (this.#kept > 4 * MAX_TEXT && this.#pieces.length > 1) this.#forgetLast()
    if (front > 0) this.front = firstBytes([piece, this.front], front)
  }

  get text(): string {
    return decode(firstBytes(this.#pieces.toReversed(), MAX_TEXT), this.length)
  }

  /** What is behind the text that is shown. */
  #forgetLast(): void {
    const kept: Uint8Array[] = []
    let length = 0
    for (const piece of this.#pieces.toReversed()) {
      if (length >= MAX_TEXT) break
      kept.push(piece)
      length += piece.length
    }
    this.#pieces = kept.toReversed()
    this.#kept = length
  }
}

const EMPTY = Buffer.alloc(0)

/** The first bytes of these pieces together: of a single one, without a copy. */
export function firstBytes(pieces: readonly Uint8Array[], limit: number): Buffer {
  const [first] = pieces
  if (first !== undefined && (pieces.length === 1 || first.length >= limit)) {
    return Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, limit))
  }
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return Buffer.concat(pieces, Math.min(total, limit))
}

/** UTF-8 as text, what is none replaced; of a line that has been cut off there, no broken character at its end. */
export function decode(bytes: Buffer, wholeLength: number): string {
  return (bytes.length === wholeLength ? bytes : bytes.subarray(0, endOfCharacters(bytes))).toString()
}

function endOfCharacters(bytes: Buffer): number {
  let last = bytes.length - 1
  while (last > bytes.length - 4 && ((bytes[last] ?? 0) & 0xc0) === 0x80) last--
  const lead = bytes[last] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return last + length > bytes.length ? last : bytes.length
}
