/**
 * The plan of a container's start: three lists of system calls in one launch program. The helper's thread prepares and clones
 * the keeper; the keeper's process clones the container and becomes the keeper; the container's process walks through the steps
 * and becomes the container's program. All three share memory until exec, so every result is seen by the helper.
 */
import { flags, linux } from '../linux/constants.ts'
import { Cell, Label } from '../linux/program.ts'
import { cloneArguments } from './launch/clone.ts'
import { descriptor, Plan } from './launch/plan.ts'
import type { LaunchContext } from './launch-context.ts'
import type { Spec } from './oci.ts'
import { becomeKeeper, type Started } from './steps/become-keeper.ts'
import { changeDirectory } from './steps/change-directory.ts'
import { changeRoot } from './steps/change-root.ts'
import { connectStreams } from './steps/connect-streams.ts'
import { createDevFolder } from './steps/create-dev-folder.ts'
import { createMountNamespace } from './steps/create-mount-namespace.ts'
import { createProcFolder } from './steps/create-proc-folder.ts'
import { createRootFolder } from './steps/create-root-folder.ts'
import { createSysFolder } from './steps/create-sys-folder.ts'
import { createTempFolder } from './steps/create-temp-folder.ts'
import { execute, executeInit, leaveNothing } from './steps/execute.ts'
import { joinCgroups } from './steps/join-cgroups.ts'
import { joinNamespaces } from './steps/join-namespaces.ts'
import { maskPaths } from './steps/mask-paths.ts'
import { mountVolumes } from './steps/mount-volumes.ts'
import { createCgroups, type Files, openFiles } from './steps/prepare.ts'
import { restrict } from './steps/restrict.ts'
import { setHostname } from './steps/set-hostname.ts'
import { setOomScore } from './steps/set-oom-score.ts'

/** A plan and the places where its results will be found. */
export interface ContainerPlan {
  readonly plan: Plan
  readonly files: Files
  readonly started: Started
  readonly executions: readonly Cell[]
}

/** Turns a container's configuration into the list of system calls that makes it. Pure. */
export function planContainer(spec: Spec, context: LaunchContext): ContainerPlan {
  const plan = new Plan({ timed: context.timed ?? false })
  const { program } = plan
  const keeper = new Label('keeper')
  const finish = new Label('finish')
  const oldMask = new Cell(8)

  plan.step('prepare')
  // From here to exec no signal handler of the helper's may run: it would run in shared memory.
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), new Cell(new Uint8Array(8).fill(0xff)), oldMask, 8])
  program.failure = finish
  const files = openFiles(plan, { ...context, terminal: spec.process.terminal, init: spec.process.init })
  createCgroups(plan, context.cgroup)
  plan.step('startKeeper')
  const keeperDescriptor = descriptor('keeper')
  const keeperFlags = linux.CLONE_VM | linux.CLONE_VFORK | linux.CLONE_FILES | linux.CLONE_PIDFD
  const keeperArguments = cloneArguments({ flags: keeperFlags + linux.CLONE_CLEAR_SIGHAND, pidfd: keeperDescriptor, exitSignal: 0 })
  plan.call('clone3', [keeperArguments, 88], { onZero: keeper })
  program.label(finish)
  program.failure = undefined
  plan.step('finish')
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), oldMask, 0, 8])
  program.end()

  const container = new Label('container')
  program.label(keeper)
  plan.part = 'keeper'
  const started = becomeKeeper(plan, spec, { context, files, container, keeperDescriptor })
  const failed = new Label('container failed')
  program.label(container)
  program.failure = failed
  plan.part = 'container'
  const executions = containerSteps(plan, spec, { context, files })
  program.label(failed)
  program.failure = undefined
  program.call('getpid', [], { result: started.failed })
  program.call('exit_group', [127])
  return { plan, files, started, executions }
}

/** What the container's own process does, from its first moment to exec. */
function containerSteps(plan: Plan, spec: Spec, at: { context: LaunchContext; files: Files }): Cell[] {
  const { context, files } = at
  joinCgroups(plan, context.cgroup.join)
  setOomScore(plan, spec)
  joinNamespaces(plan, spec, context)
  const sources = createMountNamespace(plan, spec, context.shared)
  const root = createRootFolder(plan, spec, context.mountPoint)
  createProcFolder(plan, spec, root)
  createSysFolder(plan, spec, root, context.cgroup)
  createTempFolder(plan, spec, root)
  createDevFolder(plan, spec, root)
  mountVolumes(plan, spec, root, { sources, isFolder: context.isFolder, ownerMaps: context.ownerMaps })
  plan.step('createWorkingFolder')
  plan.makeFolder(root, spec.process.cwd)
  setHostname(plan, spec)
  connectStreams(plan, spec.process, { root, files })
  maskPaths(plan, spec, root)
  changeRoot(plan, spec.root, root)
  leaveNothing(plan)
  restrict(plan, { process: spec.process, seccomp: spec.linux.seccomp, lastCapability: context.lastCapability })
  changeDirectory(plan, spec.process.cwd)
  if (context.initProgram !== undefined && files.report !== undefined) {
    return executeInit(plan, spec.process, { program: context.initProgram, report: files.report.write })
  }
  return execute(plan, spec.process)
}
