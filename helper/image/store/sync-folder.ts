import { closeSync, constants, fsyncSync, openSync } from 'node:fs'

/** Makes the names in a folder durable: a rename is on the disk only when the folder is (fsync(2)). */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
