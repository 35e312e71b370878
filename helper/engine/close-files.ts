/** Closing what a launch has opened in the helper, as far as it has come to that. */
import { closeSync } from 'node:fs'
import type { Outcome } from '../container/launch/launch.ts'
import type { Pipe } from '../container/steps/prepare.ts'
import type { Cell } from '../linux/program.ts'

/** Both ends of each pipe but those that are kept. */
export function closePipes(pipes: readonly (Pipe | undefined)[], outcome: Outcome, keep: readonly (Cell | undefined)[]): void {
  for (const cell of pipes.flatMap((pipe) => (pipe === undefined ? [] : [pipe.read, pipe.write]))) {
    if (!keep.includes(cell)) closeIfOpen(cell, outcome)
  }
}

/** The descriptor in a cell, if one has come into it. */
export function closeIfOpen(cell: Cell | undefined, outcome: Outcome): void {
  const fd = cell === undefined ? -1 : outcome.descriptor(cell)
  if (fd >= 0) closeSync(fd)
}
