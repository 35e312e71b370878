/**
 * Goes from folder to folder of the tree that is unpacked to: the current folder of this thread becomes the one that the next entry lies in,
 * so that everything after it is about a single name. Paths are clean (`entry-path.ts`).
 */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { badEntry, tooMuch } from '../tar/bad-archive.ts'
import { showPath } from '../tar/entry.ts'
import { baseOf, MAX_PATH, parentOf } from './entry-path.ts'
import { failure } from './failure.ts'
import { mkdir, pathArgument } from './file-calls.ts'

const { EAGAIN, EEXIST, ELOOP, ENOENT, ENOTDIR, ERANGE, ENAMETOOLONG } = constants.errno
const OPEN_HOW_SIZE = 24

/**
 * How far links on the way lead. `tree`: the tree is the whole world to them, as a layer's folder is. `process`: to whatever the process
 * sees, as in a container's files.
 */
export type LinkReach = 'tree' | 'process'

export interface FolderCursorOptions {
  /** A descriptor of the folder that is unpacked to. */
  readonly root: number
  readonly reach: LinkReach
  /** Called before a folder is made that no entry asks for. */
  readonly onMake: () => void
}

export class FolderCursor {
  private readonly root: number
  private readonly reach: LinkReach
  private readonly onMake: () => void
  private asked: string | undefined
  /** The path of the current folder without links; from the process's root when a link was followed there. */
  private real = ''

  constructor({ root, reach, onMake }: FolderCursorOptions) {
    this.root = root
    this.reach = reach
    this.onMake = onMake
  }

  /**
   * Makes the folder that `path` lies in the current one, and folders on the way that are missing. Returns the path's last part.
   * Errors: `bad-archive` when something else is in the way, `archive-path-too-long`, those of `failure`.
   */
  enterParent(path: string): string {
    this.enter(parentOf(path))
    return baseOf(path)
  }

  /** As `enterParent`, of `path` itself. */
  enter(path: string): void {
    if (path === this.asked) return
    const folder = this.open(path)
    const result = tryCall('fchdir', [folder.descriptor])
    closeSync(folder.descriptor)
    if (result < 0) throw failure('fchdir', path, -result)
    this.asked = path
    this.real = folder.linked ? realPath(path) : path
  }

  /** Whether `path` is no folder and can have none, since a file or a mark is in the way. */
  isBlocked(path: string): boolean {
    const { descriptor } = this.find(path)
    if (descriptor >= 0) closeSync(descriptor)
    return descriptor === -ENOTDIR
  }

  /** `base` in the current folder, as a path without links from the tree's root (with `tree`). */
  pathOf(base: string): string {
    const path = this.real === '' ? base : `${this.real}/${base}`
    if (path.length > MAX_PATH) throw tooMuch('archive-path-too-long', `the path "${showPath(path)}" has more than ${MAX_PATH} bytes`)
    return path
  }

  /**
   * A descriptor (O_PATH) of the folder `path`, or the negative errno. Links as parts of it lead no further than they may: honest layers
   * have files in `lib/` behind a link `lib -> usr/lib`.
   */
  find(path: string): { readonly descriptor: number; readonly linked: boolean } {
    const strict = openFolder(this.root, path, linux.RESOLVE_BENEATH | linux.RESOLVE_NO_SYMLINKS | linux.RESOLVE_NO_MAGICLINKS)
    if (strict !== -ELOOP) return { descriptor: strict, linked: false }
    const reach = this.reach === 'tree' ? linux.RESOLVE_IN_ROOT : 0
    return { descriptor: openFolder(this.root, path, reach | linux.RESOLVE_NO_MAGICLINKS), linked: true }
  }

  private open(path: string): { readonly descriptor: number; readonly linked: boolean } {
    const found = this.find(path)
    if (found.descriptor >= 0) return found
    if (found.descriptor !== -ENOENT || path === '') throw failure('openat2', path, -found.descriptor)
    const base = this.enterParent(path)
    this.onMake()
    const made = mkdir(base, 0o755)
    if (made === -EEXIST) throw badEntry(path, 'is a link that leads nowhere, and something is to lie in it')
    if (made < 0) throw failure('mkdirat', path, -made)
    this.pathOf(base)
    const again = this.find(path)
    if (again.descriptor < 0) throw failure('openat2', path, -again.descriptor)
    return again
  }
}

function openFolder(root: number, path: string, resolve: number): number {
  const how = Buffer.alloc(OPEN_HOW_SIZE)
  how.writeBigUInt64LE(BigInt(linux.O_PATH | linux.O_DIRECTORY | linux.O_CLOEXEC), 0)
  how.writeBigUInt64LE(BigInt(resolve), 16)
  // EAGAIN: something was renamed or mounted somewhere while a `..` of a link was looked at.
  for (let tries = 0; ; tries++) {
    const result = tryCall('openat2', [root, pathArgument(path), how, OPEN_HOW_SIZE])
    if (result !== -EAGAIN || tries === 1000) return result
  }
}

/** Links can make a path longer than any that the archive names: nobody could remove it again. */
function realPath(path: string): string {
  const target = Buffer.alloc(MAX_PATH + 1)
  const length = tryCall('getcwd', [target, target.length])
  if (length === -ERANGE || length === -ENAMETOOLONG) {
    throw tooMuch('archive-path-too-long', `the path "${showPath(path)}" leads to one with more than ${MAX_PATH} bytes`)
  }
  if (length < 0) throw failure('getcwd', path, -length)
  // With its NUL, and a slash in front.
  return target.toString('latin1', 1, length - 1)
}
