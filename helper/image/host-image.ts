/** The image `host`: this machine's own /usr, read-only, under a fresh small root. Needs no download and holds no secrets. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ImageConfig } from '../api/image.ts'
import type { Mount } from '../container/oci.ts'
import { copyPublic, makeFolder } from './copy-public.ts'
import { copiedFromEtc, writtenFiles } from './host-etc.ts'
import type { ImageRecord } from './records.ts'

export const HOST_IMAGE_TAG = 'host:latest'

const UNFINISHED = '.building-'

/** To be raised when what `build` makes changes. */
const VERSION = 1

// Parts of /usr on most systems, and then links; folders of their own on the others.
const PROGRAM_FOLDERS = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'] as const

const FOLDERS: readonly (readonly [path: string, mode: number])[] = [
  ['etc', 0o755],
  ['root', 0o700],
  ['home', 0o755],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
  ['var/log', 0o755],
  ['var/cache', 0o755],
  ['var/lib', 0o755],
  ['var/spool', 0o755],
  ['run/lock', 0o1777],
  ['mnt', 0o755],
  ['media', 0o755],
  ['opt', 0o755],
  ['srv', 0o755],
  // Mount points.
  ['usr', 0o755],
  ['proc', 0o755],
  ['sys', 0o755],
  ['dev', 0o755],
]

const LINKS: readonly (readonly [path: string, target: string])[] = [
  ['var/run', '../run'],
  ['var/lock', '../run/lock'],
  ['etc/mtab', '/proc/mounts'],
]

export interface HostImageOptions {
  readonly dataRoot: string
  /** Where the machine's files are: `/`, or a tree that stands for it in tests. */
  readonly hostRoot: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * The record of the image as the machine is now; its layer is built when the sources have changed since the last time
 * (0.3 ms when they have not). The ID does not depend on them: the machine's updates are the image's.
 * Errors: those of the file system.
 */
export function openHostImage({ dataRoot, hostRoot, now }: HostImageOptions): ImageRecord {
  const images = join(dataRoot, 'images')
  const layer = join(images, `host-${fingerprint(hostRoot)}`)
  const shell = existsSync(join(hostRoot, 'usr/bin/bash')) ? '/bin/bash' : '/bin/sh'
  if (!existsSync(layer)) build({ images, layer, hostRoot, shell })
  const config: ImageConfig = { Cmd: [shell], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] }
  return {
    id: `sha256:${createHash('sha256')
      .update(JSON.stringify({ origin: 'host', config }))
      .digest('hex')}`,
    tags: [HOST_IMAGE_TAG],
    created: now,
    config,
    layers: [layer],
    mounts: programMounts(hostRoot),
    origin: 'host',
  }
}

/** Layers of earlier states of the machine. They may go when no container runs on them. */
export function staleHostLayers(dataRoot: string, current: ImageRecord): string[] {
  const images = join(dataRoot, 'images')
  return readdirSync(images)
    .filter((name) => name.startsWith('host-'))
    .map((name) => join(images, name))
    .filter((layer) => !current.layers.includes(layer))
}

function programMounts(hostRoot: string): Mount[] {
  const own = PROGRAM_FOLDERS.filter((name) => lstatSync(join(hostRoot, name), { throwIfNoEntry: false })?.isDirectory() === true)
  return ['usr', ...own].map((name) => ({
    destination: `/${name}`,
    type: 'bind',
    source: join(hostRoot, name),
    // setuid stays, as in any image: sudo and su work inside.
    options: ['rbind', 'ro', 'rro', 'nodev', 'rprivate'],
  }))
}

/** Changes whenever the layer would come out different, seen from times and sizes alone. */
function fingerprint(hostRoot: string): string {
  const hash = createHash('sha256').update(`${VERSION}\n`)
  const paths = [...copiedFromEtc.map((path) => `etc/${path}`), ...PROGRAM_FOLDERS, 'usr/bin/bash']
  for (const path of paths) hash.update(`${path} ${state(join(hostRoot, path))}\n`)
  return hash.digest('hex').slice(0, 16)
}

function state(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true })
  if (stats === undefined) return 'missing'
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  return `${stats.mode} ${stats.ino} ${stats.size} ${stats.mtimeNs}`
}

interface Building {
  readonly images: string
  readonly layer: string
  readonly hostRoot: string
  readonly shell: string
}

/** Built beside its place and renamed, so that a half-made layer is never taken for a whole one. */
function build({ images, layer, hostRoot, shell }: Building): void {
  mkdirSync(images, { recursive: true, mode: 0o700 })
  removeUnfinished(images)
  const unfinished = mkdtempSync(join(images, UNFINISHED))
  try {
    for (const [path, mode] of FOLDERS) makeFolder(join(unfinished, path), mode)
    for (const [path, target] of LINKS) symlinkSync(target, join(unfinished, path))
    for (const name of PROGRAM_FOLDERS) placeProgramFolder(join(hostRoot, name), join(unfinished, name))
    for (const path of copiedFromEtc) copyPublic(join(hostRoot, 'etc', path), join(unfinished, 'etc', path))
    for (const { path, content } of writtenFiles(shell)) writePublic(join(unfinished, path), content)
    chmodSync(unfinished, 0o755) // the root of every container: mkdtemp's 0700 would lock plain users out
    renameSync(unfinished, layer)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  }
}

// Left by a helper that was killed while building; there is one helper for a data root, so nobody is still at it.
function removeUnfinished(images: string): void {
  for (const name of readdirSync(images)) if (name.startsWith(UNFINISHED)) rmSync(join(images, name), { recursive: true, force: true })
}

/** The same link as on the host, or a mount point where the host has a folder. */
function placeProgramFolder(from: string, to: string): void {
  const stats = lstatSync(from, { throwIfNoEntry: false })
  if (stats?.isSymbolicLink() === true) symlinkSync(readlinkSync(from), to)
  if (stats?.isDirectory() === true) makeFolder(to)
}

function writePublic(path: string, content: string): void {
  writeFileSync(path, content)
  chmodSync(path, 0o644)
}
