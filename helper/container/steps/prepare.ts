import { flags } from '../../linux/constants.ts'
import { Cell } from '../../linux/program.ts'
import type { CgroupPlan } from '../cgroup/plan.ts'
import { descriptor, type Plan } from '../launch/plan.ts'
import { limitDevices } from './limit-devices.ts'

/** The two ends of a pipe or of a pair of sockets, in the helper. */
export interface Pipe {
  readonly read: Cell
  readonly write: Cell
}

/** Descriptors that the helper's thread opens before it clones; the keeper and the container take what they need. */
export interface Files {
  readonly log: Cell
  readonly status: Cell
  readonly null: Cell
  readonly signal: Cell
  readonly exit: Pipe
  readonly input?: Pipe
  readonly output?: Pipe
  readonly errors?: Pipe
  /** The terminal's master comes out of the container through these. */
  readonly terminal?: Pipe
  /** Where Pocker's init reports that the command cannot be executed. */
  readonly report?: Pipe
}

export interface FileOptions {
  readonly log: string
  readonly status: string
  readonly terminal: boolean
  readonly openStdin: boolean
  readonly init: boolean
}

/** Opens the log, the status record, and the container's streams: real pipes, since a socket cannot be opened again as /dev/stdout. */
export function openFiles(plan: Plan, options: FileOptions): Files {
  plan.step('openFiles')
  const log = openFile(plan, options.log, flags('O_WRONLY', 'O_CREAT', 'O_APPEND', 'O_CLOEXEC'))
  const status = openFile(plan, options.status, flags('O_RDWR', 'O_CREAT', 'O_TRUNC', 'O_APPEND', 'O_CLOEXEC'))
  const none = plan.open('/dev/null', flags('O_RDWR', 'O_CLOEXEC'))
  const mask = new Cell(new Uint8Array([0, 2, 0, 0, 0, 0, 0, 0])) // SIGUSR1 alone
  const signal = plan.call('signalfd4', [-1, mask, 8, flags('O_CLOEXEC')], { result: descriptor('signal') })
  return {
    log,
    status,
    null: none,
    signal,
    exit: openPipe(plan, 'exit'),
    ...(options.terminal
      ? { terminal: openSockets(plan, 'terminal') }
      : { output: openPipe(plan, 'stdout'), errors: openPipe(plan, 'stderr') }),
    ...(options.openStdin && !options.terminal ? { input: openPipe(plan, 'stdin') } : {}),
    ...(options.init ? { report: openPipe(plan, 'init report') } : {}),
  }
}

function openFile(plan: Plan, path: string, how: { value: number; text: string }): Cell {
  return plan.call('openat', [-100, path, how, 0o600], { result: descriptor(path) })
}

/** A pipe of the helper's, closed by exec. */
export function openPipe(plan: Plan, name: string): Pipe {
  const ends = new Cell(8)
  plan.call('pipe2', [ends, flags('O_CLOEXEC')])
  return loadEnds(plan, ends, name)
}

/** A pair of connected Unix sockets, closed by exec. */
export function openSockets(plan: Plan, name: string): Pipe {
  const ends = new Cell(8)
  plan.call('socketpair', [flags('AF_UNIX'), flags('SOCK_STREAM', 'SOCK_CLOEXEC'), 0, ends])
  return loadEnds(plan, ends, name)
}

function loadEnds(plan: Plan, ends: Cell, name: string): Pipe {
  const read = descriptor(`${name} read end`)
  const write = descriptor(`${name} write end`)
  plan.program.copy(ends.at(0), read)
  plan.program.copy(ends.at(4), write)
  return { read, write }
}

/** Makes the container's cgroups and sets their limits, before anything runs in them. */
export function createCgroups(plan: Plan, cgroup: CgroupPlan): void {
  plan.step('createCgroups')
  for (const folder of cgroup.folders) plan.attempt('mkdirat', [-100, folder, 0o755])
  for (const { file, value } of cgroup.writes) plan.writeFile(file, value)
  const [group] = cgroup.folders
  if (group !== undefined) limitDevices(plan, group, cgroup.deviceRules)
}
