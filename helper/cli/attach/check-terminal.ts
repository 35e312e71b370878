import { PockerError } from '../../api/errors.ts'
import type { Io } from '../io.ts'

/** A terminal in the container wants one to type at. Errors: `not-a-terminal`. */
export function checkTerminal(io: Io, wanted: { readonly stdin: boolean; readonly tty: boolean }): void {
  if (!wanted.stdin || !wanted.tty || io.stdin.isTTY === true) return
  throw new PockerError('InvalidParameter', 'the input device is not a TTY', {
    code: 'not-a-terminal',
    hint: 'leave -t out, or run it in a terminal',
  })
}
