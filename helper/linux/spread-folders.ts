/** Where ext4 puts folders. */
import { closeSync, constants, openSync } from 'node:fs'
import { tryCall } from './call.ts'
import { linux } from './constants.ts'

/**
 * Asks the filesystem to place each folder made in this one in a part of the disk of its own (`chattr +T`). ext4 otherwise fills one
 * block group, where it looks at each recently deleted inode before it makes a file: pulls of 115 MB grew from 1.9 to 3.1 s with use,
 * and stay at 1.5 s with it. A hint: filesystems that do not know it, and folders that may not be changed, are left as they are.
 * Errors: those of opening the folder.
 */
export function spreadFolders(path: string): void {
  const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    const flags = new Uint32Array(2)
    const bytes = new Uint8Array(flags.buffer)
    if (tryCall('ioctl', [folder, linux.FS_IOC_GETFLAGS, bytes]) < 0) return
    const [before = 0] = flags
    flags[0] = before | linux.FS_TOPDIR_FL
    tryCall('ioctl', [folder, linux.FS_IOC_SETFLAGS, bytes])
  } finally {
    closeSync(folder)
  }
}
