/** Work that tells how far it is: what `load` and `import` answer with. */
import { PockerError } from '../api/errors.ts'
import type { ProgressMessage } from '../api/progress.ts'
import type { Progress } from '../http/backend.ts'

/** Hands out messages; the later ones of a slow reader are few enough, since layers tell at most some times a second. */
export type Say = (message: ProgressMessage) => void

/**
 * Begins the work at once. Resolves with its first message or its end; an error before that is thrown, a later one ends the iteration.
 * When the iteration is given up, or `signal` fires, the signal that the work got fires: Cancelled `cancelled`.
 */
export async function startWork(signal: AbortSignal, work: (say: Say, signal: AbortSignal) => Promise<void>): Promise<Progress> {
  const waiting: ProgressMessage[] = []
  const gone = new AbortController()
  let over = false
  let wake = Promise.withResolvers<void>()
  const turn = (): void => {
    wake.resolve()
    wake = Promise.withResolvers()
  }
  let failure: { readonly error: unknown } | undefined
  const say: Say = (message) => {
    waiting.push(message)
    turn()
  }
  const first = wake.promise
  work(say, AbortSignal.any([signal, gone.signal]))
    .catch((error: unknown) => {
      failure = { error }
    })
    .finally(() => {
      over = true
      turn()
    })
  await first
  if (waiting.length === 0 && failure !== undefined) throw failure.error
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const message = waiting.shift()
          if (message !== undefined) yield message
          else if (over) break
          else await wake.promise
        }
        if (failure !== undefined) throw failure.error
      } finally {
        gone.abort()
      }
    },
  }
}

/** Errors: Cancelled `cancelled` when the signal has fired. */
export function checkCancelled(signal: AbortSignal, action: string): void {
  if (signal.aborted) throw new PockerError('Cancelled', `${action}: it was cancelled`, { code: 'cancelled' })
}
