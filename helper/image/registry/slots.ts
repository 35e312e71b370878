/** A number of places, taken in the order of asking. */
import { cancelled } from './registry-error.ts'

export interface Slots {
  /** Waits for a place, works, and gives it back. `onWait` is called when there is none at once. Errors: Cancelled; those of the work. */
  run<T>(signal: AbortSignal, work: () => Promise<T>, onWait?: () => void): Promise<T>
}

/** `count` pieces of work at once; the others wait in their order. */
export function makeSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []

  function take(signal: AbortSignal, onWait: (() => void) | undefined): Promise<void> {
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
      const stop = () => {
        waiting.splice(waiting.indexOf(begin), 1)
        reject(cancelled('wait for other transfers'))
      }
      waiting.push(begin)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  function give(): void {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }

  return {
    async run(signal, work, onWait) {
      await take(signal, onWait)
      try {
        return await work()
      } finally {
        give()
      }
    },
  }
}
