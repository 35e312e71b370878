/** A plan: the launch program of one container or one exec, written in the verbs of the steps. A pure value until it is launched. */
import { flags, linux, type Named } from '../../linux/constants.ts'
import { type CallOptions, Cell, int32, Label, Program, struct, type Word } from '../../linux/program.ts'
import type { SyscallName } from '../../linux/syscalls.ts'

/** How a path inside the container's root is looked up: never out of the root, never through a magic link such as /proc/self/fd/7. */
const IN_ROOT = linux.RESOLVE_IN_ROOT | linux.RESOLVE_NO_MAGICLINKS

/** Whose thread or process walks through a step. */
export type Part = 'helper' | 'keeper' | 'container'

export interface Step {
  readonly name: string
  readonly part: Part
  /** The place of its first item in the program. */
  readonly from: number
  /** When it began, in a plan that is timed. */
  readonly clock: Cell | undefined
}

export class Plan {
  readonly program = new Program()
  /** In the order of the program, which is not quite that of time: what one starts stands behind what it does afterwards. */
  readonly steps: Step[] = []
  /** Who walks through the steps that are added next. */
  part: Part = 'helper'
  private readonly timed: boolean

  constructor(options: { timed?: boolean } = {}) {
    this.timed = options.timed ?? false
  }

  /** Starts a step; its calls are reported and timed under this name. */
  step(name: string): void {
    this.program.step = name
    const clock = this.timed ? new Cell(16) : undefined
    this.steps.push({ name, part: this.part, from: this.program.items.length, clock })
    if (clock !== undefined) this.attempt('clock_gettime', [flags('CLOCK_MONOTONIC'), clock])
  }

  call(name: SyscallName, args: readonly Word[], options?: CallOptions): Cell {
    const call = this.program.call(name, args, options)
    return call.result instanceof Cell ? call.result : new Cell()
  }

  /** A call whose error does not matter: what it wants may be there already or may be missing on this kernel. */
  attempt(name: SyscallName, args: readonly Word[]): void {
    this.program.call(name, args, { onError: 'continue' })
  }

  /** A descriptor of a host path, trusted. */
  open(path: string, how: Named, name = path): Cell {
    return this.call('openat', [linux.AT_FDCWD, path, how, 0], { result: descriptor(name) })
  }

  /**
   * A descriptor of `path` inside the folder `root`, found without ever leaving it (CVE-2024-45310 and its kind: a path from
   * an image is never joined to a host path). `ordinary` also refuses symlinks on the way: /proc, /sys and /dev must be real
   * folders (CVE-2019-19921, CVE-2023-27561).
   */
  openBeneath(
    root: Cell,
    path: string,
    how: Named,
    options: { ordinary?: boolean; onError?: Label | 'continue'; mode?: number; result?: Cell } = {},
  ): Cell {
    const resolve = options.ordinary === true ? IN_ROOT | linux.RESOLVE_NO_SYMLINKS : IN_ROOT
    const openHow = struct([how.value, options.mode ?? 0, resolve])
    const result = options.result ?? descriptor(path)
    return this.call('openat2', [root.value, relative(path), openHow, 24], {
      result,
      ...(options.onError === undefined ? {} : { onError: options.onError }),
    })
  }

  /** Makes the folder `path` and its parents inside `root` where they are missing, and gives a descriptor of it. */
  makeFolder(root: Cell, path: string): Cell {
    let parent = root
    let prefix = ''
    for (const part of relative(path).split('/')) {
      prefix = prefix === '' ? part : `${prefix}/${part}`
      if (part === '.') continue
      this.attempt('mkdirat', [parent.value, part, 0o755])
      // Looked up from the root again, since a link on the way may be absolute: RESOLVE_IN_ROOT keeps it inside.
      parent = this.openBeneath(root, prefix, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'))
    }
    return parent
  }

  /** Makes the empty file `path` inside `root` where it is missing, and gives a descriptor of it: the target of a file's bind mount. */
  makeFile(root: Cell, path: string): Cell {
    const slash = path.lastIndexOf('/')
    const parent = slash > 0 ? this.makeFolder(root, path.slice(0, slash)) : root
    const made = this.openBeneath(root, path, flags('O_CREAT', 'O_RDONLY', 'O_NONBLOCK', 'O_NOCTTY', 'O_CLOEXEC'), {
      mode: 0o644,
      onError: 'continue',
    })
    this.attempt('close', [made.value])
    const [dangling, found] = [new Label(`no ${path}`), new Label(`${path} is there`)]
    const file = this.openBeneath(root, path, flags('O_PATH', 'O_CLOEXEC'), { onError: dangling })
    this.program.jump(found)
    this.program.label(dangling)
    // A link into a folder that is not there, as the resolv.conf of many systems: replaced by a file, as Docker does.
    const name = path.slice(slash + 1)
    this.attempt('unlinkat', [parent.value, name, 0])
    this.attempt('mknodat', [parent.value, name, linux.S_IFREG | 0o644, 0])
    this.openBeneath(root, path, flags('O_PATH', 'O_CLOEXEC'), { result: file })
    this.program.label(found)
    return file
  }

  /** Closes a descriptor early and forgets its number, which may come to mean another file. */
  close(fd: Cell): void {
    this.call('close', [fd.value])
    this.program.copy(unset, fd)
  }

  enter(folder: Cell): void {
    this.call('fchdir', [folder.value])
  }

  /** Mounts a new filesystem over the folder that was entered last, so that no path is looked up a second time. */
  mountHere(type: string, source: string, how: Named, data = ''): void {
    this.call('mount', [source, '.', type, how, data === '' ? 0 : data])
  }

  /** Mounts below a folder that this plan made itself and entered, where names cannot be hostile. */
  mountAt(name: string, type: string, source: string, how: Named, data = ''): void {
    this.call('mount', [source, name, type, how, data === '' ? 0 : data])
  }

  /** Writes a small file of the kernel's. */
  writeFile(path: string, text: string): void {
    const file = this.open(path, flags('O_WRONLY', 'O_CLOEXEC'))
    const written = new Cell()
    this.program.call('write', [file.value, text, Buffer.byteLength(text)], {
      result: written,
      onError: 'continue',
      fails: this.program.failure !== undefined,
    })
    // Closed first, error or not: the helper and the keeper's process share their descriptors.
    this.call('close', [file.value])
    if (this.program.failure !== undefined) this.program.subtract(written, zero, new Cell(), this.program.failure)
  }

  /** A detached copy of the mount (tree) at `path` below `folder`, to be moved to its place later. */
  cloneMount(folder: Cell | number, path: string, options: { recursive: boolean; onError?: Label }): Cell {
    const how = options.recursive ? flags('OPEN_TREE_CLONE', 'O_CLOEXEC', 'AT_RECURSIVE') : flags('OPEN_TREE_CLONE', 'O_CLOEXEC')
    const empty = path === '' ? { value: how.value | linux.AT_EMPTY_PATH, text: `${how.text}|AT_EMPTY_PATH` } : how
    return this.call('open_tree', [typeof folder === 'number' ? folder : folder.value, path, empty], {
      result: descriptor(path),
      ...(options.onError === undefined ? {} : { onError: options.onError }),
    })
  }

  /** Changes a mount's attributes (MOUNT_ATTR_…) and propagation (MS_PRIVATE, …; 0 leaves it). */
  setMount(
    mount: Cell,
    attributes: { set: Named; clear?: number; propagation?: number; userNamespace?: number; recursive: boolean },
  ): void {
    const what = struct([attributes.set.value, attributes.clear ?? 0, attributes.propagation ?? 0, attributes.userNamespace ?? 0])
    const how = attributes.recursive ? flags('AT_EMPTY_PATH', 'AT_RECURSIVE') : flags('AT_EMPTY_PATH')
    this.call('mount_setattr', [mount.value, '', how, what, 32])
  }

  moveMount(mount: Cell, target: Cell, options: CallOptions = {}): void {
    this.call('move_mount', [mount.value, '', target.value, '', flags('MOVE_MOUNT_F_EMPTY_PATH', 'MOVE_MOUNT_T_EMPTY_PATH')], options)
  }
}

const zero = int32(0)

/** What a descriptor's cell holds before the call that makes it has run: neither a descriptor nor an errno. */
const UNSET = new Uint8Array(new BigInt64Array([-100_000n]).buffer)
const unset = new Cell(UNSET)

/** A cell for a descriptor, unset. */
export function descriptor(name: string): Cell {
  return new Cell(UNSET, [], name)
}

function relative(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? '.' : trimmed
}
