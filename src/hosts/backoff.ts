/** How long to wait before the next try: doubled each time up to a bound, for ever, and never the same for all windows at once. */
export interface BackoffLimits {
  /** Milliseconds. */
  readonly first: number
  readonly longest: number
}

export class Backoff {
  readonly #limits: BackoffLimits
  readonly #random: () => number
  #failures = 0

  constructor(limits: BackoffLimits, random: () => number = Math.random) {
    this.#limits = limits
    this.#random = random
  }

  /** Milliseconds until the next try, after one more failure. */
  next(): number {
    const { first, longest } = this.#limits
    // Beyond 2^30 doubling changes nothing any more.
    const base = Math.min(longest, first * 2 ** Math.min(this.#failures++, 30))
    return Math.round(base * (0.75 + this.#random() / 2))
  }

  /** All is well again. */
  reset(): void {
    this.#failures = 0
  }
}
