import { lstatSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Whether nobody but root can change the program in this folder: neither its files, nor the folder, nor one above it. The path has no
 * links in it. Errors: those of the file system.
 */
export function isRootsAlone(folder: string): boolean {
  const above: string[] = []
  for (let path = folder; path !== dirname(path); path = dirname(path)) above.push(dirname(path))
  return [folder, ...above, ...readdirSync(folder).map((name) => join(folder, name))].every(isSafe)
}

// In a folder with the sticky bit others cannot touch what is root's.
function isSafe(path: string): boolean {
  const { uid, mode } = lstatSync(path)
  return uid === 0 && ((mode & 0o022) === 0 || (mode & 0o1000) !== 0)
}
