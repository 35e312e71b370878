/** One thing after the other: each container has one, so that start, stop and remove never overlap. */
export class Lock {
  private tail: Promise<unknown> = Promise.resolve()

  /** Runs `action` when all earlier ones have settled. */
  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.tail.then(action, action)
    this.tail = result.catch(() => undefined)
    return result
  }
}
