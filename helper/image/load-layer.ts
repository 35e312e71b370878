/** Layers of a loaded image: unpacked where they are not there, and checked where they are. */
import { createHash } from 'node:crypto'
import { addAbortSignal } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import { addLayer } from './add-layer.ts'
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import type { Lease } from './leases.ts'
import { plainBytes } from './load-stream.ts'

export interface LoadLayerOptions {
  readonly blob: Digest
  readonly diffId: Digest
  /** Compressed bytes read so far; not called for a layer that is there. */
  readonly onProgress: (bytes: number) => void
  readonly signal: AbortSignal
}

/**
 * Sees to it that the layer is unpacked and that the blob is this layer.
 * Errors: InvalidParameter `layer-mismatch`; those of `addLayer`.
 */
export async function loadLayer(context: ImageContext, lease: Lease, { blob, diffId, ...options }: LoadLayerOptions): Promise<void> {
  lease.protect(blob, diffId)
  if (!context.layers.has(diffId)) {
    await addLayer(context, (digest) => lease.protect(digest), { blob, diffId, ...options })
    return
  }
  // Nobody unpacks it now, so a blob of anything else would only be found out when the image is pushed or saved.
  if (blob === diffId || isKnownPair(context, blob, diffId)) return
  const found = await hashPlain(context, blob, options.signal)
  if (found === diffId) return
  throw new PockerError('InvalidParameter', `load layer ${blob}: its content is ${found}, the image says ${diffId}`, {
    code: 'layer-mismatch',
  })
}

function isKnownPair({ records }: ImageContext, blob: Digest, diffId: Digest): boolean {
  return records.list().some(({ content }) => content?.blobs.some((other, at) => other === blob && content.diffIds[at] === diffId) ?? false)
}

async function hashPlain({ content }: ImageContext, blob: Digest, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const source = content.stream(blob)
  addAbortSignal(signal, source)
  try {
    for await (const piece of plainBytes(source)) hash.update(piece)
  } finally {
    source.destroy()
  }
  return `sha256:${hash.digest('hex')}`
}
