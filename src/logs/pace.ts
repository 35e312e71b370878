/** How often a document takes up what has come: soon when little comes, rarely when each time costs much. */

export interface PaceLimits {
  /** Milliseconds. */
  readonly shortest: number
  readonly longest: number
}

// Each time the view goes to the end. More often than four times a second, and the user who scrolls up is taken there before it is known.
const LIMITS: PaceLimits = { shortest: 250, longest: 3_000 }
/** Of the time, the part that taking up may cost: on a slow connection or with a window full of colours VS Code needs a second for a change. */
const SHARE = 4

export class Pace {
  readonly #limits: PaceLimits
  #cost = 0

  constructor(limits: PaceLimits = LIMITS) {
    this.#limits = limits
  }

  /** Milliseconds from one time to the next. */
  get interval(): number {
    return Math.min(this.#limits.longest, Math.max(this.#limits.shortest, this.#cost * SHARE))
  }

  /** What the last time cost, in milliseconds, until the editor had it. */
  spent(cost: number): void {
    // Up at once, down slowly: the next full take is likely to cost as much as the last one.
    this.#cost = cost > this.#cost ? cost : this.#cost * 0.7 + cost * 0.3
  }
}
