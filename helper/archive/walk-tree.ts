/**
 * Walking a tree that its owner changes meanwhile. Each folder is entered by descriptor and becomes the current one, so that every access
 * is to a single name in it, links not followed: a folder swapped for a link leads nowhere.
 */
import { type BigIntStats, closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import { call } from '../linux/call.ts'

/** Each level holds a descriptor, and a container can nest as many as it likes. */
const MAX_DEPTH = 900

export interface TreeEntry {
  /** Below the walked folder, without a slash in front: the bytes of the names one to one in characters, for they need not be UTF-8. */
  readonly path: string
  /** The last part of it: while the entry is visited, what it is called in the current folder. */
  readonly name: Buffer
  readonly stats: BigIntStats
}

/**
 * Visits all that is below `folder` (a descriptor, also of O_PATH), sorted by name, each folder before what is in it.
 * What vanishes meanwhile is passed over. The current folder is another one afterwards.
 * Errors: PockerError InvalidParameter `archive-too-deep`; those of reading folders.
 */
export function walkTree(folder: number, visit: (entry: TreeEntry) => void): void {
  walkLevel({ folder, path: '', depth: 0, visit })
}

/** What lies under a name in the current folder, links not followed; undefined when nothing does. */
export function lookAt(name: Buffer): BigIntStats | undefined {
  try {
    return lstatSync(name, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (isVanished(error)) return undefined
    throw error
  }
}

/** ENOTDIR and ELOOP: what was a folder a moment ago is a file or a link now. ESTALE: it was deleted and overlayfs notices late. */
export function isVanished(error: unknown): boolean {
  return error instanceof Error && 'code' in error && VANISHED.has(error.code)
}

const VANISHED: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE'])

interface Level {
  readonly folder: number
  readonly path: string
  readonly depth: number
  readonly visit: (entry: TreeEntry) => void
}

function walkLevel(level: Level): void {
  if (level.depth > MAX_DEPTH) {
    throw new PockerError('InvalidParameter', `read folder '${text(level.path)}': more than ${MAX_DEPTH} folders lie in each other`, {
      code: 'archive-too-deep',
    })
  }
  call('fchdir', [level.folder], text(level.path))
  for (const key of namesHere()) {
    const name = Buffer.from(key, 'latin1')
    const stats = lookAt(name)
    if (stats === undefined) continue
    const path = level.path === '' ? key : `${level.path}/${key}`
    level.visit({ path, name, stats })
    if (!stats.isDirectory()) continue
    const inner = enter(name)
    if (inner === undefined) continue
    try {
      walkLevel({ ...level, folder: inner, path, depth: level.depth + 1 })
    } finally {
      closeSync(inner)
    }
    call('fchdir', [level.folder], text(level.path))
  }
}

/** In the order of their bytes, so that the same tree always gives the same archive. */
function namesHere(): string[] {
  try {
    return readdirSync('.', 'latin1').sort()
  } catch (error) {
    if (isVanished(error)) return []
    throw error
  }
}

function enter(name: Buffer): number | undefined {
  try {
    return openSync(name, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    if (isVanished(error)) return undefined
    throw error
  }
}

function text(path: string): string {
  return `/${Buffer.from(path, 'latin1')}`
}
