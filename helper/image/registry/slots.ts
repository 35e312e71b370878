/** A number of places for work; the largest that waits comes first. */
import { cancelled } from './registry-error.ts'

export interface SlotOptions {
  /** What takes longest is best begun first, so that nothing else is waited for in the end. Bytes, or whatever all callers count in. */
  readonly size?: number
  /** Called when there is no place at once. */
  readonly onWait?: () => void
}

export interface Slots {
  /** Waits for a place, works, and gives it back. Errors: Cancelled; those of the work. */
  run<T>(signal: AbortSignal, work: () => Promise<T>, options?: SlotOptions): Promise<T>
}

interface Waiter {
  readonly size: number
  readonly begin: () => void
}

/** `count` pieces of work at once. */
export function makeSlots(count: number): Slots {
  let free = count
  const waiting = new Set<Waiter>()

  function take(signal: AbortSignal, { size = 0, onWait }: SlotOptions): Promise<void> {
    if (signal.aborted) return Promise.reject(cancelled('wait for other transfers'))
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    onWait?.()
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      const waiter = { size, begin }
      const stop = () => {
        waiting.delete(waiter)
        reject(cancelled('wait for other transfers'))
      }
      waiting.add(waiter)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  function give(): void {
    const next = [...waiting].reduce<Waiter | undefined>(
      (first, other) => (first === undefined || other.size > first.size ? other : first),
      undefined,
    )
    if (next === undefined) {
      free++
      return
    }
    waiting.delete(next)
    next.begin()
  }

  return {
    async run(signal, work, options = {}) {
      await take(signal, options)
      try {
        return await work()
      } finally {
        give()
      }
    },
  }
}
