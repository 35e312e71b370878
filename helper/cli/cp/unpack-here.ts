import {
  closeSync,
  constants,
  fchmodSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { getSystemErrorMap } from 'node:util'
import { PockerError } from '../../api/errors.ts'
import type { Moment, TarEntry, TarSink } from '../../archive/tar/entry.ts'
import { badEntry, showName } from './bad-copy.ts'
import { entryPath } from './entry-path.ts'
import type { FolderDescriptor } from './folder-descriptor.ts'
import { closeFolder, openFolder, openFolderIn, pathIn } from './folder-descriptor.ts'

export interface UnpackTarget {
  /** Absolute, and there. */
  readonly folder: string
  /** What the archive calls the source, and what it is to be called here; undefined for the content of a folder. Byte strings. */
  readonly names: { readonly archive: string | undefined; readonly copy: string | undefined }
}

export interface UnpackHere extends TarSink {
  /** Gives folders their modes and times, which what came into them would have changed. Errors: `entries-left-out`. */
  finish(): void
  close(): void
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * Unpacks what came out of a container, of which anything may be said, as the user who runs the command. Every name is looked up part by part
 * from an open folder, and links are never followed: nothing outside the target is made or changed. Files belong to the caller; setuid and
 * setgid bits are dropped, for they would give the caller's rights to a program of the container. Devices and pipes are left out.
 * Errors: `bad-archive`, `copy-folder-to-file`, `copy-file-to-folder`, `copy-failed`.
 */
export function unpackHere({ folder, names }: UnpackTarget): UnpackHere {
  const root = openFolder(folder)
  const folders: { readonly parts: readonly string[]; readonly mode: number; readonly mtime: Moment }[] = []
  const leftOut: string[] = []
  let parent: { readonly key: string; readonly folder: FolderDescriptor } | undefined
  let file: { readonly fd: number; readonly entry: TarEntry; written: number } | undefined

  const parentOf = (parts: readonly string[]): FolderDescriptor => {
    const key = parts.slice(0, -1).join('/')
    if (key === '') return root
    if (parent?.key === key) return parent.folder
    const found = walk(root, parts.slice(0, -1), 'make')
    if (parent !== undefined) closeFolder(parent.folder)
    parent = { key, folder: found }
    return found
  }

  const begin = (entry: TarEntry): void => {
    const parts = entryPath(entry.path, names)
    const name = parts.at(-1)
    if (name === undefined) {
      if (entry.type === 'directory') return
      throw badEntry(entry.path, 'would take the place of the folder')
    }
    const { type } = entry
    if (type === 'character' || type === 'block' || type === 'fifo') {
      leftOut.push(entry.path)
      return
    }
    const path = pathIn(parentOf(parts), name)
    const exists = makeRoom(entry, path)
    if (type === 'directory') {
      if (!exists) mkdirSync(path, 0o700)
      folders.push({ parts, mode: entry.mode, mtime: entry.mtime })
    } else if (type === 'symlink') {
      symlinkSync(Buffer.from(entry.linkPath, 'latin1'), path)
      lutimesSync(path, seconds(entry.mtime), seconds(entry.mtime))
    } else if (type === 'hardlink') {
      link(root, entryPath(entry.linkPath, names), path, entry)
    } else {
      file = { fd: openSync(path, NEW_FILE, 0o600), entry, written: 0 }
    }
  }

  const finishFile = (): void => {
    if (file === undefined) return
    const { fd, entry, written } = file
    if (written < entry.size) ftruncateSync(fd, entry.size)
    fchmodSync(fd, entry.mode & 0o777)
    futimesSync(fd, seconds(entry.mtime), seconds(entry.mtime))
    file = undefined
    closeSync(fd)
  }

  return {
    begin: (entry) => telling(entry.path, () => begin(entry)),
    data: (piece, position) => {
      if (file === undefined) return
      const { fd, entry } = file
      telling(entry.path, () => writeAll(fd, piece, position))
      file.written = position + piece.length
    },
    end: () => telling(file?.entry.path ?? '', finishFile),
    finish: () => {
      for (const { parts, mode, mtime } of folders.reverse()) telling(parts.join('/'), () => settle(root, parts, mode, mtime))
      const [first] = leftOut
      if (first === undefined) return
      const more = leftOut.length === 1 ? '' : ` and ${leftOut.length - 1} more`
      throw new PockerError('InvalidParameter', `copy "${showName(first)}"${more}: devices and pipes are left out`, {
        code: 'entries-left-out',
      })
    },
    close: () => {
      if (file !== undefined) closeSync(file.fd)
      file = undefined
      if (parent !== undefined) closeFolder(parent.folder)
      parent = undefined
      closeFolder(root)
    },
  }
}

/** Opens a folder below another, part by part. */
function walk(root: FolderDescriptor, parts: readonly string[], missing: 'make' | 'fail'): FolderDescriptor {
  let folder = root
  for (const part of parts) {
    let next: FolderDescriptor
    try {
      next = openPart(folder, part, missing)
    } finally {
      if (folder !== root) closeFolder(folder)
    }
    folder = next
  }
  return folder
}

function openPart(folder: FolderDescriptor, part: string, missing: 'make' | 'fail'): FolderDescriptor {
  try {
    return openFolderIn(folder, part)
  } catch (error) {
    if (missing === 'fail' || !(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    // An archive need not name a folder before what is in it.
    mkdirSync(pathIn(folder, part), 0o755)
    return openFolderIn(folder, part)
  }
}

/** Takes away what is in the way of the entry; whether its folder is there already. */
function makeRoom(entry: TarEntry, path: Buffer): boolean {
  const old = lstatSync(path, { throwIfNoEntry: false })
  if (old === undefined) return false
  const isFolder = entry.type === 'directory'
  if (old.isDirectory() !== isFolder) {
    const [kept, other, code] = isFolder ? ['file', 'folder', 'copy-folder-to-file'] : ['folder', 'file', 'copy-file-to-folder']
    throw new PockerError('InvalidParameter', `copy "${showName(entry.path)}": a ${other} cannot take the place of a ${kept}`, { code })
  }
  if (!isFolder) unlinkSync(path)
  return isFolder
}

/** The other name's folder is looked up as the entry's own is, and link(2) does not follow a link at its end. */
function link(root: FolderDescriptor, parts: readonly string[], path: Buffer, entry: TarEntry): void {
  const name = parts.at(-1)
  if (name === undefined) throw badEntry(entry.path, 'is a link to the folder')
  const folder = walk(root, parts.slice(0, -1), 'fail')
  try {
    linkSync(pathIn(folder, name), path)
  } finally {
    if (folder !== root) closeFolder(folder)
  }
}

function settle(root: FolderDescriptor, parts: readonly string[], mode: number, mtime: Moment): void {
  const folder = walk(root, parts, 'fail')
  try {
    fchmodSync(folder.fd, mode & 0o1777)
    futimesSync(folder.fd, seconds(mtime), seconds(mtime))
  } finally {
    closeFolder(folder)
  }
}

function writeAll(fd: number, piece: Buffer, position: number): void {
  for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at, piece.length - at, position + at)
}

function seconds(moment: Moment): number {
  return moment.seconds + moment.nanoseconds / 1e9
}

/** An error of the system in words: its own text has the path of a descriptor, which says nothing to anybody. */
function telling<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') throw error
    const cause = getSystemErrorMap().get(error.errno)?.[1] ?? error.message
    throw new PockerError('Internal', `copy "${showName(path)}": ${cause}`, { code: 'copy-failed', cause: error })
  }
}
