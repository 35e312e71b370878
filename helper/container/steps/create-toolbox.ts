import { constants } from 'node:os'
import { flags, linux } from '../../linux/constants.ts'
import { overlayOptions } from '../../linux/overlay-options.ts'
import { Cell, int32, Label } from '../../linux/program.ts'
import { cloneArguments } from '../launch/clone.ts'
import { descriptor, type Plan } from '../launch/plan.ts'
import type { Mount } from '../oci.ts'
import { changeRoot } from './change-root.ts'
import { type IsFolder, moveBind } from './mount-volumes.ts'
import { receiveDescriptor, sendDescriptor } from './open-terminal.ts'
import { openSockets, type Pipe } from './prepare.ts'

/** What an exec sees instead of its container's root: programs of elsewhere, and the container's files in a folder of their own. */
export interface Toolbox {
  /** Any empty folder of the host's. */
  readonly mountPoint: string
  /** Host folders that make up its `/`, the uppermost first. What is written there is gone with the exec. */
  readonly layers: readonly string[]
  /** Read-only binds of host folders and files. */
  readonly mounts: readonly Mount[]
  readonly isFolder: IsFolder
}

/** Where the container's root is seen. */
export const CONTAINER_FOLDER = '/container'

/** The container's own of these are seen at their places: its processes, its terminals, its cgroups, masked as they are there. */
const SHARED_FOLDERS = ['proc', 'sys', 'dev'] as const

/** As much as an exec can write there; it counts as the container's memory. */
const TMPFS_OPTIONS = 'mode=755,size=512m'

const zero = int32(0)
const one = int32(1)
const killed = new Cell(new Uint8Array(new Int32Array([-constants.errno.ESRCH, 0]).buffer), [], 'toolbox builder was killed')

/** What `startToolbox` leaves to be done and to be known. */
export interface StartedToolbox {
  /** A descriptor of the mount namespace, in the helper; negative when it has not been made. */
  readonly namespace: Cell
  /** A descriptor of its root, in the helper. Where entering the namespace lands need not be it: the helper may live in a chroot. */
  readonly root: Cell
  /** To be closed, whatever became of it. */
  readonly sockets: Pipe
  /** Adds the builder's own part of the program; call it when the helper's part is done. */
  readonly addBuilder: () => void
}

/**
 * Has a process of its own make the mount namespace, and waits for it. It is not in the container's pid namespace: nothing in the
 * container can see it, trace it or stop it while it still has the host's root, not even with CAP_SYS_PTRACE.
 */
export function startToolbox(plan: Plan, toolbox: Toolbox, at: { container: number; finish: Label }): StartedToolbox {
  const { program } = plan
  const [builder, unfinished] = [new Label('toolbox builder'), new Label('no toolbox')]
  const [namespace, root] = [descriptor('toolbox namespace'), descriptor('toolbox root')]
  const [process, finished] = [descriptor('toolbox builder'), new Cell(8)]
  plan.step('startToolbox')
  const sockets = openSockets(plan, 'toolbox root')
  const how = linux.CLONE_VM | linux.CLONE_VFORK | linux.CLONE_FILES | linux.CLONE_PIDFD | linux.CLONE_NEWNS
  const cloned = cloneArguments({ flags: how + linux.CLONE_CLEAR_SIGHAND, pidfd: process, exitSignal: 0 })
  plan.call('clone3', [cloned, 88], { onZero: builder })
  const pidfd = program.load(process)
  plan.call('waitid', [flags('P_PIDFD'), pidfd.value, 0, flags('WEXITED', '__WALL'), 0])
  plan.call('close', [pidfd.value])
  program.whenEqual(finished, zero, unfinished)
  receiveDescriptor(plan, sockets, root)
  plan.close(sockets.read)
  const addBuilder = () => {
    program.label(builder)
    const failed = new Label('toolbox failed')
    program.failure = failed
    buildToolbox(plan, toolbox, { container: at.container, namespace, socket: sockets.write })
    program.copy(one, finished)
    program.label(failed)
    program.failure = undefined
    program.call('exit_group', [0])
    program.label(unfinished)
    // Behind the builder's calls, so that one of these is found first as what failed.
    program.place(program.prepare('subtract', [killed, zero], { onError: at.finish, fails: true }))
  }
  return { namespace, root, sockets, addBuilder }
}

/** What a process does to have the toolbox's mounts for its own. */
export function enterToolbox(plan: Plan, toolbox: StartedToolbox): void {
  plan.call('setns', [toolbox.namespace.value, flags('CLONE_NEWNS')])
  plan.enter(plan.program.load(toolbox.root))
  plan.call('chroot', ['.'])
}

function buildToolbox(plan: Plan, toolbox: Toolbox, at: { container: number; namespace: Cell; socket: Cell }): void {
  plan.step('createToolbox')
  plan.call('openat', [linux.AT_FDCWD, '/proc/self/ns/mnt', flags('O_CLOEXEC'), 0], { result: at.namespace })
  // All that is opened from here on goes with this process.
  plan.call('unshare', [flags('CLONE_FILES')])
  plan.call('umask', [0])
  const sources = toolbox.mounts.map((mount) => ({
    mount,
    source: plan.cloneMount(linux.AT_FDCWD, mount.source, { recursive: mount.options.includes('rbind') }),
  }))
  plan.call('mount', ['', '/', '', flags('MS_REC', 'MS_SLAVE'), 0])
  const { whole, parts } = cloneContainer(plan, at)
  const root = createRoot(plan, toolbox)
  for (const { mount, source } of sources) moveBind(plan, root, { mount, source, folder: toolbox.isFolder(mount) })
  placePrivately(plan, whole, plan.makeFolder(root, CONTAINER_FOLDER))
  for (const [name, part] of parts) placePrivately(plan, part, plan.openBeneath(root, name, FOLDER, { ordinary: true }))
  changeRoot(plan, { readonly: false }, root)
  sendDescriptor(plan, root, at.socket)
}

const FOLDER = flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC')

/**
 * Copies of the container's mounts, by way of its mount namespace, since mounts can be copied only from inside their own. No path of
 * the container's is followed: its root is where setns lands, and the rest must be ordinary folders right below.
 */
function cloneContainer(plan: Plan, at: { container: number; namespace: Cell }): { whole: Cell; parts: [string, Cell][] } {
  const home = plan.open('/', FOLDER, 'root')
  plan.call('setns', [at.container, flags('CLONE_NEWNS')])
  const root = plan.open('/', FOLDER, 'container root')
  const whole = plan.cloneMount(root, '', { recursive: true })
  const parts = SHARED_FOLDERS.map((name): [string, Cell] => {
    const folder = plan.openBeneath(root, name, FOLDER, { ordinary: true })
    return [name, plan.cloneMount(folder, '', { recursive: true })]
  })
  plan.call('setns', [at.namespace.value, flags('CLONE_NEWNS')])
  // Coming home lands at the root of the namespace, which need not be the helper's.
  plan.enter(home)
  plan.call('chroot', ['.'])
  return { whole, parts }
}

/** The folders lie in the overlay's own tmpfs, named from inside it: only this mount namespace has it. */
function createRoot(plan: Plan, { mountPoint, layers }: Toolbox): Cell {
  const how = flags('MS_NOSUID', 'MS_NODEV')
  plan.call('mount', ['tmpfs', mountPoint, 'tmpfs', how, TMPFS_OPTIONS])
  plan.call('chdir', [mountPoint])
  for (const name of ['upper', 'work']) plan.call('mkdirat', [linux.AT_FDCWD, name, 0o755])
  plan.call('mount', ['overlay', mountPoint, 'overlay', how, overlayOptions({ layers, upper: 'upper', work: 'work' }).data])
  return plan.open(mountPoint, FOLDER, 'toolbox root')
}

/** What the exec may mount below it must not be seen in the container. */
function placePrivately(plan: Plan, mount: Cell, target: Cell): void {
  plan.setMount(mount, { set: flags(), propagation: linux.MS_PRIVATE, recursive: true })
  plan.moveMount(mount, target)
}
