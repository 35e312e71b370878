import { PockerError } from '../api/errors.ts'
import type { Io } from './io.ts'
import { write } from './io.ts'
import { lineOf } from './read-line.ts'

/** Asks before something is lost. Errors: `cancelled` unless the answer is yes. */
export async function confirm(io: Io, warning: string, what: string): Promise<void> {
  await write(io.stdout, `${warning}\nAre you sure you want to continue? [y/N] `)
  if (/^y(es)?$/i.test(await lineOf(io.stdin))) return
  throw new PockerError('Cancelled', `${what} has been cancelled`, { code: 'cancelled' })
}
