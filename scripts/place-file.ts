/** Files of a build get their places by a rename, so that a program that runs from there never reads half a file. */
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, relative } from 'node:path'

/** A file that would not change keeps its time, by which `npm run pocker` knows a helper that runs older code. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, content)
  renameSync(fresh, path)
}

/** A hard link where the filesystem allows one: Node is 120 MB. */
export function placeFile(source: string, path: string): void {
  if (existsSync(path) && isSameFile(source, path)) return
  const fresh = `${path}.${process.pid}`
  rmSync(fresh, { force: true })
  try {
    linkSync(source, fresh)
  } catch {
    // Another filesystem, or links refused (fs.protected_hardlinks): a copy does as well.
    copyFileSync(source, fresh)
    const { atime, mtime } = statSync(source)
    utimesSync(fresh, atime, mtime)
  }
  renameSync(fresh, path)
}

/** A relative link, so that the folder both lie in can be moved. */
export function placeLink(target: string, path: string): void {
  const text = relative(dirname(path), target)
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(path) === text) return
  const fresh = `${path}.${process.pid}`
  rmSync(fresh, { force: true })
  symlinkSync(text, fresh)
  renameSync(fresh, path)
}

function isSameFile(left: string, right: string): boolean {
  const [a, b] = [statSync(left), statSync(right)]
  return (a.dev === b.dev && a.ino === b.ino) || (a.size === b.size && a.mtimeMs === b.mtimeMs)
}
