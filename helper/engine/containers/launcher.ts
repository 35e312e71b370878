/** Starts containers and execs: turns plans into running processes, and their failures into words. */
import { closeSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CgroupPlan } from '../../container/cgroup/plan.ts'
import { describePlan } from '../../container/launch/describe.ts'
import { initProgram } from '../../container/launch/init.ts'
import { KEEPER_SCRATCH, keeperProgram } from '../../container/launch/keeper.ts'
import { launchAmongOthers, type Outcome } from '../../container/launch/launch.ts'
import type { LaunchContext } from '../../container/launch-context.ts'
import type { Mount, Process, Spec } from '../../container/oci.ts'
import { type ContainerPlan, planContainer } from '../../container/plan.ts'
import { programCandidates } from '../../container/steps/execute.ts'
import type { SharedContainers } from '../../container/steps/join-namespaces.ts'
import type { IsFolder, OwnerMaps } from '../../container/steps/mount-volumes.ts'
import { isOwn } from '../../container/steps/namespaces.ts'
import type { Files } from '../../container/steps/prepare.ts'
import { buildElf } from '../../linux/elf.ts'
import { architecture } from '../../linux/interpreter.ts'
import { sealedProgram } from '../../linux/memfd.ts'
import { copyDescriptor, reapProcess, setOomScore, sharesMemory, signalProcess } from '../../linux/process.ts'
import type { Cell } from '../../linux/program.ts'
import { closeIfOpen, closePipes } from '../close-files.ts'
import { confirmExecution } from '../exec/confirm-execution.ts'
import { elfLimit } from '../exec/elf-limit.ts'
import { type ExecPlace, type ExecProcess, launchExec } from '../exec/launch-exec.ts'
import { openFilesLimit, withOpenFilesLimit } from './default-limits.ts'
import { timestamp } from './exit-record.ts'
import { explainFailure } from './launch-failure.ts'
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
  readonly ownerMaps?: OwnerMaps
  readonly timed: boolean
  /** A network namespace that is ready for the container; one from the stock when left out. The caller's to close. */
  readonly network?: number | undefined
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
      const taken = isOwn(spec, 'network') && options.network === undefined ? this.networks.take() : undefined
      const network = taken === undefined ? options.network : hold(taken)
      const isFolder = remembering(options.isFolder)
      const context = { ...this.context(spec, { ...options, shared, isFolder }, init), network }
      const describe = describer(spec, context)
      const planned = planContainer(spec, context)
      return { plan: planned.plan, read: (outcome) => finishStart(spec, planned, { outcome, status: options.status, describe }) }
    })
  }

  /** A network namespace that nobody has used, with its loopback device up; the caller's to close. Errors: SyscallError. */
  takeNetwork(): number {
    return this.networks.take() ?? this.networks.makeOne()
  }

  /** Starts a process in a running container. Errors: PockerError. */
  exec(process: Process, place: ExecPlace): ExecProcess {
    const { lastCapability } = this.options
    return launchExec(withOpenFilesLimit(process, this.openFiles), { ...place, lastCapability })
  }

  private complete(spec: Spec): Spec {
    return { ...spec, process: withOpenFilesLimit(spec.process, this.openFiles) }
  }

  private context(spec: Spec, options: StartOptions, initProgram: number | undefined): LaunchContext {
    const { mountPoint, keeperGroups, lastCapability } = this.options
    const { log, status, cgroup, openStdin, shared, isFolder, ownerMaps, timed } = options
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
      ...(ownerMaps === undefined ? {} : { ownerMaps }),
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

/** In a scope of its own: beside the launch it would keep the launch's plan for as long as somebody may ask. */
function describer(spec: Spec, context: LaunchContext): StartTrace['describe'] {
  return () => describePlan(planContainer(spec, { ...context, timed: false }).plan)
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
  const report = kept(files.report?.read)
  const trace = { startedAt: running.startedAt, times: outcome.times, describe }
  const executed = report === undefined ? Promise.resolve() : confirmExecution(report, spec.process)
  const score = isOwn(spec, 'pid') ? undefined : spec.process.oomScoreAdj
  const confirmed = score === undefined ? executed : Promise.all([executed, setOomScoreOf(running, score)]).then(() => undefined)
  return { running, trace, confirmed }
}

/** In exec the kernel wakes who waits for the memory a moment before it lets go of it, and until then the score would be the helper's, too. */
async function setOomScoreOf({ container, pid }: Running, score: number): Promise<void> {
  const process = copyDescriptor(container) // it may have ended meanwhile
  try {
    while (sharesMemory(pid)) await sleep(1)
    setOomScore(process, pid, score)
  } catch (error) {
    signalProcess(process, SIGKILL) // what fails to start does not run on
    throw error
  } finally {
    closeSync(process)
  }
}

function closeFiles(files: Files, outcome: Outcome, keep: readonly (Cell | undefined)[]): void {
  for (const cell of [files.log, files.status, files.null, files.signal]) closeIfOpen(cell, outcome)
  closePipes([files.exit, files.input, files.output, files.errors, files.terminal, files.report], outcome, keep)
}
