import { chmodSync, copyFileSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'

const OTHERS_READ = 0o004

/**
 * Copies a file, link or folder of the host's, as far as everybody may read it; anything else is left out, as is what is missing.
 * Links are copied as links. Preconditions: `from` is trusted, `to` lies in a folder that nobody else writes to.
 */
export function copyPublic(from: string, to: string): void {
  const stats = lstatSync(from, { throwIfNoEntry: false })
  if (stats === undefined) return
  if (stats.isSymbolicLink()) {
    makeFolder(dirname(to))
    symlinkSync(readlinkSync(from), to)
    return
  }
  if ((stats.mode & OTHERS_READ) === 0) return
  if (stats.isDirectory()) {
    makeFolder(to)
    for (const name of readdirSync(from)) copyPublic(`${from}/${name}`, `${to}/${name}`)
  } else if (stats.isFile()) {
    makeFolder(dirname(to))
    copyFileSync(from, to)
    chmodSync(to, 0o644)
  }
}

/** Makes a folder that everybody may enter, whatever the umask, with its parents. */
export function makeFolder(path: string, mode = 0o755): void {
  const made = mkdirSync(path, { recursive: true })
  if (made === undefined) return
  // mkdir gives the first folder it made: that one and all below it down to `path` are new.
  for (let folder = path; folder.length >= made.length; folder = dirname(folder)) chmodSync(folder, folder === path ? mode : 0o755)
}
