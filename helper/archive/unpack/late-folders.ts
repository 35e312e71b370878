/** What folders get only when everything is in them. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { linux } from '../../linux/constants.ts'
import type { Moment } from '../tar/entry.ts'
import { failure } from './failure.ts'
import { open, setTimes, setTimesOf } from './file-calls.ts'
import type { FolderCursor } from './folder-cursor.ts'
import { applyXattrs, DEFAULT_ACL } from './xattrs.ts'

const { ELOOP, ENOENT, ENOTDIR } = constants.errno

export interface LateFolder {
  readonly mtime: Moment
  readonly defaultAcl: Buffer | undefined
}

/**
 * Sets what is to be set, by the folders' clean paths. One that a later entry, or somebody else, has put something in the place of is
 * passed over.
 */
export function finishFolders(folders: ReadonlyMap<string, LateFolder>, cursor: FolderCursor): void {
  for (const [path, { mtime, defaultAcl }] of folders) {
    if (path === '') cursor.enter('')
    const name = path === '' ? '.' : cursor.enterParent(path)
    const result = defaultAcl === undefined ? setTimes(name, mtime) : finishWithAcl(name, { path, mtime, defaultAcl })
    if (result < 0 && ![-ENOENT, -ENOTDIR, -ELOOP].includes(result)) throw failure('utimensat', path, -result)
  }
}

function finishWithAcl(name: string, { path, mtime, defaultAcl }: { path: string; mtime: Moment; defaultAcl: Buffer }): number {
  const descriptor = open(name, linux.O_RDONLY | linux.O_DIRECTORY)
  if (descriptor < 0) return descriptor
  try {
    applyXattrs(descriptor, { path, xattrs: [[DEFAULT_ACL, defaultAcl]] })
    return setTimesOf(descriptor, mtime)
  } finally {
    closeSync(descriptor)
  }
}
