/**
 * The last N lines of a log, found from its end.
 *
 * As Docker counts them: lines of all streams together, in the order in which they ended; a last line without its end counts too.
 * A frame may hold many lines or a part of one, and a line of one stream may have frames of another in it, so each stream is cut for itself.
 */
import { framesBefore } from './backwards.ts'
import type { Frame, Stream } from './frame.ts'
import type { LogIndex } from './index.ts'

const NEWLINE = 10
/** How far before the last N line ends a line's beginning is looked for. A longer line loses its head. */
const LINE_REACH = 1 << 20

/** From where on a stream is wanted: the frame that begins there from its byte on, and all later ones. */
export interface Cut {
  readonly at: number
  readonly byte: number
}

/** One cut for each stream. */
export type Cuts = readonly [Cut, Cut, Cut]

export interface TailRequest {
  readonly lines: number
  /** The log's size. */
  readonly size: number
}

/** Where the last lines of the open log file begin. Reads about as much as they take up, a MiB at the least. Errors: those of read(2). */
export async function findTail(descriptor: number, index: LogIndex, { lines, size }: TailRequest): Promise<Cuts> {
  const count = new TailCount(lines, size)
  let reached = size
  for await (const { frames, from } of framesBefore(descriptor, index, size)) {
    for (const frame of frames.toReversed()) count.take(frame)
    reached = from
    if (count.isDone || reached <= count.limit) break
  }
  return count.cuts(reached)
}

/** Takes the frames from the newest to the oldest. */
class TailCount {
  readonly #lines: number
  readonly #end: Cut
  readonly #cuts: [Cut | undefined, Cut | undefined, Cut | undefined] = [undefined, undefined, undefined]
  /** Bit n: a wanted line of stream n has been begun to be seen, from its end, and its beginning has not. */
  #open = 0
  #seen = 0
  #found = 0
  /** How far to look back. */
  limit = 0

  constructor(lines: number, size: number) {
    this.#lines = lines
    this.#end = { at: size, byte: 0 }
  }

  get isDone(): boolean {
    return this.#found >= this.#lines && this.#open === 0
  }

  take(frame: Frame): void {
    const bit = 1 << frame.stream
    const { data, stream } = frame
    if (this.#cuts[stream] !== undefined || this.isDone) return
    if ((this.#seen & bit) === 0) {
      this.#seen |= bit
      if (data[data.length - 1] !== NEWLINE && !this.#wants(frame)) return
    }
    let newline = data.lastIndexOf(NEWLINE)
    while (newline !== -1) {
      if (!this.#wants(frame)) {
        if ((this.#open & bit) !== 0) this.#cut(stream, { at: frame.at, byte: newline + 1 })
        return
      }
      newline = newline === 0 ? -1 : data.lastIndexOf(NEWLINE, newline - 1)
    }
  }

  /** A line of the frame's stream has been found to end in it: whether it is one of the last lines. */
  #wants({ at, stream }: Frame): boolean {
    if (this.#found >= this.#lines) return false
    this.#found++
    this.#open |= 1 << stream
    if (this.#found === this.#lines) this.limit = Math.max(0, at - LINE_REACH)
    return true
  }

  #cut(stream: Stream, cut: Cut): void {
    this.#cuts[stream] = cut
    this.#open &= ~(1 << stream)
  }

  /** `reached` is the oldest place that was looked at. */
  cuts(reached: number): Cuts {
    const cutOf = (stream: Stream) => this.#cuts[stream] ?? ((this.#open & (1 << stream)) === 0 ? this.#end : { at: reached, byte: 0 })
    return [cutOf(0), cutOf(1), cutOf(2)]
  }
}
