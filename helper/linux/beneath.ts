/** Access to paths inside a folder whose content is hostile: never out of it, never through a device, never more than asked. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { constants as os } from 'node:os'
import { tryCall } from './call.ts'
import { linux } from './constants.ts'
import { SyscallError } from './errno.ts'

const OPEN_HOW_SIZE = 24
// Somebody who renames all the time would otherwise keep us here.
const MAX_TRIES = 1000

/** A path that cannot be read because of what lies there, not because it is missing. */
export class HostilePathError extends Error {
  override readonly name = 'HostilePathError'
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`read ${path}: ${reason}`)
    this.path = path
    this.reason = reason
  }
}

/**
 * Opens `path` inside the folder `root` (a descriptor), symlinks resolved as if `root` were `/` and magic links refused.
 * Returns the descriptor, close-on-exec, or undefined when there is nothing.
 * Errors: HostilePathError for a loop of links, SyscallError.
 */
export function openBeneath(root: number, path: string, openFlags: number): number | undefined {
  const how = Buffer.alloc(OPEN_HOW_SIZE)
  how.writeBigUInt64LE(BigInt(openFlags | linux.O_CLOEXEC), 0)
  how.writeBigUInt64LE(BigInt(linux.RESOLVE_IN_ROOT | linux.RESOLVE_NO_MAGICLINKS), 16)
  let descriptor = tryCall('openat2', [root, path, how, OPEN_HOW_SIZE])
  // The kernel is not sure of a `..` when anything on the machine was renamed or mounted meanwhile, and says: ask again.
  for (let again = 0; descriptor === -os.errno.EAGAIN && again < MAX_TRIES; again++) {
    descriptor = tryCall('openat2', [root, path, how, OPEN_HOW_SIZE])
  }
  if (descriptor >= 0) return descriptor
  switch (-descriptor) {
    case os.errno.ENOENT:
    case os.errno.ENOTDIR:
      return undefined
    case os.errno.ELOOP:
      throw new HostilePathError(path, 'its symbolic links lead nowhere')
    default:
      throw new SyscallError('openat2', path, -descriptor)
  }
}

/** Opens the folder `path` of the host so that others can be found beneath it. The caller closes it. */
export function openFolder(path: string): number {
  return openSync(path, linux.O_PATH | constants.O_DIRECTORY)
}

/**
 * The content of the regular file `path` inside the folder `root` (a descriptor), or undefined when there is none.
 * It is looked at before it is opened for reading: opening a device or a FIFO can already do or block something.
 * Errors: HostilePathError for anything but a regular file of at most `limit` bytes, SyscallError.
 */
export function readFileBeneath(root: number, path: string, limit: number): Buffer | undefined {
  const found = openBeneath(root, path, linux.O_PATH)
  if (found === undefined) return undefined
  try {
    const stats = fstatSync(found)
    if (!stats.isFile()) throw new HostilePathError(path, `it is ${kindOf(stats)}, not a regular file`)
    if (stats.size > limit) throw new HostilePathError(path, `it has ${stats.size} bytes, more than ${limit}`)
    return readAtMost(`/proc/self/fd/${found}`, path, limit)
  } finally {
    closeSync(found)
  }
}

function readAtMost(link: string, path: string, limit: number): Buffer {
  const file = openSync(link, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    // The size is asked again by reading one byte more: the file may grow meanwhile.
    const size = fstatSync(file).size
    const content = Buffer.allocUnsafe(Math.min(size, limit) + 1)
    let length = 0
    while (length < content.length) {
      const count = readSync(file, content, length, content.length - length, length)
      if (count === 0) break
      length += count
    }
    if (length > limit) throw new HostilePathError(path, `it has more than ${limit} bytes`)
    return content.subarray(0, length)
  } finally {
    closeSync(file)
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}
