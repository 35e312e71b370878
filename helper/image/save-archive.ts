/** Files out of memory or the content store as one tar stream. */
import { Readable } from 'node:stream'
import { type TarEntry, tarEnd, tarHeader, tarPadding } from '../archive/tar-write.ts'

export interface ArchiveFile {
  /** With all folders above it. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Exactly `size` bytes. */
  readonly open: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/** Nobody's files, of no time: the same images give the same archive. */
const COMMON = { uid: 0, gid: 0, mtime: 0n } as const
/** What the store hands out at once: more would only wait in memory. */
const PIECE = 1 << 20

/**
 * The files with the folders that they lie in, in the given order; each is opened when its turn comes. Ends with the error of reading one,
 * and with a RangeError when one has not the size it was said to have.
 */
export function archiveStream(files: readonly ArchiveFile[]): Readable {
  return Readable.from(pieces(files), { objectMode: false, highWaterMark: PIECE })
}

async function* pieces(files: readonly ArchiveFile[]): AsyncGenerator<Uint8Array, void, undefined> {
  const folders = new Set<string>()
  for (const { name, size, open } of files) {
    for (const folder of foldersAbove(name)) {
      if (folders.has(folder)) continue
      folders.add(folder)
      yield tarHeader({ ...COMMON, name: folder, kind: 'folder', mode: 0o755 })
    }
    const entry: TarEntry = { ...COMMON, name, kind: 'file', mode: 0o644, size }
    yield tarHeader(entry)
    let written = 0
    for await (const piece of open()) {
      written += piece.length
      if (written > size) break
      yield piece
    }
    if (written !== size) throw new RangeError(`archive '${name}': it has not the ${size} bytes it had`)
    const padding = tarPadding(size)
    if (padding > 0) yield new Uint8Array(padding)
  }
  yield tarEnd
}

function foldersAbove(name: string): string[] {
  const parts = name.split('/')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
