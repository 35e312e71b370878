import type { BigIntStats } from 'node:fs'
import { constants, createReadStream, fstatSync, lstatSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import type { TarEntry, TarKind } from '../../archive/tar-write.ts'

const loadFormat = () => import('../../archive/tar-write.ts')

const PIECE = 256 * 1024

/**
 * A file or folder of this machine as a tar archive, with all that is in it; links are kept as links, and sockets left out. `name` is what it
 * is called there: `.` for the content of a folder. Only what the caller may read can be read. Errors: the system's, `file-changed`.
 */
export async function* packLocal(path: string, name: string): AsyncGenerator<Uint8Array, void, void> {
  const format = await loadFormat()
  const linked = new Map<string, string>()

  async function* pack(place: Buffer, entryName: Buffer): AsyncGenerator<Uint8Array, void, void> {
    const stat = lstatSync(place, { bigint: true })
    const kind = kindOf(stat)
    if (kind === undefined) return
    const first = kind === 'file' && stat.nlink > 1n ? firstName(linked, stat, entryName) : undefined
    if (first !== undefined) {
      yield format.tarHeader({ ...about(stat), name: entryName, kind: 'hard-link', link: Buffer.from(first, 'latin1') })
      return
    }
    if (kind === 'file') {
      yield* packFile(place, entryName)
      return
    }
    const link = kind === 'symlink' ? { link: readlinkSync(place, 'buffer') } : {}
    yield format.tarHeader({ ...about(stat), ...link, ...deviceOf(kind, stat), name: entryName, kind })
    if (kind !== 'folder') return
    for (const child of readdirSync(place, { encoding: 'buffer' })) yield* pack(join(place, child), join(entryName, child))
  }

  /** The size is what the open file has: a file may grow or shrink meanwhile, but its header has been sent. */
  async function* packFile(place: Buffer, entryName: Buffer): AsyncGenerator<Uint8Array, void, void> {
    const fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stream = createReadStream('', { fd, highWaterMark: PIECE })
    try {
      const stat = fstatSync(fd, { bigint: true })
      const size = Number(stat.size)
      yield format.tarHeader({ ...about(stat), name: entryName, kind: 'file', size })
      let left = size
      for await (const piece of stream) {
        const wanted: Uint8Array = piece.subarray(0, left)
        left -= wanted.length
        yield wanted
        if (left === 0) break
      }
      if (left > 0) {
        throw new PockerError('Conflict', `copy "${place.toString()}": it became shorter while it was read`, { code: 'file-changed' })
      }
      yield new Uint8Array(format.tarPadding(size))
    } finally {
      stream.destroy()
    }
  }

  yield* pack(Buffer.from(path), Buffer.from(name))
  yield format.tarEnd
}

function about(stat: BigIntStats): Pick<TarEntry, 'mode' | 'uid' | 'gid' | 'mtime'> {
  return { mode: Number(stat.mode & 0o7777n), uid: Number(stat.uid), gid: Number(stat.gid), mtime: stat.mtimeNs }
}

function kindOf(stat: BigIntStats): TarKind | undefined {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isFIFO()) return 'fifo'
  if (stat.isCharacterDevice()) return 'character-device'
  return stat.isBlockDevice() ? 'block-device' : undefined
}

/** The kernel's new encoding: 12 bits of major and 20 of minor in the lower half, the rest in the upper. */
function deviceOf(kind: TarKind, { rdev }: BigIntStats): Pick<TarEntry, 'device'> {
  if (kind !== 'character-device' && kind !== 'block-device') return {}
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn)
  return { device: { major: Number(major), minor: Number(minor & 0xffffffffn) } }
}

/** The name under which the file has been packed already; remembers it when it has not. */
function firstName(linked: Map<string, string>, { dev, ino }: BigIntStats, name: Buffer): string | undefined {
  const key = `${dev}:${ino}`
  const first = linked.get(key)
  if (first === undefined) linked.set(key, name.toString('latin1'))
  return first
}

function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name])
}
