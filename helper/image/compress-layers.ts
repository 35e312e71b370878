/** Plain layers, as `commit` and `import` write them, compressed before they go over a network. */
import { createGzip } from 'node:zlib'
import type { ImageContext } from './context.ts'
import { type Digest, parseDigest } from './digest.ts'
import { collectGarbage, partsOf } from './garbage.ts'
import type { Lease } from './leases.ts'
import { checkCancelled } from './load-work.ts'
import { layerMediaType, manifestOf, OCI_LAYER } from './manifest-of.ts'
import type { ImageContent, ImageRecord } from './records.ts'
import { storeBlob } from './store-blob.ts'

/**
 * The image's parts with all layers compressed. That is done once: the image keeps the compressed ones instead of the plain ones, under
 * the same ID. What came from a registry stays as it is, since its digest is known by others.
 * `onLayer` is told before a layer is compressed. Errors: those of the store; Cancelled. The image is as before then.
 */
export async function compressLayers(
  context: ImageContext,
  lease: Lease,
  options: {
    readonly record: ImageRecord
    readonly parts: ImageContent
    readonly signal: AbortSignal
    readonly onLayer: (blob: Digest) => void
  },
): Promise<ImageContent> {
  const { record, parts, signal, onLayer } = options
  if (parts.repoDigests.length > 0 || !parts.blobs.some((blob) => isPlain(context, blob))) return parts
  const compressed = new Map<Digest, Digest>()
  for (const blob of new Set(parts.blobs)) {
    if (!isPlain(context, blob)) continue
    onLayer(blob)
    compressed.set(blob, await compress(context, lease, blob, signal))
  }
  const blobs = parts.blobs.map((blob) => compressed.get(blob) ?? blob)
  const manifest = context.content.put(manifestOf(context.content, parseDigest(record.id), blobs))
  lease.protect(manifest)
  const current = context.records.get(record.id)
  // Removed or changed meanwhile: then the compressed ones are for this push alone.
  if (current?.content?.manifest !== parts.manifest) return { ...parts, manifest, blobs }
  const content = { ...current.content, manifest, blobs }
  context.records.put({ ...current, content })
  collectGarbage(context, partsOf(current))
  return content
}

function isPlain({ content }: ImageContext, blob: Digest): boolean {
  return layerMediaType(content, blob) === OCI_LAYER
}

async function compress(context: ImageContext, lease: Lease, blob: Digest, signal: AbortSignal): Promise<Digest> {
  const plain = context.content.stream(blob)
  // A lower level than gzip's own 6: three times as fast for a tenth more bytes.
  const gzip = createGzip({ level: 3, chunkSize: 1 << 18 })
  const stop = () => void plain.destroy()
  signal.addEventListener('abort', stop, { once: true })
  plain.on('error', (error) => gzip.destroy(error)).on('close', () => plain.readableEnded || gzip.destroy(new Error('cut short')))
  try {
    const { digest } = await storeBlob(context, lease, plain.pipe(gzip))
    return digest
  } catch (error) {
    checkCancelled(signal, 'compress layer')
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    plain.destroy()
    gzip.destroy()
  }
}
