/** Starts execs: turns their plans into running processes, and their failures into words. */
import { closeSync } from 'node:fs'
import type { PockerError } from '../../api/errors.ts'
import { type ExecPlan, planExec } from '../../container/exec-plan.ts'
import { launch, type Outcome } from '../../container/launch/launch.ts'
import { starterProgram } from '../../container/launch/starter.ts'
import type { Process } from '../../container/oci.ts'
import type { Toolbox } from '../../container/steps/create-toolbox.ts'
import { programCandidates } from '../../container/steps/execute.ts'
import { buildElf } from '../../linux/elf.ts'
import { architecture } from '../../linux/interpreter.ts'
import { sealedProgram } from '../../linux/memfd.ts'
import { openProcess, reapProcess, setOomScore, signalProcess } from '../../linux/process.ts'
import type { Cell } from '../../linux/program.ts'
import { closeIfOpen, closePipes } from '../close-files.ts'
import { explainExecution, explainFailure, killedWhileStarting } from '../containers/launch-failure.ts'
import { confirmExecution } from './confirm-execution.ts'
import { elfLimit } from './elf-limit.ts'

const SIGKILL = 9

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

/** Starts a process in a running container. Errors: PockerError. */
export function launchExec(process: Process, { toolbox, ...place }: ExecPlace & { readonly lastCapability: number }): ExecProcess {
  using starter = sealedDescriptor('pocker-exec', starterElf(process))
  const planned = planExec(process, { ...place, starter: starter.fd, ...(toolbox === undefined ? {} : { toolbox }) })
  return launch(planned.plan, (outcome) => finishExec(process, planned, outcome))
}

function starterElf(process: Process): Uint8Array {
  const candidates = programCandidates(process)
  return buildElf(starterProgram({ ...process, candidates, waits: process.oomScoreAdj !== undefined }), architecture, {
    limit: elfLimit(process, candidates),
  })
}

function sealedDescriptor(name: string, bytes: Uint8Array): Disposable & { readonly fd: number } {
  const fd = sealedProgram(name, bytes)
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}

function finishExec(process: Process, planned: ExecPlan, outcome: Outcome): ExecProcess {
  const pidfd = outcome.descriptor(planned.process)
  const failed = pidfd < 0 || outcome.failure !== undefined
  // Nobody but the helper may lower it, and while the process shared its memory it would have been the helper's, too.
  if (!failed && process.oomScoreAdj !== undefined) setOomScore(pidfd, outcome.read(planned.pid), process.oomScoreAdj)
  const keep = failed ? [] : [planned.input?.write, planned.output?.read, planned.errors?.read, planned.report.read]
  const { input, output, errors, sockets, pidPipe, report, go, toolbox } = planned
  closePipes([input, output, errors, sockets, pidPipe, report, go, toolbox?.sockets], outcome, keep)
  for (const cell of [toolbox?.namespace, toolbox?.root]) closeIfOpen(cell, outcome)
  if (failed) {
    closeIfOpen(planned.terminal, outcome)
    endUnfinished(pidfd, outcome.read(planned.pid))
    throw explainExec(process, planned, outcome)
  }
  const kept = (cell: Cell | undefined) => (cell === undefined ? undefined : outcome.descriptor(cell))
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
