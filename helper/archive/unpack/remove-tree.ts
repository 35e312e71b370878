/** Removing what an archive's entry takes the place of. */
import { closeSync, readdirSync } from 'node:fs'
import { constants } from 'node:os'
import { call, tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { tooMuch } from '../tar/bad-archive.ts'
import { showPath } from '../tar/entry.ts'
import { failure } from './failure.ts'
import { open, openHere, pathArgument } from './file-calls.ts'

const { EISDIR, ENOENT, EPERM } = constants.errno

// Each level holds a descriptor.
const MAX_DEPTH = 900

/**
 * Removes the file `name` of the current folder, or the folder with all in it. Folders are entered by descriptor, never through a link,
 * whoever swaps them meanwhile. Nothing there is fine. Errors: `archive-too-deep`, those of `failure`.
 */
export function removeTree(name: string): void {
  const here = openHere()
  try {
    removeFrom(here, name, 0)
  } finally {
    closeSync(here)
  }
}

/** `folder` is the current one, before and after. */
function removeFrom(folder: number, name: string, depth: number): void {
  const removed = tryCall('unlinkat', [linux.AT_FDCWD, pathArgument(name), 0])
  if (removed >= 0 || removed === -ENOENT) return
  if (removed !== -EISDIR && removed !== -EPERM) throw failure('unlinkat', name, -removed)
  if (depth > MAX_DEPTH)
    throw tooMuch('archive-too-deep', `"${showPath(name)}" lies in more than ${MAX_DEPTH} folders that are to be replaced`)
  const inner = open(name, linux.O_RDONLY | linux.O_DIRECTORY)
  // What cannot be unlinked and is no folder is immutable.
  if (inner < 0) throw failure('unlinkat', name, -removed)
  try {
    call('fchdir', [inner], showPath(name))
    for (const each of readdirSync('.', { encoding: 'latin1' })) removeFrom(inner, each, depth + 1)
    call('fchdir', [folder], 'folder')
  } finally {
    closeSync(inner)
  }
  const result = tryCall('unlinkat', [linux.AT_FDCWD, pathArgument(name), linux.AT_REMOVEDIR])
  if (result < 0 && result !== -ENOENT) throw failure('unlinkat', name, -result)
}
