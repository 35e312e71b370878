/** One reading of a log as it grows: what comes is held until it is taken, and no more of it than a window holds. */

import { KnownLines } from './known-lines.ts'
import type { Origin } from './line-assembler.ts'
import { LineIntake } from './line-intake.ts'
import type { LogLine } from './log-line.ts'
import type { FollowFrom, LogSource } from './log-source.ts'
import { milliseconds } from './log-time.ts'
import { LIMITS } from './log-window.ts'
import { WakeUps } from './wake-ups.ts'

/** Bytes in so many milliseconds; then the engine waits. Reading so much and finding the ends of its lines takes a third of a processor. */
const MOST_AT_ONCE = 8 << 20
const AT_ONCE = 250
/** Milliseconds that what is read may fall behind what is written. Then reading begins anew at the end: at worst it finds lines that are there. */
const MOST_BEHIND = 5_000

export interface ReadingOptions {
  readonly source: LogSource
  readonly origin: Origin
  readonly from: FollowFrom
  /** Lines that are there already, of those that it may begin with. */
  readonly known: readonly LogLine[]
  /** Called when there is something to take. */
  readonly onArrive: () => void
}

export interface ReadingTaken {
  readonly lines: readonly LogLine[]
  /** Lines before these were dropped, and how many, where that is known. */
  readonly skipped: number | 'some' | undefined
}

export class LogReading {
  readonly #options: ReadingOptions
  readonly #intake: LineIntake
  /** Nobody wakes it: for waiting that ends with the reading. */
  readonly #pause = new WakeUps()
  readonly #behind = new AbortController()
  readonly #known: KnownLines
  readonly #joins: boolean
  #isFirst = true
  /** The least that the log was behind the clock of this machine, in milliseconds: clocks differ. */
  #leastDelay = Number.POSITIVE_INFINITY

  constructor(options: ReadingOptions) {
    this.#options = options
    this.#known = new KnownLines(options.known)
    this.#joins = !this.#known.isEmpty
    this.#intake = new LineIntake(options.origin, { lines: LIMITS.lines, bytes: LIMITS.characters })
  }

  /** Reads to the end of the log, or until it is behind: then more is written than can be read. Errors: EngineError. */
  async run(signal: AbortSignal): Promise<'ended' | 'behind'> {
    const { source, from, onArrive } = this.#options
    const ending = AbortSignal.any([signal, this.#behind.signal])
    try {
      let [bytes, since] = [0, performance.now()]
      for await (const pieces of source.follow(from, ending)) {
        this.#intake.add(pieces)
        onArrive()
        for (const piece of pieces) bytes += piece.bytes.length
        const left = since + AT_ONCE - performance.now()
        if (left > 0 && bytes < MOST_AT_ONCE) continue
        if (left > 0) await this.#pause.after(0, ending, left)
        bytes = 0
        since = performance.now()
      }
    } catch (error) {
      if (!this.#behind.signal.aborted) throw error
    }
    return this.#behind.signal.aborted ? 'behind' : 'ended'
  }

  get open(): readonly LogLine[] {
    return this.#intake.open
  }

  take(): ReadingTaken {
    const { lines: all, skipped } = this.#intake.take()
    const lines = this.#known.fresh(all)
    this.#look(lines.at(-1))
    return { lines, skipped: this.#hasGap(lines) ? 'some' : skipped === 0 ? undefined : skipped }
  }

  /** As `take`, when nothing more will come. */
  takeAll(): ReadingTaken {
    const { lines, skipped } = this.take()
    return { lines: [...lines, ...this.#known.fresh(this.#intake.takeRest())], skipped }
  }

  /** The last line that is known was to come first. When it did not, so much was written meanwhile that lines are missing. */
  #hasGap(lines: readonly LogLine[]): boolean {
    if (lines.length === 0 || !this.#isFirst) return false
    this.#isFirst = false
    return this.#joins && !this.#known.hasJoined
  }

  #look(last: LogLine | undefined): void {
    if (last === undefined) return
    const delay = Date.now() - milliseconds(last.time)
    this.#leastDelay = Math.min(this.#leastDelay, delay)
    if (delay - this.#leastDelay > MOST_BEHIND) this.#behind.abort()
  }
}
