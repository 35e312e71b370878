/**
 * Leaves the host for the files of one container, for good: afterwards no path, and no `..`, leads to anything else. Called in the
 * archive process before anything of the container's is touched, so that a path swapped meanwhile (CVE-2018-15664) leads nowhere worse
 * than elsewhere in the same container.
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { constants as os } from 'node:os'
import { join } from 'node:path'
import { PockerError } from '../api/errors.ts'
import { openBeneath, openFolder } from '../linux/beneath.ts'
import { call, tryCall } from '../linux/call.ts'
import { linux } from '../linux/constants.ts'
import { SyscallError } from '../linux/errno.ts'
import type { RootView, ViewMount } from './archive.ts'
import { cloneFolder, enterMount, isolate } from './confine.ts'
import { makeTarget } from './enter-root-target.ts'

/**
 * `write`: changes go to the container. `read`: all is read-only. `look`: each mount is as with `write`, so that it says of itself what could
 * be written, but the container's own folder stays as it is and may be in use: what would change there is thrown away.
 */
export type Access = 'read' | 'look' | 'write'

/**
 * The view becomes `/` and the current folder of this thread, in a mount namespace of its own. Devices cannot be opened there, whoever
 * made them: their nodes can still be looked at, made and removed.
 * Preconditions: root, the main thread, nothing mounted by this process before. Other threads stay behind on the host: from here on only
 * synchronous file calls of this thread may be made.
 * `joined` is called in a running container's own mount namespace, before that is copied.
 * Errors: PockerError Conflict `container-not-running`, Conflict `mount-source-missing`; SyscallError.
 */
export function enterRoot(view: RootView, access: Access, joined: () => void = () => undefined): void {
  if ('process' in view) enterProcess(view.process, access, joined)
  else if ('folder' in view) enterFolder(view.folder, access)
  else enterLayers(view, access)
}

/**
 * As `enterRoot` for the root of a running container, without what is mounted in it.
 * Errors: PockerError Conflict `container-not-running`; SyscallError.
 */
export function enterRootMount(process: number): void {
  enterProcess(process, 'read', () => undefined)
  // A copy of the one mount. It is attached nowhere and lives as long as its descriptor, which nobody closes.
  const root = call('open_tree', [linux.AT_FDCWD, '/', linux.OPEN_TREE_CLONE | linux.O_CLOEXEC], 'root')
  call('fchdir', [root], 'root')
  call('chroot', ['.'], 'root')
}

/**
 * As `enterRoot`, for one folder of the host as it is: what is mounted below it is not seen.
 * Errors: SyscallError.
 */
export function enterFolder(folder: string, access: Access): void {
  const descriptor = openSync(folder, linux.O_PATH | constants.O_DIRECTORY)
  const mount = cloneFolder(descriptor)
  if (access === 'read') setMounts(mount, '', linux.AT_EMPTY_PATH, { set: linux.MOUNT_ATTR_RDONLY })
  isolate()
  enterMount(mount)
  for (const each of [descriptor, mount]) closeSync(each)
}

function enterProcess(process: number, access: Access, joined: () => void): void {
  const host = fileSystemOf('/')
  // Node's threads share their root and current folder; only a thread with its own may change its mount namespace.
  call('unshare', [linux.CLONE_FS], 'root folder')
  const result = tryCall('setns', [process, linux.CLONE_NEWNS])
  if (result === -os.errno.ESRCH) {
    throw new PockerError('Conflict', 'look into container: it has just ended', { code: 'container-not-running' })
  }
  if (result < 0) throw new SyscallError('setns', 'mount namespace', -result)
  closeSync(process)
  // setns has made the namespace's root this thread's root. Were it the host's, everything after this would happen to the host.
  if (fileSystemOf('/') === host) throw new Error("look into container: its root is the host's own")
  joined()
  // A copy: the container can neither mount nor unmount anything here while the job runs, and does not see what is set on these mounts.
  isolate()
  setMounts(linux.AT_FDCWD, '/', linux.AT_RECURSIVE, { set: attributesFor(access), propagation: linux.MS_PRIVATE })
  call('chdir', ['/'], 'root')
}

function fileSystemOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true })
  return `${dev}:${ino}`
}

type LayersView = Extract<RootView, { layers: readonly string[] }>

function enterLayers(view: LayersView, access: Access): void {
  isolate()
  const { folders, options } = overlayOf(view, access)
  // Everything is referred to by descriptor: 128 layers' paths would not fit into the one page that mount(2) takes.
  const open = folders.map((folder) => openSync(folder, linux.O_PATH | constants.O_DIRECTORY))
  const sources = (view.mounts ?? []).map((mount) => ({ mount, tree: copySource(mount) }))
  const scratch = mountScratch()
  const upper = (name: string) => `/proc/self/fd/${scratch}/${name}`
  call('mount', ['overlay', upper('root'), 'overlay', linux.MS_NODEV | linux.MS_NOSUID | linux.MS_NOEXEC, options(open, upper)], 'overlay')
  const root = openSync(upper('root'), linux.O_PATH | constants.O_DIRECTORY)
  for (const { mount, tree } of sources) mountInside(root, { mount, tree, access })
  if (access === 'read') setMounts(root, '', linux.AT_EMPTY_PATH | linux.AT_RECURSIVE, { set: linux.MOUNT_ATTR_RDONLY })
  else if (view.readOnlyRoot === true) setMounts(root, '', linux.AT_EMPTY_PATH, { set: linux.MOUNT_ATTR_RDONLY })
  leaveHost(root)
  for (const descriptor of [...open, scratch, root]) closeSync(descriptor)
}

interface Overlay {
  /** To be opened, in this order. */
  readonly folders: readonly string[]
  readonly options: (folders: readonly number[], scratch: (name: string) => string) => string
}

/**
 * For reading, the container's own folder is but the uppermost of the layers, below a scratch folder in memory that takes the mount
 * points: the real one stays as it is, and can be in use.
 */
function overlayOf({ layers, upper, work }: LayersView, access: Access): Overlay {
  const at = (descriptor: number | undefined) => `/proc/self/fd/${descriptor}`
  if (access !== 'write') {
    const folders = upper === undefined ? layers : [upper, ...layers]
    return {
      folders,
      // With an index the kernel would refuse a folder that another overlay writes to.
      options: (open, scratch) => `lowerdir=${open.map(at).join(':')},upperdir=${scratch('upper')},workdir=${scratch('work')},index=off`,
    }
  }
  if (upper === undefined || work === undefined) throw new RangeError('there is no folder to write to')
  // A volatile overlay, as the container's may have been, refuses to be mounted a second time until the mark of the first is gone.
  rmSync(join(work, 'work', 'incompat'), { recursive: true, force: true })
  return {
    folders: [upper, work, ...layers],
    options: ([top, side, ...rest], scratch) => {
      const lower = rest.length === 0 ? scratch('empty') : rest.map(at).join(':')
      return `lowerdir=${lower},upperdir=${at(top)},workdir=${at(side)}`
    },
  }
}

// A folder that every Linux host has and that nothing needs once the sources are open. By a name and not by a descriptor of its own: what is mounted on a
// `/proc/self/fd` entry is not what opening that entry again gives.
const SCRATCH = '/sys'

/** A little memory for mount points, seen by this process alone. */
function mountScratch(): number {
  call('mount', ['tmpfs', SCRATCH, 'tmpfs', linux.MS_NODEV | linux.MS_NOSUID | linux.MS_NOEXEC, 'mode=700,size=16m'], 'tmpfs')
  const scratch = openSync(SCRATCH, linux.O_PATH | constants.O_DIRECTORY)
  for (const name of ['upper', 'work', 'root', 'empty']) mkdirSync(`/proc/self/fd/${scratch}/${name}`, 0o755)
  return scratch
}

/** What is mounted from the host, as mounts of its own. Errors: Conflict `mount-source-missing`. */
function copySource(mount: ViewMount): number {
  const how = linux.OPEN_TREE_CLONE | linux.AT_RECURSIVE | linux.O_CLOEXEC
  const tree =
    mount.subpath === undefined ? tryCall('open_tree', [linux.AT_FDCWD, mount.source, how]) : copyBelow(mount.source, mount.subpath, how)
  if (tree === -os.errno.ENOENT) {
    const path = mount.subpath === undefined ? mount.source : `${mount.source}/${mount.subpath}`
    throw new PockerError('Conflict', `look into container: '${path}', which is mounted at '${mount.destination}', is missing`, {
      code: 'mount-source-missing',
    })
  }
  if (tree < 0) throw new SyscallError('open_tree', mount.source, -tree)
  return tree
}

function copyBelow(folder: string, path: string, how: number): number {
  const root = openFolder(folder)
  const found = openBeneath(root, path, linux.O_PATH)
  closeSync(root)
  if (found === undefined) return -os.errno.ENOENT
  const tree = tryCall('open_tree', [found, '', how | linux.AT_EMPTY_PATH])
  closeSync(found)
  return tree
}

interface MountInside {
  readonly mount: ViewMount
  readonly tree: number
  readonly access: Access
}

function mountInside(root: number, { mount, tree, access }: MountInside): void {
  const set = attributesFor(mount.readOnly ? 'read' : access)
  setMounts(tree, '', linux.AT_EMPTY_PATH | linux.AT_RECURSIVE, { set, propagation: linux.MS_PRIVATE })
  const target = makeTarget(root, mount.destination, fstatSync(tree).isDirectory() ? 'folder' : 'file')
  const how = linux.MOVE_MOUNT_F_EMPTY_PATH | linux.MOVE_MOUNT_T_EMPTY_PATH
  call('move_mount', [tree, '', target, '', how], mount.destination)
  closeSync(tree)
  closeSync(target)
}

/** Device nodes are never opened: an image can hold one of the host's disk, and opening a tape rewinds it. */
function attributesFor(access: Access): number {
  const always = linux.MOUNT_ATTR_NODEV | linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NOEXEC
  return access === 'read' ? always | linux.MOUNT_ATTR_RDONLY : always
}

const MOUNT_ATTR_SIZE = 32

function setMounts(at: number, path: string, how: number, { set, propagation }: { set?: number; propagation?: number }): void {
  const attributes = Buffer.alloc(MOUNT_ATTR_SIZE)
  attributes.writeBigUInt64LE(BigInt(set ?? 0), 0)
  attributes.writeBigUInt64LE(BigInt(propagation ?? 0), 16)
  call('mount_setattr', [at, path, how, attributes, MOUNT_ATTR_SIZE], path === '' ? 'mount' : path)
}

/** As at a container's start: the old root comes to lie on the new one and is taken away, so the namespace holds nothing else. */
function leaveHost(root: number): void {
  call('fchdir', [root], 'root')
  call('pivot_root', ['.', '.'], 'root')
  call('umount2', ['.', linux.MNT_DETACH], 'old root')
  call('chdir', ['/'], 'root')
}
