import type { Frame, Stream } from './frame.ts'
import { PendingLine } from './pending-line.ts'
import { comparePositions } from './position.ts'

const NEWLINE = 10
/** How far a line's beginning is looked for before the piece of it that was found last. A line with a longer gap loses its head. */
const LINE_REACH = 1 << 20

/** What is looked for in lines. */
export interface Matcher {
  isIn(bytes: Uint8Array): boolean
  /** So many bytes of the beginning of what has been seen, and of the end of what comes before it, can hold all but one byte of it. */
  readonly reach: number
}

export interface BackwardOptions {
  /** Whether the frames are the last ones of the log, or end at a position: what is unfinished there belongs to a later line. */
  readonly from: 'end' | 'position'
  /** Only lines that it is in are taken. */
  readonly matcher?: Matcher
  /** Takes a line. They come in the order in which their beginnings are found. */
  readonly take: (line: PendingLine) => void
  /** Asked at the end of each line, from the last to the first: whether it is wanted at all. */
  readonly wants: () => boolean
}

type PerStream<T> = [T, T, T]

/**
 * Takes the frames of a log from the newest to the oldest, and takes lines out of them. Lines are ordered by their ends: a line of one stream
 * may have others of another stream in its midst. What is open at the log's end comes after all others.
 */
export class BackwardLines {
  readonly #options: BackwardOptions
  readonly #pending: PerStream<PendingLine | undefined> = [undefined, undefined, undefined]
  readonly #isNew: PerStream<boolean> = [true, true, true]
  /** What is read belongs to a line that ends after where reading began. */
  readonly #isForeign: PerStream<boolean>
  /** An end of a line was found that was not wanted: there are more. */
  refused = false

  constructor(options: BackwardOptions) {
    this.#options = options
    const foreign = options.from === 'position'
    this.#isForeign = [foreign, foreign, foreign]
  }

  /** The lines whose beginnings have not been found. */
  get pending(): PendingLine[] {
    return this.#pending.filter((line) => line !== undefined)
  }

  /** Whether more of the stream's bytes are of use when no further line is wanted: its last ones, which may be an open line's, or a pending line's. */
  needs(stream: Stream): boolean {
    return this.#pending[stream] !== undefined || (this.#isNew[stream] && !this.#isForeign[stream])
  }

  /** The frame, or what stands in it before `end`. */
  take(frame: Frame, end: number = frame.data.length): void {
    if (this.#isNew[frame.stream]) this.#beginReading(frame, end)
    this.#giveUp(frame.at)
    const { matcher } = this.#options
    if (matcher !== undefined && !matcher.isIn(frame.data)) this.#skim(frame, end)
    else this.#takeLines(frame, end)
  }

  /** A frame of which nothing is wanted. */
  pass({ data }: Frame): void {
    this.refused ||= data.includes(NEWLINE)
  }

  /** Nothing more comes: what has been seen of the pending lines is all that there is. */
  finish(): void {
    for (const stream of [0, 1, 2] as const) this.#complete(stream)
  }

  #beginReading(frame: Frame, end: number): void {
    const { stream, data } = frame
    this.#isNew[stream] = false
    if (this.#isForeign[stream] || end === 0 || data[end - 1] === NEWLINE) return
    this.#pending[stream] = new PendingLine(frame, end - 1, { isOpen: true })
  }

  #takeLines(frame: Frame, end: number): void {
    const { data, stream } = frame
    let stop = end
    for (;;) {
      const newline = stop === 0 ? -1 : data.lastIndexOf(NEWLINE, stop - 1)
      this.#prepend(frame, data.subarray(newline + 1, stop))
      if (newline === -1) return
      this.#complete(stream)
      this.#begin(frame, newline)
      stop = newline
    }
  }

  /** What is looked for is in no line that lies in this frame alone. */
  #skim(frame: Frame, end: number): void {
    const { data, stream } = frame
    const last = end === 0 ? -1 : data.lastIndexOf(NEWLINE, end - 1)
    this.#prepend(frame, data.subarray(last + 1, end))
    if (last === -1) return
    this.#complete(stream)
    const first = data.indexOf(NEWLINE)
    this.#begin(frame, first)
    this.#prepend(frame, data.subarray(0, first))
  }

  #begin(frame: Frame, newline: number): void {
    if (this.#options.wants()) this.#pending[frame.stream] = new PendingLine(frame, newline, { isOpen: false })
    else this.refused = true
  }

  #prepend(frame: Frame, piece: Uint8Array): void {
    const line = this.#pending[frame.stream]
    if (this.#isForeign[frame.stream] || line === undefined) return
    const { matcher } = this.#options
    if (matcher === undefined) {
      line.prepend(piece, frame, 0)
      return
    }
    const seam = Buffer.concat([piece.subarray(Math.max(0, piece.length - matcher.reach)), line.front])
    line.isMatch ||= matcher.isIn(piece) || (line.length > 0 && matcher.isIn(seam))
    line.prepend(piece, frame, matcher.reach)
  }

  #complete(stream: Stream): void {
    this.#isForeign[stream] = false
    const line = this.#pending[stream]
    this.#pending[stream] = undefined
    if (line !== undefined && (this.#options.matcher === undefined || line.isMatch)) this.#options.take(line)
  }

  #giveUp(reached: number): void {
    for (const line of this.#pending) if (line !== undefined && line.first.at - reached > LINE_REACH) this.#complete(line.first.stream)
  }
}

/** In the log's order. */
export function compareLines(one: PendingLine, other: PendingLine): number {
  if (one.isOpen !== other.isOpen) return one.isOpen ? 1 : -1
  return comparePositions(one.end, other.end)
}
