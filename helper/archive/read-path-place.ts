/** Finding what a path of `docker cp` means, within the container's root. */
import { type BigIntStats, closeSync, fstatSync } from 'node:fs'
import { posix } from 'node:path'
import { PockerError } from '../api/errors.ts'
import { HostilePathError, openBeneath } from '../linux/beneath.ts'
import { call, tryCall } from '../linux/call.ts'
import { linux } from '../linux/constants.ts'
import { SyscallError } from '../linux/errno.ts'
import type { PathStat } from './archive.ts'
import { goFileMode, goTime } from './stat-path-go.ts'
import { lookAt } from './walk-tree.ts'

/** Held by descriptor: what the answer says and what is packed are the same, whatever the container renames meanwhile. */
export interface Place {
  /** The folder itself, or the one that what was found lies in, as `name`. */
  readonly folder: number
  /** Undefined when the folder itself was found. */
  readonly name: Buffer | undefined
  /** What the archive calls it: the path's last part, `.` for a trailing one, nothing for the root. */
  readonly archiveName: string
  readonly stat: PathStat
}

/**
 * Looks up `path` in the folder `root` (a descriptor). A symlink as the last part is meant itself unless a slash or `/.` follows it; those
 * before it are followed within the root.
 * Errors: PockerError NotFound `path-missing`, InvalidParameter `path-unusable`.
 */
export function findPlace(root: number, path: string): Place {
  const asked = cleanPath(path)
  try {
    const place = asked.endsWith('/') || asked.endsWith('/.') ? findFolder(root, asked) : findName(root, asked)
    if (place === undefined)
      throw new PockerError('NotFound', `find '${path}' in container: there is no such file`, { code: 'path-missing' })
    return place
  } catch (error) {
    if (!(error instanceof HostilePathError) && !(error instanceof SyscallError)) throw error
    const reason = error instanceof HostilePathError ? error.reason : error.code
    throw new PockerError('InvalidParameter', `find '${path}' in container: ${reason}`, { code: 'path-unusable', cause: error })
  }
}

/** Absolute, without `..` (by the text alone, as Docker does), but with the slash or `/.` at its end. */
export function cleanPath(path: string): string {
  if (path.includes('\0')) throw new PockerError('InvalidParameter', 'find path in container: it holds a NUL', { code: 'path-unusable' })
  const clean = posix.resolve('/', path)
  const base = clean === '/' ? '' : clean
  const isFolder = path.endsWith('/')
  if (posix.basename(path) === '.' || path === '') return isFolder ? `${base}/./` : `${base}/.`
  return isFolder || clean === '/' ? `${base}/` : clean
}

function findFolder(root: number, path: string): Place | undefined {
  const folder = openBeneath(root, path, linux.O_PATH | linux.O_DIRECTORY)
  if (folder === undefined) return undefined
  const stats = fstatSync(folder, { bigint: true })
  const base = posix.basename(path)
  return { folder, name: undefined, archiveName: base, stat: describe(base === '' ? '/' : base, stats, '') }
}

function findName(root: number, path: string): Place | undefined {
  const { dir, base } = posix.parse(path)
  const parent = openBeneath(root, dir, linux.O_PATH | linux.O_DIRECTORY)
  if (parent === undefined) return undefined
  call('fchdir', [parent], path)
  const name = Buffer.from(base)
  const stats = lookAt(name)
  if (stats?.isDirectory()) {
    closeSync(parent)
    return findItself(root, path, base)
  }
  if (stats === undefined) {
    closeSync(parent)
    return undefined
  }
  const linkTarget = stats.isSymbolicLink() ? followLinks(root, path) : ''
  return { folder: parent, name, archiveName: base, stat: describe(base, stats, linkTarget) }
}

/** A folder that is no link. */
function findItself(root: number, path: string, base: string): Place | undefined {
  const folder = openBeneath(root, path, linux.O_PATH | linux.O_DIRECTORY | linux.O_NOFOLLOW)
  if (folder === undefined) return undefined
  return { folder, name: undefined, archiveName: base, stat: describe(base, fstatSync(folder, { bigint: true }), '') }
}

function describe(name: string, stats: BigIntStats, linkTarget: string): PathStat {
  return { name, size: Number(stats.size), mode: goFileMode(Number(stats.mode)), mtime: goTime(stats.mtimeNs), linkTarget }
}

const MAX_LINKS = 255
const LINK_SIZE = 4096

/** The absolute path that a link ends at, as far as there is one: what is missing is named all the same. For the answer only. */
function followLinks(root: number, path: string): string {
  let done: string[] = []
  const todo = path.split('/')
  for (let links = 0; todo.length > 0; ) {
    const part = todo.shift() ?? ''
    if (part === '' || part === '.') continue
    if (part === '..') {
      done = done.slice(0, -1)
      continue
    }
    const link = links < MAX_LINKS ? readLinkBeneath(root, `/${[...done, part].join('/')}`) : undefined
    if (link === undefined) {
      done = [...done, part]
      continue
    }
    links++
    if (link.startsWith('/')) done = []
    todo.unshift(...link.split('/'))
  }
  return `/${done.join('/')}`
}

function readLinkBeneath(root: number, path: string): string | undefined {
  const found = openBeneath(root, path, linux.O_PATH | linux.O_NOFOLLOW)
  if (found === undefined) return undefined
  try {
    const target = Buffer.alloc(LINK_SIZE)
    const length = tryCall('readlinkat', [found, '', target, target.length])
    return length > 0 ? target.toString('utf8', 0, length) : undefined
  } finally {
    closeSync(found)
  }
}
