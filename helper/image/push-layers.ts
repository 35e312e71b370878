/** The layers of an image to a registry, several at once, only those that it lacks. */
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import type { Say } from './load-work.ts'
import { parseReference } from './reference.ts'
import { allToTheEnd } from './registry/all-to-the-end.ts'
import type { Descriptor } from './registry/manifest.ts'
import { everyMoment, shortDigest } from './registry/progress-messages.ts'
import type { Repository } from './registry/repository.ts'
import { type Uploaded, uploadBlob } from './registry/upload-blob.ts'

export interface PushLayersOptions {
  /** The lowest first. */
  readonly layers: readonly Descriptor[]
  /** As many. */
  readonly diffIds: readonly Digest[]
  /** The registry's, as image names have it. */
  readonly domain: string
  readonly say: Say
  readonly signal: AbortSignal
}

/** Errors: those of `uploadBlob`; Cancelled. All uploads have ended then. */
export async function pushLayers(context: ImageContext, repository: Repository, options: PushLayersOptions): Promise<void> {
  const { layers, diffIds, domain, say, signal } = options
  const ids = new Map(layers.map(({ digest }, at) => [digest, shortDigest(diffIds[at] ?? digest)]))
  const unique = [...new Map(layers.map((layer) => [layer.digest, layer])).values()]
  for (const { digest } of unique) say({ status: 'Preparing', progressDetail: {}, id: ids.get(digest) ?? '' })
  await allToTheEnd(signal, unique, async (layer, both) => {
    const id = ids.get(layer.digest) ?? ''
    const upload = () =>
      uploadBlob(context.content, layer, {
        repository,
        mountFrom: siblings(context, layer.digest, { domain, path: repository.path }),
        signal: both,
        onProgress: everyMoment((current) => say({ status: 'Pushing', progressDetail: { current, total: layer.size }, id }), layer.size),
      })
    const wait = () => say({ status: 'Waiting', progressDetail: {}, id })
    const uploaded = await repository.registries.transfers.run(both, upload, { size: layer.size, onWait: wait })
    say({ status: words(uploaded), progressDetail: {}, id })
  })
}

function words(uploaded: Uploaded): string {
  switch (uploaded.kind) {
    case 'there':
      return 'Layer already exists'
    case 'mounted':
      return `Mounted from ${uploaded.from}`
    case 'uploaded':
      return 'Pushed'
  }
}

/** Repositories of the same registry that have the blob, as far as is known here. */
function siblings({ records }: ImageContext, blob: Digest, target: { readonly domain: string; readonly path: string }): readonly string[] {
  const digests = records.list().flatMap(({ content }) => (content?.blobs.includes(blob) === true ? content.repoDigests : []))
  const there = digests.map(parseReference).filter(({ domain, path }) => domain === target.domain && path !== target.path)
  return [...new Set(there.map(({ path }) => path))]
}
