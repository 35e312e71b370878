/** The plan of an exec: a process more in a running container, a child of the helper's own. */
import { flags, linux } from '../linux/constants.ts'
import { Cell, int32, Label } from '../linux/program.ts'
import { cloneArguments, memoryInUse, waitForMemory } from './launch/clone.ts'
import { descriptor, Plan } from './launch/plan.ts'
import type { Process } from './oci.ts'
import { changeDirectory } from './steps/change-directory.ts'
import { connect, connectNothing } from './steps/connect-streams.ts'
import { execute, leaveNothing } from './steps/execute.ts'
import { joinCgroups } from './steps/join-cgroups.ts'
import { openTerminal, receiveDescriptor } from './steps/open-terminal.ts'
import { openPipe, openSockets, type Pipe } from './steps/prepare.ts'
import { restrict } from './steps/restrict.ts'

export interface ExecContext {
  /** The container's process descriptor. */
  readonly container: number
  /** The helper's own pid namespace, opened; absent when the container has none of its own. */
  readonly ownPidNamespace?: number
  /** The container's `cgroup.procs` or `tasks` files. */
  readonly join: readonly string[]
  readonly openStdin: boolean
  readonly seccomp: Uint8Array | undefined
  readonly lastCapability: number
}

/** A plan and the places where its results will be found. */
export interface ExecPlan {
  readonly plan: Plan
  readonly process: Cell
  readonly pid: Cell
  readonly input: Pipe | undefined
  readonly output: Pipe | undefined
  readonly errors: Pipe | undefined
  readonly sockets: Pipe | undefined
  readonly terminal: Cell | undefined
  readonly failed: Cell
  readonly executions: readonly Cell[]
}

const NAMESPACES = flags('CLONE_NEWNS', 'CLONE_NEWUTS', 'CLONE_NEWIPC', 'CLONE_NEWNET', 'CLONE_NEWCGROUP')

/** Turns an exec's process into the list of system calls that starts it. Pure. */
export function planExec(process: Process, context: ExecContext): ExecPlan {
  const plan = new Plan()
  const { program } = plan
  const finish = new Label('finish')
  const child = new Label('child')
  const home = new Label('home')
  const oldMask = new Cell(8)
  const pidfd = descriptor('process')
  const pid = new Cell()
  const failed = new Cell()

  plan.step('prepare')
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), new Cell(new Uint8Array(8).fill(0xff)), oldMask, 8])
  program.failure = finish
  const sockets = process.terminal ? openSockets(plan, 'terminal') : undefined
  const output = process.terminal ? undefined : openPipe(plan, 'stdout')
  const errors = process.terminal ? undefined : openPipe(plan, 'stderr')
  const input = context.openStdin && !process.terminal ? openPipe(plan, 'stdin') : undefined
  plan.step('joinPidNamespace')
  // Entering a pid namespace concerns only children made afterwards, so this thread enters, clones, and comes home.
  if (context.ownPidNamespace !== undefined) plan.call('setns', [context.container, flags('CLONE_NEWPID')])
  plan.step('startProcess')
  const how = linux.CLONE_VM | linux.CLONE_PIDFD | linux.CLONE_PARENT_SETTID | linux.CLONE_CHILD_CLEARTID
  const inUse = memoryInUse()
  const cloned = cloneArguments({
    flags: how + linux.CLONE_CLEAR_SIGHAND,
    pidfd,
    parentTid: pid,
    childTid: inUse,
    exitSignal: linux.SIGCHLD,
  })
  const result = plan.call('clone3', [cloned, 88], { onZero: child, onError: home, fails: true })
  waitForMemory(plan, { inUse, process: pidfd })
  program.label(home)
  if (context.ownPidNamespace !== undefined) plan.call('setns', [context.ownPidNamespace, flags('CLONE_NEWPID')])
  program.subtract(result, zero, new Cell(), finish)
  const terminal = sockets === undefined ? undefined : descriptor('terminal')
  if (sockets !== undefined && terminal !== undefined) receiveWhenStarted(plan, { sockets, terminal, failed, finish })
  program.label(finish)
  program.failure = undefined
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), oldMask, 0, 8])
  program.end()

  const gaveUp = new Label('gave up')
  program.label(child)
  program.failure = gaveUp
  const executions = processSteps(plan, process, { context, input, output, errors, sockets })
  program.label(gaveUp)
  program.failure = undefined
  program.call('getpid', [], { result: failed })
  program.call('exit_group', [127])
  return { plan, process: pidfd, pid, input, output, errors, sockets, terminal, failed, executions }
}

const zero = int32(0)

/** A process that gave up before it opened its terminal has sent nothing: receiving would wait for ever. */
function receiveWhenStarted(plan: Plan, at: { sockets: Pipe; terminal: Cell; failed: Cell; finish: Label }): void {
  const started = new Label('started')
  const none = new Cell(8)
  plan.program.whenEqual(at.failed, none, started)
  plan.program.jump(at.finish)
  plan.program.label(started)
  receiveDescriptor(plan, at.sockets, at.terminal)
}

type Streams = Pick<ExecPlan, 'input' | 'output' | 'errors' | 'sockets'>

function processSteps(plan: Plan, process: Process, at: Streams & { context: ExecContext }): Cell[] {
  const { context } = at
  joinCgroups(plan, context.join)
  plan.step('joinNamespaces')
  // All of them at once by process descriptor; those that the container shares with the host are the same already.
  plan.call('setns', [context.container, NAMESPACES])
  const root = plan.open('/', flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), 'root')
  if (at.sockets !== undefined) openTerminal(plan, process, { root, socket: at.sockets.write })
  else {
    plan.step('connectStreams')
    plan.call('setsid', [])
    connect(plan, process, { 0: at.input, 1: at.output, 2: at.errors })
    if (at.input === undefined) connectNothing(plan, root)
  }
  leaveNothing(plan)
  restrict(plan, { process, seccomp: context.seccomp, lastCapability: context.lastCapability })
  changeDirectory(plan, process.cwd)
  return execute(plan, process)
}
