/** What a container has changed: its upper folder against the image's layers, by the rules of overlayfs. */
import type { Stats } from 'node:fs'
import { constants } from 'node:os'
import type { FilesystemChange } from '../../api/container.ts'
import { tryCall } from '../../linux/call.ts'
import { SyscallError } from '../../linux/errno.ts'
import { type Entry, lookAt, namesIn, walk } from './walk.ts'

const MODIFIED = 0
const ADDED = 1
const DELETED = 2

export interface Layers {
  readonly upper: string
  /** The image's folders, the uppermost first. */
  readonly layers: readonly string[]
}

/**
 * The container's changes as `docker diff` lists them, sorted by path: a folder counts as modified when anything in it has changed,
 * of a deleted folder only the folder itself is named, and of one that was deleted and made again what is missing in it.
 * Mounts are not looked into. Errors: those of opening the folders.
 */
export async function listChanges({ upper, layers }: Layers): Promise<FilesystemChange[]> {
  const changes: FilesystemChange[] = []
  const scaffold = new Set<string>()
  const lowers = new Map<string, Lower>([['', { folders: layers.map(toBytes), hidden: false }]])
  const add = (path: string, Kind: FilesystemChange['Kind']) => changes.push({ Path: toText(path), Kind })
  await walk(upper, (entry) => {
    const below = lowers.get(parentOf(entry.path)) ?? NOTHING
    const found = lookThrough(below.folders, nameOf(entry.path))
    if (isWhiteout(entry.stats)) {
      if (found !== undefined) add(entry.path, DELETED)
      return
    }
    if (found === undefined && isScaffold(entry)) {
      scaffold.add(parentOf(entry.path))
      return
    }
    add(entry.path, found === undefined ? ADDED : MODIFIED)
    if (!entry.stats.isDirectory() || found === undefined) return
    // Only the topmost folder of those made again carries the mark; what is in it hides the layers all the same.
    const hidden = below.hidden || isOpaque(entry.access)
    lowers.set(entry.path, { folders: found.folders, hidden })
    if (hidden) for (const name of missingNames(entry, found.folders)) add(`${entry.path}/${name}`, DELETED)
  })
  const kept = changes.filter(({ Path, Kind }) => {
    const onlyScaffold = Kind === MODIFIED && scaffold.has(toBytes(Path)) && !changes.some((other) => other.Path.startsWith(`${Path}/`))
    return !onlyScaffold
  })
  return kept.sort((one, other) => (one.Path < other.Path ? -1 : one.Path > other.Path ? 1 : 0))
}

/** Mount points that every container has, made where the image lacks them. Docker makes them in a layer of their own, so that nobody sees them. */
const MOUNT_POINTS = { folders: new Set(['/dev', '/proc', '/sys']), files: new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']) }

function isScaffold({ path, stats }: Entry): boolean {
  if (stats.isDirectory()) return MOUNT_POINTS.folders.has(path)
  return MOUNT_POINTS.files.has(path) && stats.isFile() && stats.size === 0
}

/** What the layers hold at a folder of the container. */
interface Lower {
  /** The layers' folders that merge there, the uppermost first. */
  readonly folders: readonly string[]
  /** Whether the container's folder replaces them instead of merging with them. */
  readonly hidden: boolean
}

const NOTHING: Lower = { folders: [], hidden: false }

/** What the layers show under a name in these folders: a folder merges with those below it, anything else hides them. */
function lookThrough(folders: readonly string[], name: string): { folders: string[] } | undefined {
  const merged: string[] = []
  for (const folder of folders) {
    const path = `${folder}/${name}`
    const stats = lookAt(path)
    if (stats === undefined) continue
    if (isWhiteout(stats)) break
    if (!stats.isDirectory()) return { folders: merged }
    merged.push(path)
    if (isOpaque(path)) break
  }
  return merged.length === 0 ? undefined : { folders: merged }
}

function missingNames({ access }: Entry, folders: readonly string[]): string[] {
  const names = new Set(folders.flatMap((folder) => [...namesIn(folder)]))
  return [...names].filter((name) => lookAt(`${access}/${name}`) === undefined && lookThrough(folders, name) !== undefined)
}

/** overlayfs notes a deleted name as a character device 0:0. */
function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0
}

/** overlayfs marks a folder that hides the ones below it; under `user.` when it was mounted in a user namespace. */
function isOpaque(path: string): boolean {
  return ['trusted.overlay.opaque', 'user.overlay.opaque'].some((name) => attribute(path, name) === 'y')
}

function attribute(path: string, name: string): string | undefined {
  const value = Buffer.alloc(16)
  const length = tryCall('lgetxattr', [Buffer.from(`${path}\0`, 'latin1'), name, value, value.length])
  if (length >= 0) return value.toString('latin1', 0, length)
  if (ABSENT.has(-length)) return undefined
  throw new SyscallError('lgetxattr', toText(path), -length)
}

const { ENODATA, ENOTSUP, ENOENT, ENOTDIR, ERANGE, EOPNOTSUPP } = constants.errno
const ABSENT = new Set([ENODATA, ENOTSUP, EOPNOTSUPP, ENOENT, ENOTDIR, ERANGE])

export interface FolderSize {
  /** As Docker counts: the length of everything but folders. */
  readonly bytes: number
  /** What it takes up on the disk. */
  readonly allocated: number
}

/** The size of all that is in a folder, each file once however many names it has. Errors: those of opening the folder. */
export async function folderSize(path: string): Promise<FolderSize> {
  const seen = new Set<string>()
  let bytes = 0
  let allocated = 0
  await walk(path, ({ stats }) => {
    if (stats.nlink > 1 && !stats.isDirectory()) {
      const inode = `${stats.dev}:${stats.ino}`
      if (seen.has(inode)) return
      seen.add(inode)
    }
    if (!stats.isDirectory()) bytes += stats.size
    allocated += stats.blocks * BLOCK
  })
  return { bytes, allocated }
}

/** The unit of `st_blocks`, whatever the filesystem's own is. */
const BLOCK = 512

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Text as the characters of its bytes, and back: see `Entry`. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function toText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}
