import type { Word } from '../../linux/program.ts'
import { type Cell, struct } from '../../linux/program.ts'

/** The kernel's struct clone_args, as far as launches use it. */
export function cloneArguments(how: { flags: number; pidfd: Word; parentTid?: Word; exitSignal: number }): Cell {
  return struct([how.flags, how.pidfd, 0, how.parentTid ?? 0, how.exitSignal, 0, 0, 0, 0, 0, 0])
}
