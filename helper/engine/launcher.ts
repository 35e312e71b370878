/** Starts containers and execs: turns plans into running processes, and their failures into words. */
import { closeSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PockerError } from '../api/errors.ts'
import type { CgroupPlan } from '../container/cgroup/plan.ts'
import { type ExecPlan, planExec } from '../container/exec-plan.ts'
import { describePlan } from '../container/launch/describe.ts'
import { initProgram } from '../container/launch/init.ts'
import { KEEPER_SCRATCH, keeperProgram } from '../container/launch/keeper.ts'
import { launch, launchAmongOthers, type Outcome } from '../container/launch/launch.ts'
import { starterProgram } from '../container/launch/starter.ts'
import type { LaunchContext } from '../container/launch-context.ts'
import type { Mount, Process, Spec } from '../container/oci.ts'
import { type ContainerPlan, planContainer } from '../container/plan.ts'
import type { Toolbox } from '../container/steps/create-toolbox.ts'
import { programCandidates } from '../container/steps/execute.ts'
import type { SharedContainers } from '../container/steps/join-namespaces.ts'
import type { IsFolder } from '../container/steps/mount-volumes.ts'
import { isOwn } from '../container/steps/namespaces.ts'
import type { Files, Pipe } from '../container/steps/prepare.ts'
import { buildElf } from '../linux/elf.ts'
import { architecture } from '../linux/interpreter.ts'
import { sealedProgram } from '../linux/memfd.ts'
import { copyDescriptor, openProcess, reapProcess, setOomScore, signalProcess } from '../linux/process.ts'
import type { Cell } from '../linux/program.ts'
import { confirmExecution } from './confirm-execution.ts'
import { openFilesLimit, withOpenFilesLimit } from './default-limits.ts'
import { timestamp } from './exit-record.ts'
import { explainExecution, explainFailure, killedWhileStarting } from './launch-failure.ts'
import { NetworkNamespaces } from './network-namespaces.ts'
import { Running } from './running.ts'
import type { StartTrace } from './traces.ts'

const SIGKILL = 9

export interface StartOptions {
  readonly log: string
  readonly status: string
  /** Half of the log's limit in bytes; 0: no limit. */
  readonly logHalf: number
  readonly cgroup: CgroupPlan
  readonly openStdin: boolean
  readonly shared: SharedContainers
  readonly isFolder: IsFolder
  readonly timed: boolean
}

export interface LauncherOptions {
  readonly mountPoint: string
  readonly keeperGroups: readonly string[]
  readonly lastCapability: number
}

export interface StartedContainer {
  readonly running: Running
  readonly trace: StartTrace
  /** Settles when the container's command is known to run: at once, but with --init. Errors: PockerError. */
  readonly confirmed: Promise<void>
}

export class Launcher {
  private readonly options: LauncherOptions
  private readonly keepers = new Map<string, number>()
  private readonly openFiles = openFilesLimit()
  private readonly networks = new NetworkNamespaces()

  constructor(options: LauncherOptions) {
    this.options = options
  }

  /** The plan alone, for people. */
  plan(asked: Spec, options: StartOptions): ContainerPlan {
    const spec = this.complete(asked)
    return planContainer(spec, this.context(spec, { ...options, timed: false }, undefined))
  }

  /** Starts a container. Errors: PockerError; nothing of it is left then but its cgroups. */
  async start(asked: Spec, options: StartOptions): Promise<StartedContainer> {
    const spec = this.complete(asked)
    if (spec.root.volatile) forgetLastMount(spec.root.work)
    using held = new DisposableStack()
    const hold = (fd: number) => held.adopt(fd, closeSync)
    // The other containers may end, and their descriptors come to mean something else, before this launch has its turn.
    const shared = new Map([...options.shared].map(([name, process]) => [name, hold(copyDescriptor(process))]))
    return await launchAmongOthers(() => {
      const init = spec.process.init ? hold(sealedProgram('pocker-init', initElf(spec.process))) : undefined
      const taken = isOwn(spec, 'network') ? this.networks.take() : undefined
      const network = taken === undefined ? undefined : hold(taken)
      const isFolder = remembering(options.isFolder)
      const context = { ...this.context(spec, { ...options, shared, isFolder }, init), network }
      const describe = () => describePlan(planContainer(spec, { ...context, timed: false }).plan)
      const planned = planContainer(spec, context)
      return { plan: planned.plan, read: (outcome) => finishStart(spec, planned, { outcome, status: options.status, describe }) }
    })
  }

  /** Starts a process in a running container. Errors: PockerError. */
  exec(process: Process, at: ExecPlace): ExecProcess {
    const limited = withOpenFilesLimit(process, this.openFiles)
    using starter = sealedDescriptor('pocker-exec', starterElf(limited))
    const planned = planExec(limited, {
      container: at.container,
      join: at.join,
      starter: starter.fd,
      openStdin: at.openStdin,
      seccomp: at.seccomp,
      lastCapability: this.options.lastCapability,
      ...(at.toolbox === undefined ? {} : { toolbox: at.toolbox }),
    })
    return launch(planned.plan, (outcome) => finishExec(process, planned, outcome))
  }

  private complete(spec: Spec): Spec {
    return { ...spec, process: withOpenFilesLimit(spec.process, this.openFiles) }
  }

  private context(spec: Spec, options: StartOptions, initProgram: number | undefined): LaunchContext {
    const { mountPoint, keeperGroups, lastCapability } = this.options
    const { log, status, cgroup, openStdin, shared, isFolder, timed } = options
    const keeper = this.keeper({ terminal: spec.process.terminal, logHalf: options.logHalf })
    const base = {
      mountPoint,
      keeperGroups,
      lastCapability,
      log,
      status,
      cgroup,
      openStdin,
      shared,
      isFolder,
      timed,
      keeperProgram: keeper,
    }
    return initProgram === undefined ? base : { ...base, initProgram }
  }

  private keeper(options: { terminal: boolean; logHalf: number }): number {
    const key = `${options.terminal} ${options.logHalf}`
    let program = this.keepers.get(key)
    if (program === undefined) {
      program = sealedProgram('pocker-keeper', buildElf(keeperProgram(options), architecture, { scratch: KEEPER_SCRATCH }))
      this.keepers.set(key, program)
    }
    return program
  }
}

/** Where and how a process is started by exec. */
export interface ExecPlace {
  readonly container: number
  readonly join: readonly string[]
  readonly openStdin: boolean
  readonly seccomp: Uint8Array | undefined
  readonly toolbox: Toolbox | undefined
}

/** A process started by exec, as the helper holds it. */
export interface ExecProcess {
  readonly pid: number
  readonly process: number
  readonly input: number | undefined
  readonly output: number | undefined
  readonly errors: number | undefined
  readonly terminal: number | undefined
  /** Settles when it runs its program. Errors: PockerError; it is ending then. */
  readonly confirmed: Promise<void>
}

/** What was found at the launch holds for its description, too: a source may be gone by then. */
function remembering(isFolder: IsFolder): IsFolder {
  const known = new Map<Mount, boolean>()
  return (mount) => {
    const found = known.get(mount) ?? isFolder(mount)
    known.set(mount, found)
    return found
  }
}

/** A volatile overlay refuses to be mounted a second time until the mark of the first is gone. */
function forgetLastMount(work: string): void {
  rmSync(join(work, 'work', 'incompat'), { recursive: true, force: true })
}

function initElf(process: Process): Uint8Array {
  const candidates = programCandidates(process)
  return buildElf(initProgram({ ...process, candidates }), architecture, { limit: elfLimit(process, candidates) })
}

function starterElf(process: Process): Uint8Array {
  const candidates = programCandidates(process)
  return buildElf(starterProgram({ ...process, candidates }), architecture, { limit: elfLimit(process, candidates) })
}

function elfLimit(process: Process, candidates: readonly string[]): number {
  const texts = [...process.args, ...process.env, ...candidates]
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 24, 1 << 14) + 80 * 2 * candidates.length
}

function sealedDescriptor(name: string, bytes: Uint8Array): Disposable & { readonly fd: number } {
  const fd = sealedProgram(name, bytes)
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}

interface Finishing {
  readonly outcome: Outcome
  readonly status: string
  readonly describe: StartTrace['describe']
}

function finishStart(spec: Spec, planned: ContainerPlan, { outcome, status, describe }: Finishing): StartedContainer {
  const { files, started } = planned
  const kept = (cell: Cell | undefined) => (cell === undefined ? undefined : outcome.descriptor(cell))
  const failed = outcome.failure !== undefined || outcome.read(started.failed) !== 0
  const keep = failed ? [] : [files.exit.read, files.input?.write, files.report?.read]
  closeFiles(files, outcome, keep)
  const keeper = outcome.descriptor(started.keeper)
  if (failed) {
    const container = outcome.descriptor(started.container)
    // After a late failure the container may run already, and its keeper would wait for its end.
    if (container >= 0) signalProcess(container, SIGKILL)
    if (keeper >= 0) {
      reapProcess(keeper, { wait: true })
      closeSync(keeper)
    }
    for (const cell of [started.container, started.terminal]) closeIfOpen(cell, outcome)
    throw explainFailure(spec.process, { outcome, executions: planned.executions })
  }
  const running = new Running({
    pid: outcome.read(started.record),
    startedAt: timestamp(BigInt(outcome.read(started.record, 16)), BigInt(outcome.read(started.record, 24))),
    container: outcome.descriptor(started.container),
    keeper,
    exit: outcome.descriptor(files.exit.read),
    input: kept(files.input?.write),
    terminal: kept(started.terminal),
    status,
  })
  const score = spec.process.oomScoreAdj
  if (score !== undefined && !isOwn(spec, 'pid')) setOomScore(running.container, running.pid, score)
  const report = kept(files.report?.read)
  const trace = { startedAt: running.startedAt, times: outcome.times, describe }
  return { running, trace, confirmed: report === undefined ? Promise.resolve() : confirmExecution(report, spec.process) }
}

function finishExec(process: Process, planned: ExecPlan, outcome: Outcome): ExecProcess {
  const pidfd = outcome.descriptor(planned.process)
  const failed = pidfd < 0 || outcome.failure !== undefined
  const keep = failed ? [] : [planned.input?.write, planned.output?.read, planned.errors?.read, planned.report.read]
  const { input, output, errors, sockets, pidPipe, report, toolbox } = planned
  closePipes([input, output, errors, sockets, pidPipe, report, toolbox?.sockets], outcome, keep)
  for (const cell of [toolbox?.namespace, toolbox?.root]) closeIfOpen(cell, outcome)
  if (failed) {
    closeIfOpen(planned.terminal, outcome)
    endUnfinished(pidfd, outcome.read(planned.pid))
    throw explainExec(process, planned, outcome)
  }
  const kept = (cell: Cell | undefined) => (cell === undefined ? undefined : outcome.descriptor(cell))
  if (process.oomScoreAdj !== undefined) setOomScore(pidfd, outcome.read(planned.pid), process.oomScoreAdj)
  return {
    pid: outcome.read(planned.pid),
    process: pidfd,
    input: kept(planned.input?.write),
    output: kept(planned.output?.read),
    errors: kept(planned.errors?.read),
    terminal: kept(planned.terminal),
    confirmed: confirmExecution(outcome.descriptor(planned.report.read), process, pidfd),
  }
}

/** A process whose start failed late, for want of descriptors, say: some are free again now. It is an unreaped child of ours, if there is one. */
function endUnfinished(known: number, pid: number): void {
  const process = known >= 0 ? known : pid > 0 ? openProcess(pid) : undefined
  if (process === undefined) return
  signalProcess(process, SIGKILL)
  reapProcess(process, { wait: true })
  closeSync(process)
}

function explainExec(process: Process, planned: ExecPlan, outcome: Outcome): PockerError {
  if (outcome.failure !== undefined) return explainFailure(process, { outcome, executions: [] })
  const pid = outcome.read(planned.pid)
  return pid < 0 ? explainExecution(process, [-pid]) : killedWhileStarting(process)
}

function closeFiles(files: Files, outcome: Outcome, keep: readonly (Cell | undefined)[]): void {
  for (const cell of [files.log, files.status, files.null, files.signal]) closeIfOpen(cell, outcome)
  closePipes([files.exit, files.input, files.output, files.errors, files.terminal, files.report], outcome, keep)
}

function closePipes(pipes: readonly (Pipe | undefined)[], outcome: Outcome, keep: readonly (Cell | undefined)[]): void {
  for (const cell of pipes.flatMap((pipe) => (pipe === undefined ? [] : [pipe.read, pipe.write]))) {
    if (!keep.includes(cell)) closeIfOpen(cell, outcome)
  }
}

function closeIfOpen(cell: Cell | undefined, outcome: Outcome): void {
  const fd = cell === undefined ? -1 : outcome.descriptor(cell)
  if (fd >= 0) closeSync(fd)
}
