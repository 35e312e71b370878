/**
 * Tells a double click, and Enter, from a single click: VS Code runs the same command of a row for all of them, and a row that is only to be
 * selected must not open anything.
 */
export class Clicks {
  readonly #now: () => number
  #last: { readonly row: unknown; readonly time: number } | undefined
  #enteredAt = Number.NEGATIVE_INFINITY

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Enter was pressed: the row's command follows at once. */
  enter(): void {
    this.#enteredAt = this.#now()
  }

  /** Whether the click on a row is to open it. */
  opens(row: unknown): boolean {
    const time = this.#now()
    const isEnter = time - this.#enteredAt < ENTER
    const last = this.#last
    const isSecond = last !== undefined && last.row === row && time - last.time < DOUBLE_CLICK
    this.#enteredAt = Number.NEGATIVE_INFINITY
    // A third click is the first of another pair.
    this.#last = isEnter || isSecond ? undefined : { row, time }
    return isEnter || isSecond
  }
}

const DOUBLE_CLICK = 500
const ENTER = 1000
