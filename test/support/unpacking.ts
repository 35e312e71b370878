/** Unpacking archives in a test: what came of it, and that nothing else was touched. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { PockerError } from '../../helper/api/errors.ts'
import type { UnpackedLayer, UnpackLayerOptions } from '../../helper/archive/archive.ts'
import { unpackLayer } from '../../helper/archive/unpack-layer.ts'
import { makeCanary } from './canary.ts'
import { makeTemporaryFolder } from './folders.ts'

export const skipUnlessRoot = process.getuid?.() === 0 ? false : 'needs root'

export interface UnpackPlace {
  /** Where things of the test's own may lie. */
  readonly path: string
  /** The folder that is unpacked to. */
  readonly folder: string
  /** A folder beside it that must stay as it is: it is looked at when the test is over. */
  readonly canary: string
}

/** Gone after the test. */
export function makeUnpackPlace(context: TestContext): UnpackPlace {
  const area = makeTemporaryFolder('unpack')
  const canary = makeCanary()
  const passwd = sha256(readFileSync('/etc/passwd'))
  const folder = join(area.path, 'layer')
  mkdirSync(folder, { mode: 0o755 })
  context.after(async () => {
    try {
      canary.assertUnchanged()
      assert.equal(sha256(readFileSync('/etc/passwd')), passwd)
    } finally {
      await canary[Symbol.asyncDispose]()
      await area[Symbol.asyncDispose]()
    }
  })
  return { path: area.path, folder, canary: canary.path }
}

/** Unpacks the blob into the place's folder. */
export async function unpackBlob(
  place: UnpackPlace,
  blob: Buffer | string,
  options: Partial<UnpackLayerOptions> = {},
): Promise<UnpackedLayer> {
  const path = typeof blob === 'string' ? blob : join(place.path, 'blob')
  if (typeof blob !== 'string') writeFileSync(path, blob)
  const descriptor = openSync(path, 'r')
  try {
    return await unpackLayer({ blob: descriptor, folder: place.folder, ...options })
  } finally {
    closeSync(descriptor)
  }
}

/** The code of the error that unpacking ends with; `none` when it does not. */
export async function unpackCode(place: UnpackPlace, blob: Buffer | string, options: Partial<UnpackLayerOptions> = {}): Promise<string> {
  try {
    await unpackBlob(place, blob, options)
    return 'none'
  } catch (error) {
    assert.ok(error instanceof PockerError, String(error))
    return error.code
  }
}

/** One line for each file below `folder`: its path, what it is, and what it holds. */
export function listTree(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name) => {
      const path = join(below, name)
      const stats = lstatSync(join(folder, path))
      if (stats.isDirectory()) return [`${path}/`, ...listTree(folder, path)]
      if (stats.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(folder, path))}`]
      if (stats.isFile()) return [`${path} ${readFileSync(join(folder, path), 'utf8')}`]
      if (stats.isCharacterDevice()) return [`${path} char ${stats.rdev >> 8}:${stats.rdev & 255}`]
      return [`${path} ?`]
    })
}

/** Everything that the system knows of the files below `folder`, but for change times and numbers of inodes. Hard links by their first name. */
export function describeTree(folder: string): string[] {
  const firstNames = new Map<string, string>()
  const describe = (path: string): string[] => {
    const full = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')])
    const stats = lstatSync(full, { bigint: true })
    const inode = String(stats.ino)
    const first = stats.isDirectory() ? path : (firstNames.get(inode) ?? path)
    firstNames.set(inode, first)
    const { mode, uid, gid, rdev, mtimeNs, nlink } = stats
    const what = stats.isSymbolicLink() ? readlinkSync(full, 'latin1') : stats.isFile() ? `${stats.size} ${sha256(readFileSync(full))}` : ''
    const links = stats.isDirectory() ? '' : nlink
    const line = [path, mode.toString(8), uid, gid, stats.isFile() || stats.isDirectory() ? '' : rdev, mtimeNs, links, first, what].join(
      ' ',
    )
    if (!stats.isDirectory()) return [line]
    const names = readdirSync(full, 'latin1').sort()
    return [line, ...names.flatMap((name) => describe(path === '' ? name : `${path}/${name}`))]
  }
  return [...describe(''), ...xattrsOf(folder)]
}

function xattrsOf(folder: string): string[] {
  const text = execFileSync('getfattr', ['-R', '-h', '-P', '-d', '-m', '-', '-e', 'hex', '.'], { cwd: folder, encoding: 'utf8' })
  return text.trim().split('\n\n').sort()
}

/** In hex. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
