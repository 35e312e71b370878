/** Telling what changes in folders: also what the container itself does, and what others do in its volumes. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { posix } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import type { FileChange } from '../../api/files.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { bytesOf, nameOf } from '../names.ts'
import type { FileRequests } from '../requests.ts'
import { done } from './failure.ts'
import { addWatch, type Happening, IN, openInotify, readInotify, removeWatch } from './inotify.ts'
import { type Found, lookAtOpen, typeOf } from './look.ts'
import { namesIn } from './names-in.ts'
import { findThrough, look, openWith, type Place, tryOpen } from './place.ts'
import { MAX_DEPTH } from './remove.ts'
import { isOtherName } from './stage.ts'
import type { Work } from './work.ts'

const VERB = 'watch'
/** Folders of one watch, and of all of a process: a user of the machine may have 8,192 of them where memory is small. */
const MAX_FOLDERS = 4096
const MAX_ALL = 16_384
/** Folders between two steps. */
const STEP = 100

export interface Watch {
  /** Without what says nothing: what is told is below it. */
  readonly path: string
  readonly recursive: boolean
  /** The one name that is wanted of the folder that is watched, a byte string. */
  readonly only: string | undefined
  readonly tell: (changes: readonly FileChange[]) => void
  /** Paths of its folders by the numbers of inotify's watches. */
  readonly folders: Map<number, string>
}

export class Watcher {
  /** inotify's descriptor, once something is watched. */
  file: number | undefined
  private readonly watches = new Set<Watch>()

  end(watch: Watch): void {
    this.watches.delete(watch)
    for (const number of watch.folders.keys()) this.forget(watch, number)
  }

  /** Begins a watch of what lies at a path, through a link when it is one. Errors: those of `failure`, InvalidParameter `watch-too-large`. */
  *begin({ path, recursive }: FileRequests['watch'], tell: Watch['tell']): Work<Watch> {
    using place = findThrough(path, VERB)
    const found = look(place)
    const isFolder = typeOf(found) === 'folder'
    const only = isFolder || found.isMount ? undefined : place.name
    const clean = posix.resolve('/', path)
    const watch: Watch = { path: clean, recursive: recursive && isFolder, only, tell, folders: new Map() }
    let isWatching = false
    const opened = only === undefined ? done(tryOpen(place, linux.O_PATH), VERB, path) : undefined
    this.watches.add(watch)
    try {
      this.add(watch, opened ?? place.folder, clean)
      const inside = { ...place, folder: opened ?? place.folder, name: '.' }
      if (watch.recursive) yield* this.addBelow(watch, inside, { path: clean, depth: 0 })
      isWatching = true
      return watch
    } finally {
      if (opened !== undefined) closeSync(opened)
      if (!isWatching) this.end(watch)
    }
  }

  /** Tells what has happened since the last call. */
  tellAll(): void {
    if (this.file === undefined) return
    const happenings = readInotify(this.file)
    for (const watch of this.watches) {
      const changes = happenings.flatMap((happening) => this.changesOf(watch, happening))
      const told = withoutRepeats(changes)
      if (told.length > 0) watch.tell(told)
    }
  }

  private changesOf(watch: Watch, { watch: number, mask, name }: Happening): FileChange[] {
    if ((mask & IN.OVERFLOW) !== 0) return [{ kind: 'overflow', path: watch.path }]
    const folder = watch.folders.get(number)
    if (folder === undefined) return []
    if ((mask & IN.IGNORED) !== 0) watch.folders.delete(number)
    if (name === '') return changeOfItself(watch, folder, mask)
    if (watch.only !== undefined && name !== watch.only) return []
    const path = watch.only === undefined ? join(folder, nameOf(name)) : watch.path
    const kind = kindOf(mask)
    if (kind === undefined || isOtherName(name) || isUnnamed(path, name)) return []
    const more = watch.recursive && (mask & IN.IS_FOLDER) !== 0 ? this.changesOfFolder(watch, path, mask) : []
    return [{ kind, path }, ...more]
  }

  /** A folder that came brings what is in it, and one that went takes it along. */
  private changesOfFolder(watch: Watch, path: string, mask: number): FileChange[] {
    if ((mask & IN.MOVED_FROM) !== 0) {
      for (const [number, known] of watch.folders) if (known === path || known.startsWith(`${path}/`)) this.forget(watch, number)
    }
    if ((mask & (IN.CREATE | IN.MOVED_TO)) === 0) return []
    const flags = linux.O_PATH | linux.O_DIRECTORY | linux.O_NOFOLLOW
    const opened = openWith({ start: linux.AT_FDCWD, path: bytesOf(path), flags, resolve: linux.RESOLVE_NO_MAGICLINKS })
    if (opened < 0) return []
    const found: FileChange[] = []
    try {
      this.add(watch, opened, path)
      const place = { folder: opened, name: '.', path, verb: VERB, [Symbol.dispose]: () => undefined }
      const work = this.addBelow(watch, place, { path, depth: 0, seen: (each) => found.push({ kind: 'created', path: each }) })
      while (work.next().done !== true);
      return found
    } catch {
      // Too many folders, or gone again: whoever watches is to look for themselves.
      return [{ kind: 'overflow', path: watch.path }]
    } finally {
      closeSync(opened)
    }
  }

  /** Watches the folders in an open one, but for those that are the kernel's own. */
  private *addBelow(watch: Watch, place: Place, at: { path: string; depth: number; seen?: (path: string) => void }): Work<void> {
    if (at.depth > MAX_DEPTH) throw tooLarge(watch.path)
    const folder = done(tryOpen(place, linux.O_RDONLY | linux.O_DIRECTORY | linux.O_NOATIME), VERB, watch.path)
    try {
      for (const name of namesIn(folder, VERB, watch.path)) {
        const path = join(at.path, nameOf(name))
        at.seen?.(path)
        const inner = tryOpen({ ...place, folder, name }, linux.O_PATH | linux.O_DIRECTORY)
        if (inner < 0) continue
        try {
          const found = lookAtOpen(inner)
          if (typeof found === 'number' || isOfKernel(inner, found)) continue
          this.add(watch, inner, path)
          if (watch.folders.size % STEP === 0) yield
          yield* this.addBelow(watch, { ...place, folder: inner, name: '.' }, { ...at, path, depth: at.depth + 1 })
        } finally {
          closeSync(inner)
        }
      }
    } finally {
      closeSync(folder)
    }
  }

  private add(watch: Watch, opened: number, path: string): void {
    this.file ??= openInotify()
    const all = [...this.watches].reduce((sum, { folders }) => sum + folders.size, 0)
    if (watch.folders.size >= MAX_FOLDERS || all >= MAX_ALL) throw tooLarge(watch.path)
    const number = addWatch(this.file, opened)
    if (number === -constants.errno.ENOSPC) throw tooLarge(watch.path)
    watch.folders.set(done(number, VERB, watch.path), path)
  }

  private forget(watch: Watch, number: number): void {
    watch.folders.delete(number)
    // Several may watch the same folder, which inotify has but once.
    const isWanted = [...this.watches].some(({ folders }) => folders.has(number))
    if (!isWanted && this.file !== undefined) removeWatch(this.file, number)
  }
}

function tooLarge(path: string): PockerError {
  return new PockerError('InvalidParameter', `watch '${path}': there are more folders in it than can be watched`, {
    code: 'watch-too-large',
  })
}

function join(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function kindOf(mask: number): 'created' | 'changed' | 'deleted' | undefined {
  if ((mask & (IN.CREATE | IN.MOVED_TO)) !== 0) return 'created'
  if ((mask & (IN.DELETE | IN.MOVED_FROM)) !== 0) return 'deleted'
  return (mask & (IN.MODIFY | IN.ATTRIB | IN.CLOSE_WRITE)) !== 0 ? 'changed' : undefined
}

/** A file without a name, which the kernel calls by its inode's number: it is nothing that anybody could look at. */
function isUnnamed(path: string, name: string): boolean {
  if (!/^#\d+$/.test(name)) return false
  const opened = openWith({ start: linux.AT_FDCWD, path: bytesOf(path), flags: linux.O_PATH, resolve: linux.RESOLVE_NO_MAGICLINKS })
  if (opened >= 0) closeSync(opened)
  return opened < 0
}

/** Of a folder below the watched one its own folder has told already. */
function changeOfItself(watch: Watch, folder: string, mask: number): FileChange[] {
  if (folder !== watch.path) return []
  if ((mask & (IN.DELETE_SELF | IN.MOVE_SELF | IN.UNMOUNT)) !== 0) return [{ kind: 'deleted', path: watch.path }]
  const kind = watch.only === undefined ? kindOf(mask) : undefined
  return kind === undefined ? [] : [{ kind, path: watch.path }]
}

/** One file that is written to all the time has changed once. */
function withoutRepeats(changes: readonly FileChange[]): FileChange[] {
  const last = new Map<string, FileChange['kind']>()
  return changes.filter(({ kind, path }) => {
    const before = last.get(path)
    if (kind === before || (kind === 'changed' && before === 'created')) return false
    last.set(path, kind)
    return true
  })
}

// <linux/magic.h>: proc, sysfs, cgroup 1 and 2, devpts. Their folders are numberless and tell nothing.
const KERNEL_TYPES = new Set([0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1])
const statfs = Buffer.alloc(120)

function isOfKernel(folder: number, { isMount }: Found): boolean {
  return isMount && tryCall('fstatfs', [folder, statfs]) >= 0 && KERNEL_TYPES.has(statfs.readUInt32LE(0))
}
