/** A time limit that stands still while a person is being waited for. */
export interface Deadline {
  /** Waits for a person. */
  during<T>(work: Promise<T>): Promise<T>
  clear(): void
}

/** Calls `over` once so many milliseconds have passed that nobody was thinking. */
export function startDeadline(milliseconds: number, over: () => void): Deadline {
  let left = milliseconds
  let since = performance.now()
  let timer: NodeJS.Timeout | undefined = setTimeout(over, left)
  let waiting = 0
  let isCleared = false
  return {
    async during(work) {
      if (waiting++ === 0) {
        clearTimeout(timer)
        left -= performance.now() - since
      }
      try {
        return await work
      } finally {
        if (--waiting === 0 && !isCleared) {
          since = performance.now()
          timer = setTimeout(over, Math.max(left, 1000))
        }
      }
    },
    clear() {
      isCleared = true
      clearTimeout(timer)
    },
  }
}
