import { constants } from 'node:os'
import { flags } from '../../linux/constants.ts'
import { Cell, int32, Label, struct, type Word } from '../../linux/program.ts'
import type { Plan } from './plan.ts'

/** The kernel's struct clone_args, as far as launches use it. */
export function cloneArguments(how: { flags: number; pidfd: Word; parentTid?: Word; childTid?: Word; exitSignal: number }): Cell {
  return struct([how.flags, how.pidfd, how.childTid ?? 0, how.parentTid ?? 0, how.exitSignal, 0, 0, 0, 0, 0, 0])
}

/** What CLONE_CHILD_CLEARTID clears, and wakes who waits for it, when a child lets go of this memory: by exec or at its end. */
export function memoryInUse(): Cell {
  return int32(1)
}

const ATTEMPTS = 20
const zero = int32(0)
const one = int32(1)
const timedOut = int32(-constants.errno.ETIMEDOUT)

/**
 * Waits as CLONE_VFORK does, but not for ever: in a pid namespace that it shares, the child can be stopped by others there
 * (SIGSTOP cannot be blocked), and with it whoever waits for it. It is told to continue every 100 ms, and ended after two seconds.
 */
export function waitForMemory(plan: Plan, child: { inUse: Cell; process: Cell }): void {
  const { program } = plan
  const [wait, stuck, end, done] = [
    new Label('wait for memory'),
    new Label('stuck'),
    new Label('end the child'),
    new Label('memory released'),
  ]
  const process = program.load(child.process)
  const result = new Cell()
  const attempts = int32(ATTEMPTS)
  program.label(wait)
  program.call('futex', [child.inUse, flags('FUTEX_WAIT'), 1, struct([0, 100_000_000]), 0, 0], { result, onError: 'continue' })
  program.whenEqual(child.inUse, zero, done)
  program.whenEqual(result, timedOut, stuck)
  program.jump(wait)
  program.label(stuck)
  program.place(program.prepare('subtract', [attempts, one], { result: attempts, onZero: end, onError: end }))
  program.call('pidfd_send_signal', [process.value, flags('SIGCONT'), 0, 0], { onError: 'continue' })
  program.jump(wait)
  program.label(end)
  program.call('pidfd_send_signal', [process.value, flags('SIGKILL'), 0, 0], { onError: 'continue' })
  program.jump(wait)
  program.label(done)
}
