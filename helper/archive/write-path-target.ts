/** The folder of a container that an archive is to be unpacked to. */
import { closeSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import { HostilePathError, openBeneath } from '../linux/beneath.ts'
import { linux } from '../linux/constants.ts'
import { SyscallError } from '../linux/errno.ts'
import { cleanPath } from './read-path-place.ts'

/**
 * A descriptor (O_PATH) of the folder `path` in `root` (a descriptor), links followed within it.
 * Errors: PockerError NotFound `path-missing`, InvalidParameter `not-a-folder`, InvalidParameter `path-unusable`.
 */
export function findTarget(root: number, path: string): number {
  const asked = cleanPath(path)
  try {
    const folder = openBeneath(root, asked, linux.O_PATH | linux.O_DIRECTORY)
    if (folder !== undefined) return folder
    const other = openBeneath(root, asked.replace(/(?<=.)\/+\.?$/, ''), linux.O_PATH)
    if (other === undefined) throw new PockerError('NotFound', `copy to '${path}': there is no such folder`, { code: 'path-missing' })
    closeSync(other)
    throw new PockerError('InvalidParameter', `copy to '${path}': it is not a folder`, { code: 'not-a-folder' })
  } catch (error) {
    if (!(error instanceof HostilePathError) && !(error instanceof SyscallError)) throw error
    const reason = error instanceof HostilePathError ? error.reason : error.code
    throw new PockerError('InvalidParameter', `copy to '${path}': ${reason}`, { code: 'path-unusable', cause: error })
  }
}
