import { cloneArguments } from '../container/launch/clone.ts'
import { launch, type Outcome } from '../container/launch/launch.ts'
import { descriptor, Plan } from '../container/launch/plan.ts'
import { flags, linux, type Named } from '../linux/constants.ts'
import type { SyscallError } from '../linux/errno.ts'
import { Cell, Label } from '../linux/program.ts'

/**
 * Runs `steps` in a child that has these namespaces to itself and shares its descriptors with this process, and waits for its end.
 * Gives the first call that failed, the child's making included; undefined when all went well. `read` reads what the steps have stored.
 */
export function tryInChild(
  namespaces: Named,
  steps: (plan: Plan) => void,
  read: (outcome: Outcome) => void = () => undefined,
): SyscallError | undefined {
  const plan = new Plan()
  const { program } = plan
  const [child, gaveUp, finish] = [new Label('child'), new Label('gave up'), new Label('finish')]
  const oldMask = new Cell(8)
  const pidfd = descriptor('process')
  plan.step('try')
  // A signal's handler would run in the child, on memory that is not its own.
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), new Cell(new Uint8Array(8).fill(0xff)), oldMask, 8])
  const how = linux.CLONE_VM | linux.CLONE_VFORK | linux.CLONE_FILES | linux.CLONE_PIDFD
  const cloned = cloneArguments({ flags: how + linux.CLONE_CLEAR_SIGHAND + namespaces.value, pidfd, exitSignal: 0 })
  program.call('clone3', [cloned, 88], { onZero: child, onError: finish, fails: true })
  // The kernel has written it through a pointer.
  const ended = program.load(pidfd)
  program.call('waitid', [linux.P_PIDFD, ended.value, 0, linux.WEXITED | linux.__WALL, 0], { onError: 'continue' })
  program.call('close', [ended.value], { onError: 'continue' })
  program.label(finish)
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), oldMask, 0, 8])
  program.end()
  program.label(child)
  program.failure = gaveUp
  steps(plan)
  program.label(gaveUp)
  program.failure = undefined
  program.call('exit_group', [0])
  return launch(plan, (outcome) => {
    if (outcome.failure === undefined) read(outcome)
    return outcome.failure?.cause
  })
}
