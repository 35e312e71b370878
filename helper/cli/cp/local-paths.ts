import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { followedPath, linkTarget, meansFolder, splitPath } from './copy-paths.ts'
import type { CopyDestination, CopySource } from './copy-plan.ts'

const MOST_LINKS = 10

/** A source on this machine. Links on the way to it are followed, one at its end only when asked for. Errors: `no-such-file`; the system's. */
export function localSource(path: string, options: { readonly followLink: boolean }): CopySource {
  return told(path, () => {
    if (options.followLink) {
      const followed = followedPath(path, realpathSync(path))
      return { ...followed, isFolder: lstatSync(followed.path).isDirectory() }
    }
    const { folder, name } = splitPath(path)
    // With a slash at its end the path is what a link leads to, under the name of the link.
    const found = meansFolder(path) ? realpathSync(path) : `${realpathSync(folder).replace(/^\/$/, '')}/${name}`
    const stat = lstatSync(found)
    if (meansFolder(path) && !stat.isDirectory())
      throw new PockerError('InvalidParameter', `copy "${path}": it is not a folder`, { code: 'not-a-folder' })
    return meansFolder(path) ? { ...followedPath(path, found), isFolder: true } : { path: found, isFolder: stat.isDirectory() }
  })
}

/**
 * A destination on this machine: links are the user's own and are followed, also one to what is not there yet.
 * Errors: `bad-output`, `too-many-links`; the system's.
 */
export function localDestination(path: string): CopyDestination {
  checkParent(path)
  let place = path
  for (let links = 0; links <= MOST_LINKS; links++) {
    const stat = lstatSync(place, { throwIfNoEntry: false })
    if (stat === undefined) {
      checkParent(place)
      return { path: place, kind: 'missing' }
    }
    if (!stat.isSymbolicLink()) {
      if (stat.isBlockDevice() || stat.isCharacterDevice()) throw bad(`"${path}" must be a folder or a regular file`)
      return { path: place, kind: stat.isDirectory() ? 'folder' : 'other' }
    }
    place = linkTarget(place, readlinkSync(place))
  }
  throw new PockerError('InvalidParameter', `copy to "${path}": too many links`, { code: 'too-many-links' })
}

function checkParent(path: string): void {
  const { folder } = splitPath(path)
  const parent = meansFolder(path) ? splitPath(path.replace(/\/\.?$/, '') || '/').folder : folder
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) throw bad(`directory "${parent}" does not exist`)
}

function told<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    throw new PockerError('NotFound', `copy "${path}": no such file or directory`, { code: 'no-such-file', cause: error })
  }
}

function bad(why: string): PockerError {
  return new PockerError('InvalidParameter', `invalid output path: ${why}`, { code: 'bad-output' })
}
