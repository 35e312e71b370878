/** A log that is open: what of it is held and shown, where that comes from, and how it follows what is written. */
import { EngineError } from '../client/engine-error.ts'
import { Emitter } from '../events/emitter.ts'
import { FilterTooSlow, type LineTest, lineTest, parseFilter } from './line-filter.ts'
import { type FeedTarget, LogFeed } from './log-feed.ts'
import { isLine, type LogEntry, type LogLine } from './log-line.ts'
import type { LogOptions } from './log-options.ts'
import { pageAfter, pageBefore, sourcesOf } from './log-pages.ts'
import { LIMITS, type LogPage, LogWindow } from './log-window.ts'
import { Pace } from './pace.ts'

/** Where a log is begun to be shown. */
export type LogView =
  | { readonly kind: 'tail'; readonly lines: number }
  | { readonly kind: 'since'; readonly time: bigint }
  | { readonly kind: 'begin' }
  | { readonly kind: 'around'; readonly line: LogLine }

/** As much of the log as there is room for, at its end. */
export const NEWEST: LogView = { kind: 'tail', lines: LIMITS.lines }

/** Lines of a page. */
const PAGE = 5_000
/** With a filter, pages are looked through until so many lines have been found, or for so many milliseconds. */
const ENOUGH_FOUND = 200
const LONGEST_LOOK = 3_000
/** Milliseconds between two looks while nobody sees the document. */
const HIDDEN_INTERVAL = 1_000
/** Of what comes together something comes first. */
const FIRST_WAIT = 10

export class LogSession {
  readonly feeds: readonly LogFeed[]
  readonly window = new LogWindow()
  readonly #pace: Pace
  readonly #changed = new Emitter<void>()
  readonly #failed = new Emitter<unknown>()
  readonly #over = new AbortController()
  #options: LogOptions
  #test: LineTest
  #operation = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #lastUpdate = 0
  #isVisible = true
  #hasNews = false
  #isSettled = false
  /** Lines or notes are others, or are shown in another way. */
  readonly onDidChange = this.#changed.event
  /** Something could not be done that nobody asked for just now: for the user. */
  readonly onDidFail = this.#failed.event

  constructor(targets: readonly FeedTarget[], options: LogOptions, pace = new Pace()) {
    this.#options = options
    this.#pace = pace
    this.isFollowing = options.isFollowing
    this.#test = testOf(options)
    this.feeds = targets.map((target) => new LogFeed(target))
    for (const feed of this.feeds) {
      feed.onDidArrive(() => this.#plan())
      feed.onDidChange(() => this.#plan())
    }
    this.#live(LIMITS.lines)
  }

  get options(): LogOptions {
    return this.#options
  }

  /** Its first lines are there, or it is known why there are none. */
  get isSettled(): boolean {
    return this.#isSettled
  }

  /** Whether the view stays at the end: then what is earlier makes room for what comes. Whoever shows the document says so. */
  isFollowing: boolean

  /** Begins anew somewhere else in the log. Errors: EngineError; `cancelled` when something else was asked for meanwhile. */
  async show(view: LogView): Promise<void> {
    if (view.kind === 'tail') {
      this.#operation.abort()
      this.#live(view.lines)
      return
    }
    await this.#operate(async (signal) => {
      const page = await this.#pageOf(view, signal)
      const shown = this.#shown(page.lines)
      for (const feed of this.feeds) feed.pause()
      this.window.reset(page, shown)
      if (page.isEnd) this.#join()
    })
  }

  /** More of what is before. Returns how many lines came. Errors: as of `show`. */
  async showEarlier(): Promise<number> {
    return await this.#operate(async (signal) => {
      const sources = await sourcesOf(this.feeds, signal)
      const deadline = performance.now() + LONGEST_LOOK
      let found = 0
      while (!this.window.isBegin && found < ENOUGH_FOUND && performance.now() < deadline) {
        const { first } = this.window
        if (first === undefined) {
          // The view was cleared, and nothing has come since.
          this.#live(LIMITS.lines)
          break
        }
        const known = this.window.entries.filter(isLine).filter(({ time }) => time === first.time)
        const page = await pageBefore(
          sources,
          { line: first, time: first.time, known: known.length === 0 ? [first] : known },
          { count: PAGE, signal },
        )
        const shown = this.#shown(page.lines)
        found += shown.length
        if (this.window.prepend(page, shown)) for (const feed of this.feeds) feed.pause()
      }
      return found
    })
  }

  /** More of what is after, and what is written from then on when that is the end. Errors: as of `show`. */
  async showLater(): Promise<void> {
    await this.#operate(async (signal) => {
      const sources = await sourcesOf(this.feeds, signal)
      const deadline = performance.now() + LONGEST_LOOK
      let found = 0
      while (!this.window.isEnd && found < ENOUGH_FOUND && performance.now() < deadline) {
        const { last } = this.window
        if (last === undefined) break
        const page = await pageAfter(sources, { line: last, time: last.time, known: this.#linesSince(last) }, { count: PAGE, signal })
        const shown = this.#shown(page.lines)
        found += shown.length
        this.window.append(page.lines, shown)
        this.window.cutBegin()
        if (page.isEnd) {
          this.window.openEnd()
          this.#join()
        }
      }
    })
  }

  /** Shows the log in another way, from where it is shown now. Errors: as of `show`. */
  async setOptions(change: Partial<LogOptions>): Promise<void> {
    const before = this.#options
    this.#options = { ...before, ...change }
    const isSame = before.filter === this.#options.filter && before.streams === this.#options.streams
    if (isSame) return this.#changed.fire()
    this.#test = testOf(this.#options)
    const isNarrower = before.filter === '' && before.streams === 'both'
    if (isNarrower) {
      this.window.keep(this.#test)
      this.#changed.fire()
      return
    }
    const { first, isEnd } = this.window
    await this.show(isEnd || first === undefined ? NEWEST : { kind: 'since', time: first.time })
  }

  /** Whether somebody sees the document. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible
    if (isVisible && this.#hasNews) this.#tell()
  }

  /** What the last change cost the editor, in milliseconds. */
  spent(cost: number): void {
    this.#pace.spent(cost)
  }

  /** All that is there goes from view. */
  clear(): void {
    this.#update()
    this.window.clear()
    this.#changed.fire()
  }

  dispose(): void {
    this.#over.abort()
    this.#operation.abort()
    clearTimeout(this.#timer)
    for (const feed of this.feeds) feed.dispose()
    this.#changed.dispose()
    this.#failed.dispose()
  }

  #live(lines: number): void {
    this.window.reset({ lines: [], isBegin: true, isEnd: true })
    for (const feed of this.feeds) feed.follow({ lines })
    this.#changed.fire()
  }

  /** Goes on after the window's last line. */
  #join(): void {
    const { last } = this.window
    for (const feed of this.feeds) {
      if (last === undefined) feed.follow({ lines: LIMITS.lines })
      else feed.follow({ since: last.time, known: this.#linesSince(last).filter(({ member }) => member === feed.target.member) })
    }
  }

  async #pageOf(view: Exclude<LogView, { kind: 'tail' }>, signal: AbortSignal): Promise<LogPage> {
    const sources = await sourcesOf(this.feeds, signal)
    switch (view.kind) {
      case 'begin':
        return await pageAfter(sources, undefined, { count: PAGE, signal })
      case 'since':
        return await pageAfter(sources, { time: view.time, known: [] }, { count: LIMITS.lines, signal })
      case 'around': {
        const [only] = sources
        if (only !== undefined && sources.length === 1) return await only.source.around(view.line, { count: PAGE, signal })
        const place = { time: view.line.time, known: [] }
        const after = await pageAfter(sources, place, { count: PAGE, signal })
        const known = after.lines.filter(({ time }) => time === place.time)
        const before = await pageBefore(sources, { ...place, known }, { count: PAGE, signal })
        return { lines: [...before.lines, ...after.lines], isBegin: before.isBegin, isEnd: after.isEnd }
      }
    }
  }

  /** Does one thing after giving up what was being done. */
  async #operate<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#operation.abort()
    const operation = new AbortController()
    this.#operation = operation
    try {
      const result = await work(AbortSignal.any([operation.signal, this.#over.signal]))
      operation.signal.throwIfAborted()
      return result
    } catch (error) {
      if (operation.signal.aborted) throw new EngineError('cancelled', 'something else was asked for')
      throw error
    } finally {
      this.#changed.fire()
    }
  }

  /** Lines of the window that a reading from the last one's moment on may bring again. */
  #linesSince(last: LogLine): readonly LogLine[] {
    const lines = this.window.entries.filter(isLine).filter(({ time }) => time >= last.time)
    return lines.includes(last) ? lines : [...lines, last]
  }

  #shown(lines: readonly LogLine[]): readonly LogLine[] {
    try {
      return this.#test(lines)
    } catch (error) {
      if (!(error instanceof FilterTooSlow)) throw error
      this.#options = { ...this.#options, filter: '' }
      this.#test = testOf(this.#options)
      this.#failed.fire(error)
      return this.#test(lines)
    }
  }

  #plan(): void {
    if (this.#timer !== undefined || this.#over.signal.aborted) return
    const interval = this.#isVisible ? this.#pace.interval : HIDDEN_INTERVAL
    const wait = Math.max(FIRST_WAIT, this.#lastUpdate + interval - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#update()
      this.#tell()
    }, wait)
  }

  #tell(): void {
    this.#hasNews = !this.#isVisible
    if (this.#isVisible) this.#changed.fire()
  }

  /** Takes up what has come. */
  #update(): void {
    this.#lastUpdate = performance.now()
    if (!this.window.isEnd) return
    const taken = this.feeds.map((feed) => feed.take())
    const entries = taken.flat()
    const lines = new Set<LogEntry>(this.#shown(entries.filter(isLine)))
    const shown = entries.filter((entry) => !isLine(entry) || lines.has(entry))
    if (taken.length === 1) this.window.append(entries, shown)
    else this.window.merge(entries, shown)
    this.window.setOpen(this.#shown(this.feeds.flatMap((feed) => feed.open)))
    if (this.feeds.some((feed) => feed.hasEarlier)) this.window.closeBegin()
    this.#isSettled ||= this.feeds.every(({ state }) => state.kind !== 'connecting')
    if (this.isFollowing) this.window.cutBegin()
    else if (this.window.isOver) {
      this.window.closeEnd()
      for (const feed of this.feeds) feed.pause()
    }
  }
}

function testOf({ filter, streams }: LogOptions): LineTest {
  const parsed = parseFilter(filter)
  return lineTest(typeof parsed === 'string' ? undefined : parsed, streams)
}
