/** Copying files and trees with all that belongs to them. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import { deviceNumber, pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import type { FileRequests } from '../requests.ts'
import { ownerOf, setOwnerAndTimes, setOwnerOf, setTimesTo } from './attributes.ts'
import { copyContent } from './copy-content.ts'
import { done, failure } from './failure.ts'
import { type Found, lookAtOpen, typeOf } from './look.ts'
import { namesIn } from './names-in.ts'
import { openRegular } from './open-regular.ts'
import { find, look, lookForAny, openWith, type Place, readLink, refuseRoot, tryOpen } from './place.ts'
import { MAX_DEPTH, removeTree, tooDeep } from './remove.ts'
import { appearAs, openStage } from './stage.ts'
import type { Work } from './work.ts'

const { EEXIST, EISDIR, EXDEV } = constants.errno

export interface CopyOptions {
  readonly overwrite: boolean
  /** What is mounted in a folder: copied too, or an error. */
  readonly mounts: 'copied' | 'refused'
}

/** Copies what lies at `from`, itself when it is a link; `to` is the copy. Errors: those of `failure`, `folder-into-itself`, `too-deep`. */
export function* copy({ from, to, overwrite }: FileRequests['copy']): Work<void> {
  using source = find(from, 'copy')
  using target = find(to, 'copy to')
  refuseRoot(target)
  yield* copyTo(source, target, { overwrite, mounts: 'copied' })
}

/** As `copy`. Nothing of the copy is left after an error, or when it goes no further. */
export function* copyTo(source: Place, target: Place, options: CopyOptions): Work<void> {
  const found = look(source)
  if (typeOf(found) === 'folder' && isWithin(target.folder, found)) throw intoItself(source)
  makeRoom(target, { source, found, overwrite: options.overwrite })
  yield* copyEntry({ source, target, found, depth: 0, below: '' }, { options, firstNames: new Map(), top: target })
}

/** The refusal of a folder that is to go into one of its own. */
export function intoItself({ verb, path }: Place): PockerError {
  return new PockerError('InvalidParameter', `${verb} '${path}': a folder cannot go into itself`, { code: 'folder-into-itself' })
}

/** An empty folder gives way to a folder; a file is replaced at the end, by the copy when it is whole. */
function makeRoom(target: Place, { source, found, overwrite }: { source: Place; found: Found; overwrite: boolean }): void {
  const there = lookForAny(target)
  if (there === undefined) return
  if (!overwrite) throw failure(target.verb, target.path, EEXIST)
  if (typeOf(found) !== 'folder') {
    if (typeOf(there) === 'folder') throw failure(target.verb, target.path, EISDIR)
    return
  }
  if (there.inode === found.inode) throw intoItself(source)
  done(tryCall('unlinkat', [target.folder, pathArgument(target.name), linux.AT_REMOVEDIR]), target.verb, target.path)
}

/** Whether the open folder is `found` or lies in it. */
export function isWithin(folder: number, found: Found): boolean {
  let here = tryCall('openat', [folder, '.', linux.O_PATH | linux.O_DIRECTORY | linux.O_CLOEXEC, 0])
  let last = ''
  while (here >= 0) {
    const now = lookAtOpen(here)
    const inode = typeof now === 'number' ? last : now.inode
    const above = tryCall('openat', [here, '..', linux.O_PATH | linux.O_DIRECTORY | linux.O_CLOEXEC, 0])
    closeSync(here)
    here = above
    if (inode === found.inode || inode === last) {
      if (here >= 0) closeSync(here)
      return inode === found.inode
    }
    last = inode
  }
  return false
}

interface Tree {
  readonly options: CopyOptions
  /** Of files with several names: where the first one's copy lies below the top. */
  readonly firstNames: Map<string, string>
  readonly top: Place
}

interface Entry {
  readonly source: Place
  readonly target: Place
  readonly found: Found
  readonly depth: number
  /** The path of the target below the top, as a byte string. */
  readonly below: string
}

function* copyEntry(entry: Entry, tree: Tree): Work<void> {
  const type = typeOf(entry.found)
  if (type === 'folder') {
    yield* copyFolder(entry, tree)
    return
  }
  if (entry.found.names > 1 && entry.below !== '') {
    const first = tree.firstNames.get(entry.found.inode)
    if (first !== undefined && linkTo(tree, first, entry.target)) return
    tree.firstNames.set(entry.found.inode, entry.below)
  }
  if (type === 'file') yield* copyFile(entry, tree)
  else copyOther(entry, tree)
}

function* copyFile({ source, target, found }: Entry, tree: Tree): Work<void> {
  const file = openRegular(source, linux.O_RDONLY | linux.O_NOATIME | linux.O_NONBLOCK)
  try {
    const opened = lookAtOpen(file)
    const facts = typeof opened === 'number' ? found : opened
    using stage = openStage(target)
    yield* copyContent({ from: file, to: stage.file, size: facts.size, place: target })
    setOwnerOf(stage.file, ownerOf(facts), { place: target, from: file })
    setTimesTo(stage.file, facts)
    stage.appear({ replaces: tree.options.overwrite })
  } finally {
    closeSync(file)
  }
}

/** A second name for a copy; false when the first one is not there any more. */
function linkTo({ top }: Tree, first: string, target: Place): boolean {
  const folder = tryOpen(top, linux.O_PATH | linux.O_DIRECTORY)
  if (folder < 0) return false
  const resolve = linux.RESOLVE_BENEATH | linux.RESOLVE_NO_SYMLINKS | linux.RESOLVE_NO_MAGICLINKS
  const file = openWith({ start: folder, path: first, flags: linux.O_PATH | linux.O_NOFOLLOW, resolve })
  closeSync(folder)
  if (file < 0) return false
  // By the number of the descriptor, as everywhere here.
  const how = linux.AT_SYMLINK_FOLLOW
  const linked = tryCall('linkat', [linux.AT_FDCWD, String(file), target.folder, pathArgument(target.name), how])
  closeSync(file)
  return linked >= 0
}

function* copyFolder(entry: Entry, tree: Tree): Work<void> {
  const { source, target, depth } = entry
  if (depth > MAX_DEPTH) throw tooDeep(source.verb, source.path)
  const flags = linux.O_RDONLY | linux.O_DIRECTORY | linux.O_NOATIME
  const from = done(tryOpen(source, flags), source.verb, source.path)
  try {
    // Nobody else's before all is in it.
    done(tryCall('mkdirat', [target.folder, pathArgument(target.name), 0o700]), target.verb, target.path)
    yield* orNothing({ target, depth }, fillFolder({ from, entry, tree }))
  } finally {
    closeSync(from)
  }
}

/** After an error nothing of the whole copy is left. */
function* orNothing({ target, depth }: Pick<Entry, 'target' | 'depth'>, work: Work<void>): Work<void> {
  let isWhole = false
  try {
    yield* work
    isWhole = true
  } finally {
    if (!isWhole && depth === 0) yield* removeTree(target)
  }
}

function* fillFolder({ from, entry, tree }: { from: number; entry: Entry; tree: Tree }): Work<void> {
  const { source, target, found, depth, below } = entry
  const to = done(tryOpen(target, linux.O_RDONLY | linux.O_DIRECTORY), target.verb, target.path)
  try {
    for (const name of namesIn(from, source.verb, source.path)) {
      yield
      const inner = { ...source, folder: from, name }
      const innerFound = lookForAny(inner)
      if (innerFound === undefined) continue
      if (innerFound.isMount && tree.options.mounts === 'refused') throw failure(source.verb, source.path, EXDEV)
      const path = below === '' ? name : `${below}/${name}`
      yield* copyEntry({ source: inner, target: { ...target, folder: to, name }, found: innerFound, depth: depth + 1, below: path }, tree)
    }
    setOwnerOf(to, ownerOf(found), { place: target, from })
    setTimesTo(to, found)
  } finally {
    closeSync(to)
  }
}

/** Links, pipes, sockets and devices: none of them is opened. */
function copyOther({ source, target, found }: Entry, { options }: Tree): void {
  const { folder } = target
  const text = typeOf(found) === 'link' ? readLink(source) : undefined
  const device = deviceNumber(found.device.major, found.device.minor)
  appearAs(target, { replaces: options.overwrite }, (name) => {
    const made =
      text === undefined
        ? tryCall('mknodat', [folder, pathArgument(name), found.mode, device])
        : tryCall('symlinkat', [pathArgument(text), folder, pathArgument(name)])
    if (made < 0) return made
    try {
      setOwnerAndTimes({ ...target, name }, found)
      return made
    } catch (error) {
      tryCall('unlinkat', [folder, pathArgument(name), 0])
      throw error
    }
  })
}
