/** User namespaces that nothing runs in: the kernel takes one as the description of how a mount shows owners. */
import { flags, linux } from '../../linux/constants.ts'
import { Cell, Label } from '../../linux/program.ts'
import { cloneArguments } from './clone.ts'
import { launch } from './launch.ts'
import { descriptor, Plan } from './plan.ts'

/** Two IDs that take each other's place; the same one twice changes nothing. */
export type Swap = readonly [one: number, other: number]

/** 2^32 - 1 is no ID. */
const IDS = 2 ** 32 - 1

/** The lines of `uid_map` that swap two IDs and leave all others. */
export function swapLines([one, other]: Swap): string {
  const [low, high] = one < other ? [one, other] : [other, one]
  const lines =
    low === high
      ? [[0, 0, IDS]]
      : [
          [0, 0, low],
          [low, high, 1],
          [low + 1, low + 1, high - low - 1],
          [high, low, 1],
          [high + 1, high + 1, IDS - high - 1],
        ]
  return lines.flatMap(([inside, outside, count]) => (count === 0 ? [] : [`${inside} ${outside} ${count}\n`])).join('')
}

/**
 * A descriptor of a new one; the caller closes it. A child makes it and ends: its maps are written while it has not been waited for, and then
 * the descriptor alone keeps the namespace. Errors: LaunchError.
 */
export function makeUserNamespace(ids: { readonly uid: Swap; readonly gid: Swap }): number {
  const plan = new Plan()
  const { program } = plan
  const [child, gaveUp, reap, finish] = [new Label('child'), new Label('gave up'), new Label('reap'), new Label('finish')]
  const oldMask = new Cell(8)
  const [pidfd, folder, namespace] = [descriptor('process'), descriptor('/proc/self'), descriptor('user namespace')]
  plan.step('makeUserNamespace')
  // A signal's handler would run in the child, on memory that is not its own.
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), new Cell(new Uint8Array(8).fill(0xff)), oldMask, 8])
  const how = linux.CLONE_VM | linux.CLONE_VFORK | linux.CLONE_FILES | linux.CLONE_PIDFD | linux.CLONE_NEWUSER
  const cloned = cloneArguments({ flags: how + linux.CLONE_CLEAR_SIGHAND, pidfd, exitSignal: 0 })
  program.call('clone3', [cloned, 88], { onZero: child, onError: finish, fails: true })
  program.failure = reap
  writeMap(plan, { folder, name: 'gid_map', lines: swapLines(ids.gid) })
  writeMap(plan, { folder, name: 'uid_map', lines: swapLines(ids.uid) })
  program.failure = undefined
  program.label(reap)
  // The kernel has written it, half a word of it.
  const ended = program.load(pidfd)
  program.call('waitid', [linux.P_PIDFD, ended.value, 0, linux.WEXITED | linux.__WALL, 0], { onError: 'continue' })
  for (const each of [ended, folder]) program.call('close', [each.value], { onError: 'continue' })
  program.label(finish)
  program.call('rt_sigprocmask', [flags('SIG_SETMASK'), oldMask, 0, 8])
  program.end()
  program.label(child)
  program.failure = gaveUp
  plan.call('openat', [linux.AT_FDCWD, '/proc/self', flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), 0], { result: folder })
  plan.call('openat', [linux.AT_FDCWD, '/proc/self/ns/user', flags('O_CLOEXEC'), 0], { result: namespace })
  program.label(gaveUp)
  program.failure = undefined
  program.call('exit_group', [0])
  return launch(plan, ({ failure, read }) => {
    if (failure !== undefined) throw failure
    return read(namespace)
  })
}

/** By this process: the kernel wants whoever opens the file to have the rights over the IDs outside. */
function writeMap(plan: Plan, { folder, name, lines }: { folder: Cell; name: string; lines: string }): void {
  const file = plan.call('openat', [folder.value, name, flags('O_WRONLY', 'O_CLOEXEC'), 0], { result: descriptor(name) })
  plan.call('write', [file.value, lines, Buffer.byteLength(lines)])
  plan.call('close', [file.value])
}
