/** Trying again what may go well in a moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { cancelled, RegistryError } from './registry-error.ts'

export interface RetryOptions {
  readonly signal: AbortSignal
  /** Milliseconds before the second attempt. */
  readonly firstDelay: number
  /** Asked after a failure: whether something was won since the last one, so that counting starts anew. */
  readonly hasProgressed?: () => boolean
  readonly onRetry?: (error: RegistryError, delay: number) => void
}

/** As dockerd's `max-download-attempts`. */
const ATTEMPTS = 5

/** Works until it succeeds, fails for good, or has failed five times in a row. Waits longer each time, or as long as the registry asked. */
export async function retrying<T>({ signal, firstDelay, hasProgressed, onRetry }: RetryOptions, work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof RegistryError) || !error.transient) throw error
      if (hasProgressed?.() === true) failures = 1
      // A server that has given something and is away now is likely to come back.
      const attempts = hasProgressed === undefined ? (error.attempts ?? ATTEMPTS) : ATTEMPTS
      if (failures >= attempts) throw error
      const delay = error.retryAfter ?? firstDelay * 2 ** (failures - 1)
      onRetry?.(error, delay)
      await pause(delay, signal)
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal })
  } catch {
    // A timer fails only by its signal.
    throw cancelled('wait for the registry')
  }
}
