/** One act on several things: side by side, with one error for all that failed. */
import * as l10n from '@vscode/l10n'
import { isAborted } from '../client/engine-problem.ts'
import { sentenceOf } from '../errors/words.ts'

/** Enough to be quick, few enough for an engine over SSH. */
const AT_ONCE = 6

export interface Named<T> {
  readonly name: string
  readonly value: T
}

/** Some of several acts failed; its message is in words. */
export class SomeFailed extends Error {
  override readonly name = 'SomeFailed'
  readonly code = 'some-failed'
}

/** Does it for each. Errors: the one's own when there is but one, otherwise SomeFailed; the others are done all the same. */
export async function forEach<T>(things: readonly Named<T>[], act: (value: T) => Promise<unknown>): Promise<void> {
  const failures: { readonly name: string; readonly error: unknown }[] = []
  const left = [...things]
  const work = async () => {
    for (let thing = left.shift(); thing !== undefined; thing = left.shift()) {
      try {
        await act(thing.value)
      } catch (error) {
        if (!isAborted(error)) failures.push({ name: thing.name, error })
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, things.length) }, work))
  const [first] = failures
  if (first === undefined) return
  if (things.length === 1) throw first.error
  const list = failures.map(({ name, error }) => `${name}: ${sentenceOf(error)}`).join(' ')
  throw new SomeFailed(l10n.t('{0} of {1} failed. {2}', failures.length, things.length, list), { cause: first.error })
}
