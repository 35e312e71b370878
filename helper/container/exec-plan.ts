/**
 * The plan of an exec: a process more in a running container, a child of the helper's own.
 *
 * A first process, which nothing in the container can see, enters the container's namespaces and gives up everything that the
 * container has not; only then it becomes the starter (`launch/starter.ts`), which makes the process itself.
 */
import { flags, linux } from '../linux/constants.ts'
import { Cell, int32, Label, struct } from '../linux/program.ts'
import { cloneArguments } from './launch/clone.ts'
import { descriptor, Plan } from './launch/plan.ts'
import type { Process } from './oci.ts'
import { changeDirectory, changeDirectoryWithin } from './steps/change-directory.ts'
import { connect, connectNothing } from './steps/connect-streams.ts'
import { CONTAINER_FOLDER, enterToolbox, type StartedToolbox, startToolbox, type Toolbox } from './steps/create-toolbox.ts'
import { executeStarter, leaveNothing } from './steps/execute.ts'
import { joinCgroups } from './steps/join-cgroups.ts'
import { openTerminal, receiveDescriptor } from './steps/open-terminal.ts'
import { openPipe, openSockets, type Pipe } from './steps/prepare.ts'
import { restrict } from './steps/restrict.ts'

export interface ExecContext {
  /** The container's process descriptor. */
  readonly container: number
  /** The container's `cgroup.procs` or `tasks` files. */
  readonly join: readonly string[]
  /** The starter's program, made for this process. */
  readonly starter: number
  readonly openStdin: boolean
  readonly seccomp: Uint8Array | undefined
  readonly lastCapability: number
  /** With it the process sees these mounts instead of the container's, and begins in the container's folder `process.cwd` below them. */
  readonly toolbox?: Toolbox
}

/** A plan and the places where its results will be found. */
export interface ExecPlan {
  readonly plan: Plan
  /** Its process descriptor; unset when it has not been made. */
  readonly process: Cell
  /** Its number; 0 when the starter was killed before it had said it, a negative errno when it could not make the process. */
  readonly pid: Cell
  readonly input: Pipe | undefined
  readonly output: Pipe | undefined
  readonly errors: Pipe | undefined
  readonly sockets: Pipe | undefined
  readonly terminal: Cell | undefined
  readonly pidPipe: Pipe
  /** Where the process says that its program cannot be executed. */
  readonly report: Pipe
  /** To be closed when the process may go on to its program; only one with an OOM score waits. */
  readonly go: Pipe | undefined
  readonly toolbox: StartedToolbox | undefined
}

const NAMESPACES = flags('CLONE_NEWNS', 'CLONE_NEWUTS', 'CLONE_NEWIPC', 'CLONE_NEWNET', 'CLONE_NEWCGROUP', 'CLONE_NEWPID')
const ALL_BUT_MOUNTS = flags('CLONE_NEWUTS', 'CLONE_NEWIPC', 'CLONE_NEWNET', 'CLONE_NEWCGROUP', 'CLONE_NEWPID')

/** Turns an exec's process into the list of system calls that starts it. Pure. */
export function planExec(process: Process, context: ExecContext): ExecPlan {
  const plan = new Plan()
  const { program } = plan
  const finish = new Label('finish')
  const first = new Label('first process')
  const [oldMask, pid] = [new Cell(8), new Cell(8)]

  plan.step('prepare')
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), new Cell(new Uint8Array(8).fill(0xff)), oldMask, 8])
  program.failure = finish
  const sockets = process.terminal ? openSockets(plan, 'terminal') : undefined
  const output = process.terminal ? undefined : openPipe(plan, 'stdout')
  const errors = process.terminal ? undefined : openPipe(plan, 'stderr')
  const input = context.openStdin && !process.terminal ? openPipe(plan, 'stdin') : undefined
  const [pidPipe, report] = [openPipe(plan, 'pid'), openPipe(plan, 'report')]
  const go = process.oomScoreAdj === undefined ? undefined : openPipe(plan, 'go')
  const toolbox = context.toolbox === undefined ? undefined : startToolbox(plan, context.toolbox, { container: context.container, finish })
  plan.step('startProcess')
  const reap = new Label('reap')
  // Of its own: the cell is unset here while the first process, which shares this memory, may not have read it yet.
  const pidEnd = program.load(pidPipe.write)
  const firstProcess = startFirst(plan, { first, pid, pidPipe, reap })
  const child = descriptor('process')
  const terminal = sockets === undefined ? undefined : descriptor('terminal')
  // It is a child of ours, so its number cannot come to mean another process before we have reaped it.
  plan.call('pidfd_open', [program.load(pid).value, 0], { result: child })
  if (sockets !== undefined && terminal !== undefined) receiveDescriptor(plan, sockets, terminal)
  if (go === undefined) awaitReport(plan, report)
  program.label(reap)
  program.failure = finish
  plan.call('waitid', [flags('P_PIDFD'), firstProcess.value, 0, flags('WEXITED', '__WALL'), 0])
  plan.call('close', [firstProcess.value])
  program.label(finish)
  program.failure = undefined
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), oldMask, 0, 8])
  program.end()
  toolbox?.addBuilder()

  const gaveUp = new Label('gave up')
  program.label(first)
  program.failure = gaveUp
  firstSteps(plan, process, { context, toolbox, input, output, errors, sockets, pidEnd, report, go })
  program.label(gaveUp)
  program.failure = undefined
  program.call('exit_group', [127])
  return { plan, process: child, pid, input, output, errors, sockets, terminal, pidPipe, report, go, toolbox }
}

const zero = int32(0)

/**
 * Clones the first process, and waits until it has said which process it has started, or has ended: in both cases it uses this memory no
 * longer. Nobody in the container can stop it, and it is ended when it gets stuck.
 */
function startFirst(plan: Plan, at: { first: Label; pid: Cell; pidPipe: Pipe; reap: Label }): Cell {
  const { program } = plan
  const process = descriptor('first process')
  const how = linux.CLONE_VM | linux.CLONE_PIDFD
  // SIGCHLD, which the process itself inherits: its end is to be heard of.
  const cloned = cloneArguments({ flags: how + linux.CLONE_CLEAR_SIGHAND, pidfd: process, exitSignal: linux.SIGCHLD })
  plan.call('clone3', [cloned, 88], { onZero: at.first })
  program.failure = at.reap
  const pidfd = program.load(process)
  plan.close(at.pidPipe.write) // or this would wait for ever
  const [stuck, ready] = [new Label('stuck'), new Label('ready')]
  pollFor(plan, at.pidPipe.read, { milliseconds: PATIENCE, onZero: stuck })
  program.jump(ready)
  program.label(stuck)
  program.call('pidfd_send_signal', [pidfd.value, flags('SIGKILL'), 0, 0], { onError: 'continue' })
  program.label(ready)
  plan.call('read', [at.pidPipe.read.value, at.pid, 8], { onZero: at.reap })
  program.subtract(at.pid, zero, new Cell(), at.reap)
  return pidfd
}

/** Milliseconds until the first process is ended: a filesystem that the container serves itself may keep it from its working folder. */
const PATIENCE = 2000
/** Milliseconds. An exec takes a fifth of one, and others can have it stopped: from then on the helper waits without its thread. */
const SOON = 5

/** Waits a moment for the exec or for a report of why there is none: being woken for it by the event loop takes longer. */
function awaitReport(plan: Plan, report: Pipe): void {
  plan.close(report.write) // or its end would not be seen
  pollFor(plan, report.read, { milliseconds: SOON })
}

/** Waits until something can be read, or the other end is closed. */
function pollFor(plan: Plan, fd: Cell, { milliseconds, onZero }: { milliseconds: number; onZero?: Label }): void {
  const polled = new Cell(16)
  plan.program.copy(fd, polled)
  plan.program.copy(int32(linux.POLLIN), polled.at(4))
  const timeout = struct([Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1_000_000])
  plan.program.call('ppoll', [polled, 1, timeout, 0, 8], { onError: 'continue', ...(onZero === undefined ? {} : { onZero }) })
}

interface FirstOptions extends Pick<ExecPlan, 'input' | 'output' | 'errors' | 'sockets' | 'report' | 'go'> {
  readonly context: ExecContext
  readonly toolbox: StartedToolbox | undefined
  readonly pidEnd: Cell
}

function firstSteps(plan: Plan, process: Process, at: FirstOptions): void {
  const { context, toolbox } = at
  plan.step('leaveSession')
  // Out of the helper's process group, which a process in the container's hands could signal as a whole.
  plan.call('setsid', [])
  joinCgroups(plan, context.join)
  plan.step('joinNamespaces')
  // All of them at once by process descriptor; those that the container shares with the host are the same already. The pid namespace
  // is for the next child: this process itself stays out of it.
  plan.call('setns', [context.container, toolbox === undefined ? NAMESPACES : ALL_BUT_MOUNTS])
  if (toolbox !== undefined) enterToolbox(plan, toolbox)
  const root = plan.open('/', flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), 'root')
  if (at.sockets !== undefined) openTerminal(plan, process, { root, socket: at.sockets.write })
  else {
    plan.step('connectStreams')
    connect(plan, process, { 0: at.input, 1: at.output, 2: at.errors })
    if (at.input === undefined) connectNothing(plan, root)
  }
  leaveNothing(plan)
  restrict(plan, { process, seccomp: context.seccomp, lastCapability: context.lastCapability })
  if (toolbox === undefined) changeDirectory(plan, process.cwd)
  else changeDirectoryWithin(plan, CONTAINER_FOLDER, process.cwd)
  executeStarter(plan, { program: context.starter, pid: at.pidEnd, report: at.report.write, go: at.go?.read })
}
