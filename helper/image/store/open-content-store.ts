/** The content store as folders and files: an OCI image layout (`image-spec/image-layout.md`), so that other tools can read it. */
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import { type Digest, digestHex, isDigest } from '../digest.ts'
import { corrupt, missing } from './blob-errors.ts'
import { createBlob } from './blob-writer.ts'
import type { ContentStore } from './content-store.ts'
import { streamBlob } from './stream-blob.ts'

/**
 * Opens the store in `folder`, makes it where it is missing, and deletes the blobs that an earlier helper did not finish.
 * One process at a time. Errors: those of the file system.
 */
export function openContentStore(folder: string): ContentStore {
  const blobs = join(folder, 'blobs', 'sha256')
  // Beside the blobs and not in /tmp: a rename is atomic only within one filesystem.
  const ingest = join(folder, 'ingest')
  rmSync(ingest, { recursive: true, force: true })
  for (const path of [blobs, ingest]) mkdirSync(path, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}', { mode: 0o600 })
  const pathOf = (digest: Digest) => join(blobs, digestHex(digest))
  const create = () => createBlob({ ingest, blobs })

  function size(digest: Digest): number | undefined {
    return statSync(pathOf(digest), { throwIfNoEntry: false })?.size
  }

  function open(digest: Digest): number {
    try {
      return openSync(pathOf(digest), constants.O_RDONLY | constants.O_NOFOLLOW)
    } catch (error) {
      throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? missing(digest, error) : error
    }
  }

  return {
    has: (digest) => size(digest) !== undefined,
    size,
    open,
    read: (digest, limit) => readBlob(digest, open(digest), limit),
    stream: (digest) => streamBlob(digest, open(digest)),
    create,
    put(bytes) {
      const blob = create()
      try {
        blob.write(bytes)
        return blob.commit()
      } finally {
        blob.abort()
      }
    },
    delete: (digest) => rmSync(pathOf(digest), { force: true }),
    list: () =>
      readdirSync(blobs)
        .map((name) => `sha256:${name}`)
        .filter(isDigest),
  }
}

/** The descriptor is closed. */
function readBlob(digest: Digest, descriptor: number, limit: number): Buffer {
  try {
    const { size } = fstatSync(descriptor)
    if (size > limit) {
      throw new PockerError('InvalidParameter', `read blob ${digest}: it has ${size} bytes, more than ${limit}`, { code: 'blob-too-large' })
    }
    const bytes = Buffer.allocUnsafe(size)
    let length = 0
    while (length < size) {
      const count = readSync(descriptor, bytes, length, size - length, length)
      if (count === 0) break
      length += count
    }
    const found = createHash('sha256').update(bytes.subarray(0, length)).digest('hex')
    if (found !== digestHex(digest)) throw corrupt(digest)
    return bytes
  } finally {
    closeSync(descriptor)
  }
}
