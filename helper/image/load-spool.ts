/** An archive of images, read once: its blobs go into the content store as they come, its documents are kept. */
import { createHash } from 'node:crypto'
import { statfsSync } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import { badEntry, tooMuch } from '../archive/tar/bad-archive.ts'
import type { TarEntry, TarSink } from '../archive/tar/entry.ts'
import { TarReader } from '../archive/tar/reader.ts'
import type { ImageContext } from './context.ts'
import { type Digest, parseDigest } from './digest.ts'
import type { Lease } from './leases.ts'
import { blobName, cleanName, DOCUMENTS, linkTarget } from './load-names.ts'
import { DOCUMENT_LIMIT } from './load-schema.ts'
import { plainBytes } from './load-stream.ts'
import { checkCancelled } from './load-work.ts'

/** Files, folders and links: an image of 128 layers has some 400. */
const MAX_ENTRIES = 65_536
/** Bytes that the disk of the data root keeps for the others. */
const RESERVE = 64 << 20

/** What an archive holds, by clean names. */
export interface Spooled {
  readonly documents: ReadonlyMap<string, Buffer>
  /** In the content store, verified, protected by the lease. */
  readonly blobs: ReadonlyMap<string, Digest>
  /** Symbolic and hard links: clean names of what they point at. */
  readonly links: ReadonlyMap<string, string>
}

/**
 * Reads the whole body. What has no name of the formats is passed over.
 * Errors: InvalidParameter `bad-archive`, `bad-archive-name`, `duplicate-entry`, `archive-…`, `blob-mismatch`, `unsupported-compression`;
 * Unavailable `no-space`; Cancelled `cancelled`.
 */
export async function spoolArchive(context: ImageContext, lease: Lease, source: { body: Readable; signal: AbortSignal }): Promise<Spooled> {
  const { body, signal } = source
  const spool = openSpool(context, lease)
  const reader = new TarReader(spool.sink)
  addAbortSignal(signal, body)
  try {
    for await (const piece of plainBytes(body)) {
      if (!reader.isOver) reader.write(piece)
    }
    reader.finish()
    return spool
  } catch (error) {
    checkCancelled(signal, 'load images')
    throw error
  } finally {
    spool.abort()
  }
}

interface Spool extends Spooled {
  readonly sink: TarSink
  /** The unfinished blob, if there is one, leaves nothing. */
  abort(): void
}

/** Where the present entry's bytes go. */
interface Target {
  data(piece: Buffer): void
  end(): void
  abort(): void
}

function openSpool(context: ImageContext, lease: Lease): Spool {
  const documents = new Map<string, Buffer>()
  const blobs = new Map<string, Digest>()
  const links = new Map<string, string>()
  let entries = 0
  let target: Target | undefined

  function targetOf(entry: TarEntry): Target | undefined {
    const name = cleanName(entry.path)
    if (entry.type === 'directory') return undefined
    const blob = blobName(name)
    if (blob === undefined && !DOCUMENTS.has(name)) return undefined
    // Of two files with one name every reader takes another.
    if (documents.has(name) || blobs.has(name) || links.has(name)) {
      throw new PockerError('InvalidParameter', `read archive: '${name}' is in it twice`, { code: 'duplicate-entry' })
    }
    if (blob !== undefined && (entry.type === 'symlink' || entry.type === 'hardlink')) {
      links.set(name, checkLink(name, entry.linkPath, entry.type))
      return undefined
    }
    if (entry.type !== 'file' || entry.sparse) throw badEntry(entry.path, 'is no plain file')
    if (blob === undefined) return gather(entry, (bytes) => documents.set(name, bytes))
    return store(context, lease, { ...blob, size: entry.size, done: (digest) => blobs.set(name, digest) })
  }

  return {
    documents,
    blobs,
    links,
    abort: () => target?.abort(),
    sink: {
      begin(entry) {
        if (++entries > MAX_ENTRIES) throw tooMuch('archive-too-many-entries', `it has more than ${MAX_ENTRIES} entries`)
        target = targetOf(entry)
      },
      data: (piece) => target?.data(piece),
      end() {
        target?.end()
        target = undefined
      },
    },
  }
}

function checkLink(name: string, target: string, type: 'symlink' | 'hardlink'): string {
  const found = linkTarget(name, target, type)
  if (found !== undefined) return found
  throw new PockerError('InvalidParameter', `read archive: '${name}' links to what is not in the archive`, { code: 'bad-archive-name' })
}

function gather({ path, size }: TarEntry, done: (bytes: Buffer) => void): Target {
  if (size > DOCUMENT_LIMIT) throw tooMuch('archive-document-too-large', `'${path}' has ${size} bytes, more than ${DOCUMENT_LIMIT}`)
  const bytes = Buffer.alloc(size)
  let length = 0
  return {
    data(piece) {
      length += piece.copy(bytes, length)
    },
    end: () => done(bytes),
    abort: () => undefined,
  }
}

interface NewBlob {
  readonly promised: Digest | undefined
  readonly size: number
  readonly done: (digest: Digest) => void
}

function store(context: ImageContext, lease: Lease, { promised, size, done }: NewBlob): Target {
  if (promised !== undefined) {
    lease.protect(promised)
    // What is there need not be written again; an archive that has other bytes under its name is a liar all the same.
    if (context.content.size(promised) === size) return verify(promised, () => done(promised))
  }
  checkRoom(context.dataRoot, size)
  const blob = context.content.create()
  return {
    data: (piece) => blob.write(piece),
    end() {
      const digest = blob.commit(promised === undefined ? { size } : { digest: promised, size })
      lease.protect(digest)
      done(digest)
    },
    abort: () => blob.abort(),
  }
}

function verify(promised: Digest, done: () => void): Target {
  const hash = createHash('sha256')
  return {
    data: (piece) => void hash.update(piece),
    end() {
      const found = parseDigest(`sha256:${hash.digest('hex')}`)
      if (found !== promised) {
        throw new PockerError('InvalidParameter', `read blob ${promised}: its content is ${found}`, { code: 'blob-mismatch' })
      }
      done()
    },
    abort: () => undefined,
  }
}

/** Before writing `size` bytes. Errors: Unavailable `no-space`. */
export function checkRoom(folder: string, size: number): void {
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize - RESERVE >= size) return
  throw new PockerError('Unavailable', `store ${size} bytes: no space left on the disk of the data root`, {
    code: 'no-space',
    hint: 'remove images and containers that are not needed: pocker image prune, pocker rm',
  })
}
