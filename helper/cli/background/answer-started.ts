import { PockerError } from '../../api/errors.ts'
import type { Started } from '../../api/helper.ts'
import { type Io, write } from '../io.ts'

/** The word that an answer to a program begins with: it has made it for this run, so that no greeting of sudo's is taken for one. */
export const NONCE_FLAG = {
  name: 'nonce',
  kind: 'text',
  value: 'word',
  help: 'Begin the answer with this word, and answer errors so, too',
  hidden: true,
} as const

/**
 * Does it, and answers in JSON which helper runs then; behind the nonce, on a line of its own, errors are answered, too. Resolves to the
 * exit code.
 */
export async function answerStarted(io: Io, nonce: string | undefined, work: () => Promise<Started>): Promise<number> {
  try {
    await write(io.stdout, line(nonce, await work()))
    return 0
  } catch (error) {
    if (nonce === undefined || !(error instanceof PockerError)) throw error
    const { code, message, hint } = error
    await write(io.stdout, line(nonce, { error: code, message, hint }))
    return 1
  }
}

function line(nonce: string | undefined, answer: object): string {
  return nonce === undefined ? `${JSON.stringify(answer)}\n` : `\n${nonce} ${JSON.stringify(answer)}\n`
}
