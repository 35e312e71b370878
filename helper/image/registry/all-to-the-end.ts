import { PockerError } from '../../api/errors.ts'
import { cancelled } from './registry-error.ts'

/**
 * Works on all items at once; when one fails the others' signal fires. Waits for all of them in any case: what they still wrote would
 * outlive the lease that it is protected by.
 * Errors: that of the one that failed first; Cancelled when `signal` has fired.
 */
export async function allToTheEnd<T>(
  signal: AbortSignal,
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const errors: unknown[] = []
  const one = async (item: T): Promise<void> => {
    try {
      await work(item, either)
    } catch (error) {
      errors.push(error)
      failed.abort()
    }
  }
  await Promise.all(items.map(one))
  if (signal.aborted) throw cancelled('transfer layers')
  if (errors.length > 0) throw errors.find((error) => !(error instanceof PockerError && error.kind === 'Cancelled')) ?? errors[0]
}
