/** What an image has at a path, looked up without mounting it. */
import { closeSync, fstatSync, opendirSync, type Stats } from 'node:fs'
import { openBeneath, openFolder } from '../../linux/beneath.ts'
import { linux } from '../../linux/constants.ts'

/**
 * `something` is also what would take the kernel's overlay to know: a link on the way, or a folder that another layer hides.
 * An empty folder comes with its owner, mode and times.
 */
export type LookedUp = { readonly there: 'nothing' | 'something' } | { readonly there: 'empty-folder'; readonly stats: Stats }

/** Looks up an absolute `path` in layers (absolute folders, the uppermost first). Errors: SyscallError, of layers that are gone ENOENT. */
export function lookInLayers(layers: readonly string[], path: string): LookedUp {
  using open = new DisposableStack()
  const held = (descriptor: number): number => open.adopt(descriptor, closeSync)
  let folders = layers.map((layer) => held(openFolder(layer)))
  for (const part of path.split('/').filter((name) => name !== '')) {
    const found: number[] = []
    for (const folder of folders) {
      const entry = openBeneath(folder, part, linux.O_PATH | linux.O_NOFOLLOW)
      if (entry === undefined) continue
      const stats = fstatSync(held(entry))
      if (stats.isDirectory()) found.push(entry)
      else if (found.length > 0 || isWhiteout(stats)) break
      else return { there: 'something' }
    }
    folders = found
  }
  const [top] = folders
  if (top === undefined) return { there: 'nothing' }
  return folders.every(isEmpty) ? { there: 'empty-folder', stats: fstatSync(top) } : { there: 'something' }
}

/** Overlayfs's mark of what a layer has deleted: it hides what the layers below have. */
function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0
}

function isEmpty(folder: number): boolean {
  using entries = opendirSync(`/proc/self/fd/${folder}`)
  return entries.readSync() === null
}

/** Whether a folder of the host has nothing in it. Errors: ENOENT, ENOTDIR. */
export function isEmptyFolder(path: string): boolean {
  using entries = opendirSync(path, { bufferSize: 1 })
  return entries.readSync() === null
}
