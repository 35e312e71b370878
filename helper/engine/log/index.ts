/** Where in a log file what time begins: made on reading, so that `since` and `tail` need not read the file from its beginning again. */
import type { Frame, Stream } from './frame.ts'
import type { Batch } from './reader.ts'

const NEWLINE = 10
const NANOSECONDS = 1_000_000_000n
const SPACING = 1 << 20
/** A log of 4 GiB keeps an entry per MiB; a greater one keeps every second, then every fourth. */
const MAX_ENTRIES = 4096

/** A place where a frame begins. */
export interface Place {
  readonly at: number
  /** Bit n: the line of stream n that was last written to before this place had not ended there. */
  readonly openLines: number
}

interface Entry extends Place {
  /** The latest moment of any frame from here to the next entry. Clocks are set back at times, so it need not be the last frame's. */
  latest: Moment
}

/** Not nanoseconds as one bigint: making that of every frame would take longer than reading it. */
type Moment = Pick<Frame, 'seconds' | 'nanoseconds'>

export class LogIndex {
  readonly #maxEntries: number
  #spacing: number
  #entries: Entry[] = []
  /** Everything before is known. */
  #end = 0
  #openLines = 0

  constructor({ spacing = SPACING, maxEntries = MAX_ENTRIES } = {}) {
    this.#spacing = spacing
    this.#maxEntries = maxEntries
  }

  get entries(): number {
    return this.#entries.length
  }

  /** Learns from what was read; what does not join on to what is known is left out. */
  add(batch: Batch): void {
    if (batch.from > this.#end || batch.next <= this.#end) return
    for (const frame of batch.frames) {
      if (frame.at < this.#end) continue
      let last = this.#entries.at(-1)
      if (last === undefined || frame.at - last.at >= this.#spacing) {
        last = { at: frame.at, openLines: this.#openLines, latest: momentOf(frame) }
        this.#entries.push(last)
      } else if (isLater(frame, last.latest)) last.latest = momentOf(frame)
      this.#openLines = withLine(this.#openLines, frame.stream, frame.data[frame.data.length - 1] !== NEWLINE)
    }
    this.#end = batch.next
    if (this.#entries.length > this.#maxEntries) this.#thin()
  }

  /** Where to begin reading so as to miss nothing written at `since` or later. */
  since(since: bigint): Place {
    const moment = { seconds: Number(since / NANOSECONDS), nanoseconds: Number(since % NANOSECONDS) }
    const found = this.#entries.find((entry) => !isLater(moment, entry.latest))
    return found ?? { at: this.#end, openLines: this.#openLines }
  }

  /** The beginning of a frame at or before `at`, or undefined where nothing is known. */
  before(at: number): number | undefined {
    if (at >= this.#end) return at === this.#end ? at : undefined
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = this.#entries[middle]
      if (entry !== undefined && entry.at <= at) low = middle + 1
      else high = middle
    }
    return this.#entries[low - 1]?.at
  }

  /** The file has begun anew. */
  clear(): void {
    this.#entries = []
    this.#end = 0
    this.#openLines = 0
  }

  #thin(): void {
    this.#spacing *= 2
    const kept: Entry[] = []
    for (const entry of this.#entries) {
      const last = kept.at(-1)
      if (last === undefined || entry.at - last.at >= this.#spacing) kept.push(entry)
      else if (isLater(entry.latest, last.latest)) last.latest = entry.latest
    }
    this.#entries = kept
  }
}

function momentOf({ seconds, nanoseconds }: Moment): Moment {
  return { seconds, nanoseconds }
}

function isLater(one: Moment, other: Moment): boolean {
  return one.seconds > other.seconds || (one.seconds === other.seconds && one.nanoseconds > other.nanoseconds)
}

/** The bits with the stream's bit set to whether its line is open. */
export function withLine(lines: number, stream: Stream, open: boolean): number {
  return open ? lines | (1 << stream) : lines & ~(1 << stream)
}
