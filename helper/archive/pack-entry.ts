/** One entry of a tree into the archive, with whatever the container may do to it meanwhile. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import type { PackOutput } from './pack-output.ts'
import { readAttributes } from './pack-xattrs.ts'
import { type TarEntry, type TarKind, tarHeader } from './tar-write.ts'
import { isVanished, lookAt } from './walk-tree.ts'

export interface EntryPacker {
  /**
   * Writes what is called `name` in the current folder, by the archive's `path` (bytes). Sockets are left out, for which an archive has no
   * word, and what has vanished or become something else since it was looked at. Errors: PockerError Internal `unreadable-file`.
   */
  add(name: Buffer, path: Buffer, stats: BigIntStats): void
}

/** Hard links are found again by their inode: a file's second name becomes a link to the first one in the archive. */
export function packEntriesTo(output: PackOutput): EntryPacker {
  const firstNames = new Map<string, Buffer>()

  const addFile = (name: Buffer, path: Buffer, seen: BigIntStats) => {
    const first = seen.nlink > 1n ? firstNames.get(inodeOf(seen)) : undefined
    if (first !== undefined) {
      output.header(tarHeader({ ...commonOf(seen), name: path, kind: 'hard-link', link: first }))
      return
    }
    const opened = openFile(name, path, seen)
    if (opened === undefined) return
    // All that is said of the file is of the one that was opened: another may have taken its name since.
    const { file, stats } = opened
    try {
      if (stats.nlink > 1n) firstNames.set(inodeOf(stats), path)
      const size = Number(stats.size)
      output.header(tarHeader({ ...commonOf(stats), name: path, kind: 'file', size, xattrs: readAttributes(name) }))
      if (file !== undefined) readInto(output, { file, size, path })
    } finally {
      if (file !== undefined) closeSync(file)
    }
  }

  const add = (name: Buffer, path: Buffer, stats: BigIntStats) => {
    const kind = kindOf(stats)
    if (kind === undefined) return
    if (kind === 'file') {
      addFile(name, path, stats)
      return
    }
    const details = detailsOf(kind, name, stats)
    if (details !== undefined) output.header(tarHeader({ ...commonOf(stats), name: path, kind, ...details }))
  }
  return { add }
}

/** The archive's word for it; undefined for a socket. */
function kindOf(stats: BigIntStats): TarKind | undefined {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  if (stats.isSymbolicLink()) return 'symlink'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isCharacterDevice()) return 'character-device'
  if (stats.isBlockDevice()) return 'block-device'
  return undefined
}

function commonOf(stats: BigIntStats): Pick<TarEntry, 'mode' | 'uid' | 'gid' | 'mtime'> {
  return { mode: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid), mtime: stats.mtimeNs }
}

function detailsOf(kind: TarKind, name: Buffer, stats: BigIntStats): Partial<TarEntry> | undefined {
  if (kind === 'symlink') {
    const link = readLink(name)
    return link === undefined ? undefined : { link }
  }
  if (kind === 'folder') return { xattrs: readAttributes(name) }
  return kind === 'fifo' ? {} : { device: deviceOf(stats.rdev) }
}

/** As the kernel encodes device numbers for programs: the halves of both are apart. */
function deviceOf(number: bigint): { major: number; minor: number } {
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n)
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n)
  return { major: Number(major), minor: Number(minor) }
}

function inodeOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`
}

function readLink(name: Buffer): Buffer | undefined {
  try {
    return readlinkSync(name, 'buffer')
  } catch (error) {
    // EINVAL: it is no link any more.
    if (isVanished(error) || codeOf(error) === 'EINVAL') return undefined
    throw error
  }
}

interface OpenFile {
  /** Undefined for an empty file, which need not be opened. */
  readonly file: number | undefined
  readonly stats: BigIntStats
}

function openFile(name: Buffer, path: Buffer, seen: BigIntStats): OpenFile | undefined {
  // Files of /proc have no size, and reading some of them waits, or takes what others wait for.
  if (seen.size === 0n) return { file: undefined, stats: seen }
  let file: number
  try {
    // Should it have become a FIFO: without O_NONBLOCK this would wait for a writer. Devices are refused by the mount.
    file = openSync(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch (error) {
    if (isVanished(error) || lookAt(name)?.isFile() !== true) return undefined
    throw unreadable(path, error)
  }
  const stats = fstatSync(file, { bigint: true })
  if (stats.isFile()) return { file, stats }
  closeSync(file)
  return undefined
}

function readInto(output: PackOutput, { file, size, path }: { file: number; size: number; path: Buffer }): void {
  try {
    output.content(file, size)
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: Buffer, cause: unknown): PockerError {
  const reason = codeOf(cause) ?? String(cause)
  return new PockerError('Internal', `read file '${path}': ${reason}`, { code: 'unreadable-file', cause })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
