/** What a failed call on a file means for the archive. */
import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import { SyscallError } from '../../linux/errno.ts'
import { badEntry } from '../tar/bad-archive.ts'
import { showPath } from '../tar/entry.ts'

const { EBUSY, EDQUOT, EEXIST, EFBIG, EINVAL, EISDIR, ELOOP, EMLINK, ENAMETOOLONG, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS, EXDEV } =
  constants.errno

/** The disk has no more room: Unavailable `no-space`. */
export function noSpace(cause: string): PockerError {
  return new PockerError('Unavailable', `unpack archive: ${cause}`, {
    code: 'no-space',
    hint: 'Free some space, for example by removing images that are no longer needed.',
  })
}

/** The error for the entry `path` after `call` failed with `errno` (positive). */
export function failure(call: string, path: string, errno: number): Error {
  switch (errno) {
    case ENOSPC:
    case EDQUOT:
      return noSpace(`the disk is full at "${showPath(path)}"`)
    case EBUSY:
      return new PockerError('Conflict', `unpack archive: "${showPath(path)}" is a mount, which nothing can take the place of`, {
        code: 'path-busy',
      })
    case EROFS:
      return new PockerError('Forbidden', `unpack archive: "${showPath(path)}" lies on a read-only file system`, { code: 'read-only' })
    case ENAMETOOLONG:
      return badEntry(path, 'has a name that is too long')
    case ELOOP:
      return badEntry(path, 'lies behind symbolic links that lead in a circle')
    case ENOENT:
    case ENOTDIR:
      return badEntry(path, 'lies in something that is not a folder')
    case EEXIST:
    case EISDIR:
      return badEntry(path, 'is in the way of itself')
    case EPERM:
    case EXDEV:
    case EMLINK:
    case EINVAL:
    case EFBIG:
      return badEntry(path, `cannot be made (${new SyscallError(call, '', errno).code})`)
    default:
      return new SyscallError(call, showPath(path), errno)
  }
}
