import { PockerError } from '../../api/errors.ts'
import { meansFolder, splitPath } from './copy-paths.ts'

export interface CopySource {
  readonly path: string
  readonly isFolder: boolean
  /** The name to give it in place of its own, after a link was followed. */
  readonly name?: string | undefined
}

export interface CopyDestination {
  readonly path: string
  /** What is there; links have been followed. */
  readonly kind: 'folder' | 'other' | 'missing'
}

/** Where an archive of the source is to be unpacked, and what its first name becomes there. */
export interface CopyPlan {
  readonly folder: string
  /** The name of all that is copied, below the folder; undefined when what is in the source comes into the folder itself. */
  readonly name: string | undefined
}

/**
 * Decides what a copy makes of its two sides. Follows PrepareArchiveCopy: into a folder that is there goes the source under its own name; else
 * it gets the name of the destination, whose parent must be there.
 * Errors: `copy-folder-to-file`, `copy-file-to-missing-folder`.
 */
export function planCopy(source: CopySource, destination: CopyDestination): CopyPlan {
  if (destination.kind === 'folder') return { folder: destination.path, name: properName(source.name ?? splitPath(source.path).name) }
  if (destination.kind === 'other' && source.isFolder) {
    throw refuse(source, destination, 'copy-folder-to-file', 'a folder cannot take the place of a file')
  }
  if (destination.kind === 'missing' && !source.isFolder && meansFolder(destination.path)) {
    throw refuse(source, destination, 'copy-file-to-missing-folder', 'no such folder')
  }
  const { folder, name } = splitPath(destination.path)
  // `missing/.` is the folder itself, to be made.
  return name === '.' ? planCopy(source, { ...destination, path: folder }) : { folder, name }
}

function properName(name: string): string | undefined {
  return name === '.' || name === '/' ? undefined : name
}

function refuse(source: CopySource, destination: CopyDestination, code: string, cause: string): PockerError {
  return new PockerError('InvalidParameter', `copy "${source.path}" to "${destination.path}": ${cause}`, { code })
}
