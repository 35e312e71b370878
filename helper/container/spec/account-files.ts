/** An image's account files, read out of its layers without mounting them. */
import { closeSync, fstatSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { HostilePathError, openBeneath, openFolder, readFileBeneath } from '../../linux/beneath.ts'
import { linux } from '../../linux/constants.ts'
import type { Accounts } from './user.ts'

/** More than any real account file; an image's can be gigabytes of holes (CVE-2024-9676). */
const LIMIT = 1 << 20

/**
 * The texts of /etc/passwd and /etc/group as a container over `layers` (uppermost first) and its own changes `upper` sees them.
 * A link that leads into another layer is not followed there.
 * Errors: `bad-account-file` for what an honest image does not hold there, `image-folder-missing`.
 */
export function readAccountFiles(layers: readonly string[], upper?: string): Accounts {
  const folders = upper === undefined ? layers : [upper, ...layers]
  return { passwd: readFromLayers(folders, 'passwd'), group: readFromLayers(folders, 'group') }
}

function readFromLayers(folders: readonly string[], name: string): string {
  for (const folder of folders) {
    const root = openLayer(folder)
    try {
      const content = readFromLayer(root, `etc/${name}`)
      if (content !== undefined) return content
      if (isWhiteout(root, 'etc')) return ''
    } finally {
      closeSync(root)
    }
  }
  return ''
}

/** An image's folder is the user's, who may have moved it since the container was made. */
function openLayer(folder: string): number {
  try {
    return openFolder(folder)
  } catch (cause) {
    throw new PockerError('NotFound', `read the image: its folder '${folder}' cannot be opened`, { code: 'image-folder-missing', cause })
  }
}

/** Empty where the layer takes the file away, undefined where it says nothing about it. */
function readFromLayer(root: number, path: string): string | undefined {
  try {
    return readFileBeneath(root, path, LIMIT)?.toString('utf8')
  } catch (error) {
    if (!(error instanceof HostilePathError)) throw error
    if (isWhiteout(root, path)) return ''
    throw new PockerError('InvalidParameter', `read account file '/${path}' of the image: ${error.reason}`, {
      code: 'bad-account-file',
      cause: error,
    })
  }
}

/** Overlayfs marks what a layer removes by a character device 0:0 in its place. */
function isWhiteout(root: number, path: string): boolean {
  const found = openBeneath(root, path, linux.O_PATH | linux.O_NOFOLLOW)
  if (found === undefined) return false
  try {
    const stats = fstatSync(found)
    return stats.isCharacterDevice() && stats.rdev === 0
  } finally {
    closeSync(found)
  }
}
