/** What a failed call on a file means to whoever asked. */
import { constants } from 'node:os'
import { type ErrorKind, PockerError } from '../../api/errors.ts'
import { errnoName } from '../../linux/errno.ts'

const { errno } = constants

interface Meaning {
  readonly kind: ErrorKind
  readonly code: string
  readonly cause: string
}

function meaning(kind: ErrorKind, code: string, cause: string): Meaning {
  return { kind, code, cause }
}

const meanings: ReadonlyMap<number, Meaning> = new Map([
  [errno.ENOENT, meaning('NotFound', 'no-such-file', 'there is no such file')],
  [errno.ENOTDIR, meaning('InvalidParameter', 'not-a-folder', 'it, or what it lies in, is not a folder')],
  [errno.EEXIST, meaning('Conflict', 'file-exists', 'there is something by that name already')],
  [errno.EISDIR, meaning('InvalidParameter', 'is-a-folder', 'it is a folder')],
  [errno.ENOTEMPTY, meaning('Conflict', 'folder-not-empty', 'the folder is not empty')],
  [errno.EROFS, meaning('Forbidden', 'read-only-files', 'nothing can be written there')],
  [errno.EACCES, meaning('Forbidden', 'permission-denied', 'the system does not allow it')],
  // Immutable files, and what a file system refuses to everyone.
  [errno.EPERM, meaning('Forbidden', 'permission-denied', 'the system does not allow it')],
  [errno.ENOSPC, meaning('Unavailable', 'no-space', 'there is no space left')],
  [errno.EDQUOT, meaning('Unavailable', 'no-space', 'there is no space left')],
  [errno.EFBIG, meaning('InvalidParameter', 'file-too-large', 'the file would become too large')],
  [errno.ENAMETOOLONG, meaning('InvalidParameter', 'name-too-long', 'the name is too long')],
  [errno.ELOOP, meaning('InvalidParameter', 'too-many-links', 'its links lead nowhere')],
  [errno.EBUSY, meaning('Conflict', 'path-busy', 'something is mounted there')],
  [errno.ETXTBSY, meaning('Conflict', 'path-busy', 'a program is running from it')],
  [errno.EXDEV, meaning('Conflict', 'path-busy', 'something is mounted there')],
  [errno.ENXIO, meaning('InvalidParameter', 'not-a-file', 'it is not a file')],
  [errno.ENODEV, meaning('InvalidParameter', 'not-a-file', 'it is not a file')],
  [errno.EMFILE, meaning('Unavailable', 'too-many-file-requests', 'too many files are open')],
  [errno.ENFILE, meaning('Unavailable', 'too-many-file-requests', 'too many files are open')],
  [errno.ENOMEM, meaning('Unavailable', 'too-many-file-requests', 'there is no memory left')],
])

/** The error of `verb 'path'` by its errno (positive). */
export function failure(verb: string, path: string, number: number): PockerError {
  const { kind, code, cause } = meanings.get(number) ?? meaning('Unavailable', 'unreadable-file', errnoName(number))
  return new PockerError(kind, `${verb} '${path}': ${cause}`, { code })
}

/** A result that is not negative. Errors: those of `failure`. */
export function done(result: number, verb: string, path: string): number {
  if (result < 0) throw failure(verb, path, -result)
  return result
}

/** As `failure`, of an error of Node's own file functions. */
export function nodeFailure(verb: string, path: string, error: unknown): unknown {
  const number = error instanceof Error && 'errno' in error ? Number(error.errno) : 0
  return number < 0 ? failure(verb, path, -number) : error
}
