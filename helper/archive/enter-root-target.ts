/** The place in a container's root where something is to be mounted. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { posix } from 'node:path'
import { PockerError } from '../api/errors.ts'
import { openBeneath } from '../linux/beneath.ts'
import { call, tryCall } from '../linux/call.ts'
import { linux } from '../linux/constants.ts'
import { SyscallError } from '../linux/errno.ts'

/**
 * A descriptor (O_PATH) of `path` in the folder `root`, symlinks resolved within it; made with the folders above it when it is missing.
 * Errors: PockerError Conflict `mount-target-unusable` when something else lies on the way; HostilePathError, SyscallError.
 */
export function makeTarget(root: number, path: string, kind: 'folder' | 'file'): number {
  const wanted = linux.O_PATH | (kind === 'folder' ? linux.O_DIRECTORY : 0)
  const found = openBeneath(root, path, wanted)
  if (found !== undefined) return found
  const { dir, base } = posix.parse(posix.normalize(`/${path}`))
  if (base === '') throw unusable(path)
  const parent = makeTarget(root, dir, 'folder')
  try {
    const made =
      kind === 'folder' ? tryCall('mkdirat', [parent, base, 0o755]) : tryCall('mknodat', [parent, base, linux.S_IFREG | 0o644, 0])
    // It was looked for and not found, so it is a link that leads nowhere.
    if (made === -constants.errno.EEXIST) throw unusable(path)
    if (made < 0) throw new SyscallError('make mount point', path, -made)
    return call('openat', [parent, base, wanted | linux.O_NOFOLLOW | linux.O_CLOEXEC, 0], path)
  } finally {
    closeSync(parent)
  }
}

function unusable(path: string): PockerError {
  return new PockerError('Conflict', `look into container: '${path}', where something is mounted, is no folder or leads nowhere`, {
    code: 'mount-target-unusable',
  })
}
