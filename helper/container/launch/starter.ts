/**
 * The last stage of an exec, as a launch program in a sealed memfd: it makes the process in the container's pid namespace, says which
 * one that is, and leaves. It runs with no more rights than the container's own processes have, and its child is the first of
 * the exec's that these can see. A process there with the helper's memory, root or capabilities would be theirs to take over:
 * CAP_SYS_PTRACE, which debuggers are given, is all that it takes.
 */
import { flags } from '../../linux/constants.ts'
import { Cell, Label, Program, stringArray } from '../../linux/program.ts'

export interface StarterOptions {
  /** The files to try, in order, as execvp does. */
  readonly candidates: readonly string[]
  readonly args: readonly string[]
  readonly env: readonly string[]
  /** Descriptor 0 becomes the controlling terminal. */
  readonly terminal: boolean
  /** It waits before its exec until `go` is closed: what only the helper may set of it has to be there from the first moment. */
  readonly waits: boolean
}

/** The starter's descriptors, pipes to the helper. */
export const STARTER = {
  /** Gets 8 bytes: the process's number in the helper's pid namespace, or the errno, negative, of making it. */
  pid: 3,
  /** Gets 8 bytes of errno for each candidate when none can be executed; closed by a successful exec. */
  report: 4,
  go: 5,
  count: 6,
} as const

/** The program. All signals must be blocked when it starts. */
export function starterProgram(options: StarterOptions): Program {
  const program = new Program()
  const child = new Label('child')
  const pid = new Cell()
  // A child of the helper's own, which reaps it. clone, not clone3: the default seccomp profile answers clone3 with ENOSYS.
  program.call('clone', [flags('CLONE_PARENT'), 0, 0, 0, 0], { result: pid, onZero: child, onError: 'continue' })
  program.call('write', [STARTER.pid, pid, 8])
  program.call('exit_group', [0])

  program.label(child)
  program.call('close', [STARTER.pid])
  program.call('fcntl', [STARTER.report, flags('F_SETFD'), flags('FD_CLOEXEC')])
  program.call('setsid', [])
  if (options.terminal) program.call('ioctl', [0, flags('TIOCSCTTY'), 0])
  if (options.waits) {
    program.call('read', [STARTER.go, new Cell(8), 1])
    program.call('close', [STARTER.go])
  }
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), new Cell(8), 0, 8])
  const argv = stringArray(options.args)
  const envp = stringArray(options.env)
  const errors = new Cell(8 * options.candidates.length)
  options.candidates.forEach((candidate, index) => {
    program.call('execve', [candidate, argv, envp], { result: errors.at(8 * index), onError: 'continue' })
  })
  program.call('write', [STARTER.report, errors, errors.size])
  program.call('exit_group', [127])
  return program
}
