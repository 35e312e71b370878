/** The layers of an image: downloaded several at once, each unpacked as soon as it is there. */
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import type { Lease } from './leases.ts'
import { loadLayer } from './load-layer.ts'
import { checkCancelled, type Say } from './load-work.ts'
import { allToTheEnd } from './registry/all-to-the-end.ts'
import { fingerprint } from './registry/credentials.ts'
import { downloadBlob } from './registry/download-blob.ts'
import type { Descriptor } from './registry/manifest.ts'
import { everyMoment, shortDigest } from './registry/progress-messages.ts'
import type { Registries } from './registry/registries.ts'
import type { Repository } from './registry/repository.ts'

export interface PullLayersOptions {
  /** The lowest first. */
  readonly layers: readonly Descriptor[]
  /** As many. */
  readonly diffIds: readonly Digest[]
  /** Where blobs may come from, the best first. */
  readonly sources: readonly Repository[]
  /** Protects the blobs already. */
  readonly lease: Lease
  readonly say: Say
  readonly signal: AbortSignal
}

interface Layer {
  readonly blob: Descriptor
  readonly diffId: Digest
}

type LayerWork = Omit<PullLayersOptions, 'layers' | 'diffIds'>

/**
 * Sees to it that all blobs are stored and all layers unpacked; what several pulls want is got once.
 * Errors: the first layer's that failed, when the others have come to an end; those of `downloadBlob` and `loadLayer`; Cancelled.
 */
export async function pullLayers(context: ImageContext, registries: Registries, options: PullLayersOptions): Promise<void> {
  const { lease, say, signal } = options
  lease.protect(...options.diffIds)
  const pairs = options.layers.flatMap((blob, at): Layer[] => {
    const diffId = options.diffIds[at]
    return diffId === undefined ? [] : [{ blob, diffId }]
  })
  // An image may have one layer twice.
  const layers = [...new Map(pairs.map((layer) => [`${layer.blob.digest} ${layer.blob.size} ${layer.diffId}`, layer])).values()]
  for (const { blob } of layers) say({ status: 'Pulling fs layer', progressDetail: {}, id: shortDigest(blob.digest) })
  // The largest first: it takes longest to unpack, so nothing else is left to wait for in the end.
  const bySize = layers.toSorted((left, right) => right.blob.size - left.blob.size)
  await allToTheEnd(signal, bySize, (layer, both) => pullLayer(context, registries, layer, { ...options, signal: both }))
  checkCancelled(signal, 'pull layers')
}

async function pullLayer(context: ImageContext, registries: Registries, { blob, diffId }: Layer, work: LayerWork): Promise<void> {
  const { content, layers } = context
  const { say, signal } = work
  const id = shortDigest(blob.digest)
  const isUnpacked = layers.has(diffId)
  if (content.size(blob.digest) !== blob.size) await download(context, registries, blob, work)
  else if (!isUnpacked) say({ status: 'Download complete', progressDetail: {}, id })
  const unpack = (shared: AbortSignal, tell: Say) =>
    registries.unpackers.run(
      shared,
      () => {
        const onProgress = everyMoment(
          (current) => tell({ status: 'Extracting', progressDetail: { current, total: blob.size }, id }),
          blob.size,
        )
        return loadLayer(context, work.lease, { blob: blob.digest, diffId, onProgress, signal: shared })
      },
      { size: blob.size },
    )
  await registries.sharedLayers.run(`unpack ${blob.digest} ${diffId}`, { signal, onNews: say }, unpack)
  say({ status: isUnpacked ? 'Already exists' : 'Pull complete', progressDetail: {}, id })
}

async function download(
  { content }: ImageContext,
  registries: Registries,
  blob: Descriptor,
  { sources, say, signal }: LayerWork,
): Promise<void> {
  const id = shortDigest(blob.digest)
  const work = (shared: AbortSignal, tell: Say) => {
    const options = {
      sources,
      signal: shared,
      onProgress: everyMoment((current) => tell({ status: 'Downloading', progressDetail: { current, total: blob.size }, id }), blob.size),
      onRetry: (_error: unknown, delay: number) =>
        tell({ status: `Retrying in ${Math.ceil(delay / 1000)} seconds`, progressDetail: {}, id }),
      onVerify: () => tell({ status: 'Verifying Checksum', progressDetail: {}, id }),
    }
    const wait = () => tell({ status: 'Waiting', progressDetail: {}, id })
    return registries.transfers.run(shared, () => downloadBlob(content, blob, options), { size: blob.size, onWait: wait })
  }
  // Only those who ask the same registry for it with the same credentials share it: another's failure is not theirs.
  const places = sources.map(({ endpoint, path, credentials }) => [endpoint.host, path, fingerprint(credentials)])
  await registries.sharedLayers.run(JSON.stringify(['download', blob, places]), { signal, onNews: say }, work)
  say({ status: 'Download complete', progressDetail: {}, id })
}
