/** Being woken by something that may have happened while nobody waited: take the count, look, then wait for a wake-up after that count. */
export class WakeUps {
  readonly #waiting = new Set<() => void>()
  #count = 0

  get count(): number {
    return this.#count
  }

  wake(): void {
    this.#count++
    for (const resolve of this.#waiting) resolve()
  }

  /** Resolves at the first wake-up after the count was `seen`, when the signal is aborted, or after so many milliseconds. */
  async after(seen: number, signal: AbortSignal, timeout?: number): Promise<void> {
    if (this.#count !== seen || signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = () => resolve()
    const timer = timeout === undefined ? undefined : setTimeout(done, timeout)
    this.#waiting.add(done)
    signal.addEventListener('abort', done)
    await promise
    clearTimeout(timer)
    this.#waiting.delete(done)
    signal.removeEventListener('abort', done)
  }
}
