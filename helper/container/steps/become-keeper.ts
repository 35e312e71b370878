import { flags, linux } from '../../linux/constants.ts'
import { Cell, int32, Label } from '../../linux/program.ts'
import { cloneArguments, memoryInUse, waitForMemory } from '../launch/clone.ts'
import { KEEPER } from '../launch/keeper.ts'
import { descriptor, type Plan } from '../launch/plan.ts'
import type { LaunchContext } from '../launch-context.ts'
import type { Spec } from '../oci.ts'
import { cloneNamespaces, isOwn, sharedWith } from './namespaces.ts'
import { receiveDescriptor } from './open-terminal.ts'
import type { Files } from './prepare.ts'

/** What the keeper's process leaves behind for the helper. */
export interface Started {
  /** The start record: container's pid, keeper's pid, seconds and nanoseconds of the start; four 64-bit numbers. */
  readonly record: Cell
  /** Process descriptors. The container's is valid in the helper too: until it unshares, the keeper's process shares its table. */
  readonly container: Cell
  readonly keeper: Cell
  readonly terminal: Cell | undefined
  /** Not zero when the container's process gave up before exec. */
  readonly failed: Cell
}

/** The size of the start record at the head of the status file. */
export const START_RECORD_SIZE = 32

const zero = int32(0)
const FIRST_FREE = 64

/** Starts the container, keeps what its end will need, and becomes the keeper. */
export function becomeKeeper(
  plan: Plan,
  spec: Spec,
  at: { context: LaunchContext; files: Files; container: Label; keeperDescriptor: Cell },
): Started {
  const { program } = plan
  const record = new Cell(START_RECORD_SIZE, [], 'start record')
  const container = descriptor('container')
  const failed = new Cell()
  const keeperFailed = new Label('keeper failed')
  const running = new Label('running')

  plan.step('startKeeper')
  program.failure = keeperFailed
  plan.call('setsid', [])
  plan.call('chdir', ['/'])
  for (const file of at.context.keeperGroups) plan.writeFile(file, '0')
  joinPidNamespace(plan, spec, at.context)
  plan.step('startContainer')
  const inUse = isOwn(spec, 'pid') ? undefined : memoryInUse()
  const wait = inUse === undefined ? linux.CLONE_VFORK : linux.CLONE_CHILD_CLEARTID
  const containerFlags = linux.CLONE_VM | linux.CLONE_PIDFD | linux.CLONE_PARENT_SETTID | wait
  const how = {
    flags: containerFlags + linux.CLONE_CLEAR_SIGHAND + cloneNamespaces(spec, at.context),
    pidfd: container,
    parentTid: record,
    childTid: inUse ?? 0,
    exitSignal: linux.SIGCHLD,
  }
  plan.call('clone3', [cloneArguments(how), 88], { onZero: at.container })
  if (inUse !== undefined) waitForMemory(plan, { inUse, process: container })
  program.whenEqual(failed, zero, running)
  reapAndLeave(plan, container)

  program.label(running)
  plan.step('becomeKeeper')
  const terminal = at.files.terminal === undefined ? undefined : descriptor('terminal')
  if (at.files.terminal !== undefined && terminal !== undefined) receiveDescriptor(plan, at.files.terminal, terminal)
  plan.call('clock_gettime', [flags('CLOCK_REALTIME'), record.at(16)])
  program.call('getpid', [], { result: record.at(8) })
  plan.call('write', [at.files.status.value, record, START_RECORD_SIZE])
  plan.call('unshare', [flags('CLONE_FILES')])
  keepDescriptors(plan, { files: at.files, container: program.load(container), terminal })
  plan.call('execveat', [at.context.keeperProgram, '', KEEPER_ARGUMENTS, new Cell(8), flags('AT_EMPTY_PATH')])
  program.label(keeperFailed)
  program.failure = undefined
  program.call('pidfd_send_signal', [program.load(container).value, 9, 0, 0])
  reapAndLeave(plan, container)
  return { record, container, keeper: at.keeperDescriptor, terminal, failed }
}

const KEEPER_NAME = 'pocker-keeper'
const KEEPER_ARGUMENTS = new Cell(16, [{ offset: 0, to: KEEPER_NAME }])

/** Entering a pid namespace concerns only the children of the process that enters, so the keeper does it for the container. */
function joinPidNamespace(plan: Plan, spec: Spec, context: LaunchContext): void {
  const id = sharedWith(spec, 'pid')
  const pidfd = id === undefined ? undefined : context.shared.get(id)
  if (pidfd !== undefined) plan.call('setns', [pidfd, flags('CLONE_NEWPID')])
}

function reapAndLeave(plan: Plan, container: Cell): void {
  plan.program.call('waitid', [flags('P_PIDFD'), plan.program.load(container).value, 0, flags('WEXITED', '__WALL'), 0], {
    onError: 'continue',
  })
  plan.program.call('exit_group', [1], { onError: 'continue' })
}

/** First above all numbers that the keeper uses, then down to their places, so that none is overwritten before it was copied. */
function keepDescriptors(plan: Plan, at: { files: Files; container: Cell; terminal: Cell | undefined }): void {
  const { files } = at
  const places: [number, Cell][] = [
    [0, files.null],
    [1, files.null],
    [2, files.null],
    [KEEPER.status, files.status],
    [KEEPER.container, at.container],
    [KEEPER.log, files.log],
    [KEEPER.output, at.terminal ?? files.output?.read ?? files.null],
    [KEEPER.errors, files.errors?.read ?? files.null],
    [KEEPER.input, files.input?.write ?? files.null],
    [KEEPER.exitWrite, files.exit.write],
    [KEEPER.exitRead, files.exit.read],
    [KEEPER.signal, files.signal],
  ]
  const copies = places.map(([place, from]) => ({
    place,
    copy: plan.call('fcntl', [from.value, flags('F_DUPFD_CLOEXEC'), FIRST_FREE], { result: descriptor('copy') }),
  }))
  for (const { place, copy } of copies) plan.call('dup3', [copy.value, place, 0])
  plan.call('close_range', [KEEPER.count, 0xffffffff, flags('CLOSE_RANGE_CLOEXEC')])
}
