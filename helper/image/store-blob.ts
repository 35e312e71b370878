import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import type { Lease } from './leases.ts'
import { checkRoom } from './load-spool.ts'

/** Bytes between two looks at the disk's free space. */
const LOOK_EVERY = 16 << 20

export interface StoredBlob {
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
}

/**
 * Writes a stream into the content store, protected by the lease; nothing is left of one that fails. Errors: Unavailable `no-space`; the
 * stream's.
 */
export async function storeBlob({ content, dataRoot }: ImageContext, lease: Lease, source: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
  const blob = content.create()
  try {
    let next = 0
    for await (const piece of source) {
      if (blob.written + piece.length > next) {
        checkRoom(dataRoot, piece.length)
        next = blob.written + LOOK_EVERY
      }
      blob.write(piece)
    }
    const size = blob.written
    const digest = blob.commit()
    lease.protect(digest)
    return { digest, size }
  } finally {
    blob.abort()
  }
}
