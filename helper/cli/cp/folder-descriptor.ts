import { closeSync, constants, openSync } from 'node:fs'

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY

/** A folder that is held open, so that names are looked up in it and nowhere else, whatever becomes of its path. */
export interface FolderDescriptor {
  readonly fd: number
}

/** Opens a folder by its path. Errors: the system's. */
export function openFolder(path: string): FolderDescriptor {
  return { fd: openSync(path, FOLDER) }
}

/** Opens a folder in a folder. Errors: ENOENT; ENOTDIR or ELOOP for what is none, links among them. */
export function openFolderIn(folder: FolderDescriptor, name: string): FolderDescriptor {
  return { fd: openSync(pathIn(folder, name), FOLDER | constants.O_NOFOLLOW) }
}

/** Lets go of it. */
export function closeFolder(folder: FolderDescriptor): void {
  closeSync(folder.fd)
}

/**
 * A path that the kernel looks up from the open folder: as openat does, which Node does not have. Preconditions: the name is a byte string of
 * one part, and not `..`.
 */
export function pathIn({ fd }: FolderDescriptor, name: string): Buffer {
  return Buffer.from(`/proc/self/fd/${fd}/${name}`, 'latin1')
}
