import { PockerError } from '../../api/errors.ts'
import type { CommandContext } from '../command.ts'
import { harmless, tellFailure } from '../failure.ts'
import { write } from '../io.ts'

/** More at once would only queue in the helper. */
const AT_ONCE = 50

/**
 * Does one thing to each of the named containers, several at once; prints the names it worked for and the errors of the others, in the order
 * of the words. Resolves to 1 when any failed. `forgive` says which errors are only told.
 */
export async function forEach(
  { words, io }: CommandContext,
  act: (name: string) => Promise<unknown>,
  forgive: (error: PockerError) => boolean = () => false,
): Promise<number> {
  let failed = false
  for (let start = 0; start < words.length; start += AT_ONCE) {
    const batch = words.slice(start, start + AT_ONCE)
    const results = await Promise.allSettled(batch.map(async (name) => act(name)))
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') {
        await write(io.stdout, `${harmless(batch[index] ?? '')}\n`)
        continue
      }
      const error: unknown = result.reason
      failed ||= !(error instanceof PockerError && forgive(error))
      await write(io.stderr, tellFailure(error, '').text)
    }
  }
  return failed ? 1 : 0
}
