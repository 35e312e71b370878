/** Where what is read joins on to what is there: an engine tells a log from a moment on, not from a line on. */
import { isSameLine, type LogLine } from './log-line.ts'

/** Leaves out of lines those that are known, each as often as it is known. */
export class KnownLines {
  readonly #byTime = new Map<bigint, LogLine[]>()
  #latest = -1n
  /** A known line has come again. */
  hasJoined = false

  constructor(known: readonly LogLine[]) {
    for (const line of known) {
      const same = this.#byTime.get(line.time)
      if (same === undefined) this.#byTime.set(line.time, [line])
      else same.push(line)
      if (line.time > this.#latest) this.#latest = line.time
    }
  }

  get isEmpty(): boolean {
    return this.#byTime.size === 0
  }

  /** Those that are not known. Lines may have one time and one text and still be several: an engine that takes many at once gives all of them its time. */
  fresh(lines: readonly LogLine[]): readonly LogLine[] {
    return this.isEmpty ? lines : lines.filter((line) => !this.#takes(line))
  }

  #takes(line: LogLine): boolean {
    if (line.time > this.#latest) return false
    const same = this.#byTime.get(line.time) ?? []
    const index = same.findIndex((other) => isSameLine(line, other))
    if (index === -1) return false
    same.splice(index, 1)
    if (same.length === 0) this.#byTime.delete(line.time)
    this.hasJoined = true
    return true
  }
}

/** As `KnownLines`, for all lines at once. */
export function withoutKnown(lines: readonly LogLine[], known: readonly LogLine[]): readonly LogLine[] {
  return new KnownLines(known).fresh(lines)
}
