/** The part of a log that is held: bounded, and added to at both ends. */
import type { LogEntry, LogLine } from './log-line.ts'
import { isLine } from './log-line.ts'
import { byTime, earliest } from './log-time.ts'

export interface WindowLimits {
  readonly lines: number
  /** Characters. */
  readonly characters: number
}

/**
 * What is shown by default, and the most. Measured in VS Code 1.139: lines added below cost it 60 to 90 ms, whatever is above them; lines taken
 * away above mean that it takes in the whole text anew, which is 400 to 1,000 ms for 2 MB.
 */
export const LIMITS: WindowLimits = { lines: 10_000, characters: 4 << 20 }
/** So much more than the limit is let in before it is cut back to it: one cut for thousands of lines. */
const SLACK = 1.4

/** What a page of the log is, wherever it comes from. */
export interface LogPage {
  readonly lines: readonly LogLine[]
  /** There is nothing before its first line. */
  readonly isBegin: boolean
  /** There is nothing after its last line, but for what is written from now on. */
  readonly isEnd: boolean
}

export class LogWindow {
  readonly #limits: WindowLimits
  #entries: LogEntry[] = []
  #open: readonly LogLine[] = []
  #characters = 0
  #isBegin = false
  #isEnd = true
  #first: LogLine | undefined
  #last: LogLine | undefined

  constructor(limits: WindowLimits = LIMITS) {
    this.#limits = limits
  }

  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  /** Lines that go on after all others. */
  get open(): readonly LogLine[] {
    return this.#open
  }

  get isBegin(): boolean {
    return this.#isBegin
  }

  get isEnd(): boolean {
    return this.#isEnd
  }

  /** The first line that has been looked at, shown or not: where what is earlier is asked for. */
  get first(): LogLine | undefined {
    return this.#first
  }

  get last(): LogLine | undefined {
    return this.#last
  }

  /** The page takes the place of all that was there. `shown` are those of its lines that are kept. */
  reset({ lines, isBegin, isEnd }: LogPage, shown: readonly LogLine[] = lines): void {
    this.#entries = [...shown]
    this.#open = []
    this.#characters = charactersOf(shown)
    this.#first = lines[0]
    this.#last = lines.at(-1)
    this.#isBegin = isBegin
    this.#isEnd = isEnd
  }

  /** The page comes before all that is there; when that is too much, the end goes. Returns whether it went. */
  prepend({ lines, isBegin }: Pick<LogPage, 'lines' | 'isBegin'>, shown: readonly LogLine[] = lines): boolean {
    this.#entries = [...shown, ...this.#entries]
    this.#characters += charactersOf(shown)
    this.#first = lines[0] ?? this.#first
    this.#last ??= lines.at(-1)
    this.#isBegin = isBegin
    if (!this.isOver) return false
    this.#cut('end')
    return true
  }

  /** Nothing is cut: whoever looks at the end calls `cutBegin`, whoever does not, `isFull`. */
  append(entries: readonly LogEntry[], shown: readonly LogEntry[] = entries): void {
    for (const entry of shown) this.#entries.push(entry)
    this.#characters += charactersOf(shown)
    const lines = entries.filter(isLine)
    this.#first ??= lines[0]
    this.#last = lines.at(-1) ?? this.#last
  }

  /** As `append`, for lines of several logs, of which one may come later than the other's of the same moment: each goes where its time is. */
  merge(entries: readonly LogEntry[], shown: readonly LogEntry[] = entries): void {
    const from = earliest(shown.map(({ time }) => time))
    const last = from === undefined ? -1 : this.#entries.findLastIndex(({ time }) => time <= from)
    const later = from === undefined ? [] : this.#entries.splice(last + 1)
    const before = this.#last
    this.#characters -= charactersOf(later)
    this.append(entries.toSorted(byTime), [...later, ...shown].sort(byTime))
    if (before !== undefined && this.#last !== undefined && this.#last.time < before.time) this.#last = before
  }

  /** What is written from now on comes after the window's last line. */
  openEnd(): void {
    this.#isEnd = true
  }

  /** There is more before the window's first line. */
  closeBegin(): void {
    this.#isBegin = false
  }

  setOpen(open: readonly LogLine[]): void {
    this.#open = open
  }

  /** There is more after the window's last line than is held. */
  closeEnd(): void {
    this.#isEnd = false
    this.#open = []
  }

  /** Nothing of what the window holds is shown any more; what comes is. */
  clear(): void {
    if (this.#entries.length > 0) this.#isBegin = false
    this.#entries = []
    this.#characters = 0
    this.#first = undefined
  }

  /** There is more than the limits, and than is worth a cut. */
  get isOver(): boolean {
    return this.#entries.length > this.#limits.lines * SLACK || this.#characters > this.#limits.characters * SLACK
  }

  /** Cuts back to the limits at the beginning, when `isOver`. Returns how many entries went. */
  cutBegin(): number {
    return this.isOver ? this.#cut('begin') : 0
  }

  /** Keeps of the window what the test lets through. */
  keep(test: (lines: readonly LogLine[]) => readonly LogLine[]): void {
    const kept = new Set<LogEntry>(test(this.#entries.filter(isLine)))
    this.#entries = this.#entries.filter((entry) => !isLine(entry) || kept.has(entry))
    this.#characters = charactersOf(this.#entries)
  }

  #cut(where: 'begin' | 'end'): number {
    let drop = 0
    let characters = this.#characters
    const { length } = this.#entries
    const at = (index: number) => this.#entries[where === 'begin' ? index : length - 1 - index]
    while (drop < length && (length - drop > this.#limits.lines || characters > this.#limits.characters)) {
      const entry = at(drop)
      characters -= entry === undefined ? 0 : lengthOf(entry)
      drop++
    }
    this.#characters = characters
    if (where === 'begin') {
      this.#entries = this.#entries.slice(drop)
      this.#first = this.#entries.find(isLine)
      this.#isBegin = false
    } else {
      this.#entries = this.#entries.slice(0, length - drop)
      this.#last = this.#entries.findLast(isLine)
      this.closeEnd()
    }
    return drop
  }
}

function charactersOf(entries: readonly LogEntry[]): number {
  let sum = 0
  for (const entry of entries) sum += lengthOf(entry)
  return sum
}

function lengthOf(entry: LogEntry): number {
  return isLine(entry) ? entry.text.length + 1 : 60
}
