/** From a blob in the content store to a folder in the layer store. */
import { closeSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import type { UnpackLimits } from '../archive/archive.ts'
import type { ImageContext } from './context.ts'
import { type Digest, parseDigest } from './digest.ts'

export interface AddLayerOptions {
  /** In the content store, and protected by the caller's lease. */
  readonly blob: Digest
  /** What the image's configuration says of it; absent where the helper itself makes the configuration (`import`, `commit`). */
  readonly diffId?: Digest
  readonly limits?: Partial<UnpackLimits>
  /** Compressed bytes read so far. */
  readonly onProgress?: (bytes: number) => void
  readonly signal?: AbortSignal
}

/**
 * Unpacks a blob, unless the layer is there. Returns the diff ID; `protect` (of a lease) is called with it before the layer is committed.
 * Errors: InvalidParameter `layer-mismatch` when the blob is not that layer, `blob-corrupt`; those of `UnpackLayer` and of the stores.
 * Nothing is left of the layer then.
 */
export async function addLayer(
  context: ImageContext,
  protect: (digest: Digest) => void,
  { blob, diffId, ...options }: AddLayerOptions,
): Promise<Digest> {
  if (diffId !== undefined) {
    protect(diffId)
    if (context.layers.has(diffId)) return diffId
  }
  const descriptor = context.content.open(blob)
  const layer = context.layers.create()
  try {
    const unpacked = await context.unpackLayer({ ...options, blob: descriptor, folder: layer.folder })
    // The file was verified when it was written; a disk that has changed it since must not make a layer of other content.
    if (unpacked.digest !== blob) {
      throw new PockerError('Internal', `unpack layer ${blob}: the stored blob has changed`, { code: 'blob-corrupt' })
    }
    if (diffId !== undefined && unpacked.diffId !== diffId) {
      throw new PockerError('InvalidParameter', `unpack layer ${blob}: its content is ${unpacked.diffId}, the image says ${diffId}`, {
        code: 'layer-mismatch',
      })
    }
    const found = parseDigest(unpacked.diffId)
    protect(found)
    await layer.sync()
    layer.commit(found, { size: unpacked.size })
    return found
  } finally {
    layer.abort()
    closeSync(descriptor)
  }
}
