/** Ending an exec from outside. */
import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import type { ExecSession } from './exec-sessions.ts'

/** Milliseconds between a terminal's end and SIGKILL: a shell may save its history first. */
const PATIENCE = 5_000

/** Closes the exec's terminal, which sends its session SIGHUP, and kills what does not end of that. Errors: Conflict `not-running`, `no-terminal`. */
export function hangUpExec(session: ExecSession): void {
  if (session.status !== 'running') {
    throw new PockerError('Conflict', `hang up exec ${session.id}: it is not running`, { code: 'not-running' })
  }
  if (session.request.Tty !== true) {
    throw new PockerError('Conflict', `hang up exec ${session.id}: it has no terminal`, { code: 'no-terminal' })
  }
  session.input?.close()
  setTimeout(() => killExec(session), PATIENCE).unref()
}

/** Kills the process with what it has started: a shell's `sleep` would outlive the shell. Each exec leads a process group of its own. */
export function killExec(session: ExecSession): void {
  // Group 1 would be everyone, -1 in kill(2).
  if (session.status !== 'running' || session.pid <= 1) return
  // The process alone, too: it may not have come to lead its group yet.
  for (const target of [-session.pid, session.pid]) kill(target)
}

function kill(target: number): void {
  try {
    process.kill(target, constants.signals.SIGKILL)
  } catch (error) {
    // It has ended in this moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
