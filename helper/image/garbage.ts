/** What no image, no container and no work that goes on needs. */
import type { ImageContext } from './context.ts'
import { type Digest, isDigest } from './digest.ts'
import type { ImageRecord } from './records.ts'

export interface Collected {
  /** Of blobs and layers together. */
  readonly bytes: number
  /** Diff IDs. */
  readonly layers: readonly Digest[]
}

/** Every blob and layer that the image is made of. */
export function partsOf({ id, content }: ImageRecord): readonly Digest[] {
  if (content === undefined) return []
  return [...(isDigest(id) ? [id] : []), content.manifest, ...content.blobs, ...content.diffIds]
}

/** Deletes those of `among` that nothing needs; of everything in the stores when it is not given. */
export function collectGarbage(context: ImageContext, among?: readonly Digest[]): Collected {
  const { content, layers } = context
  const needed = new Set(context.records.list().flatMap(partsOf))
  const folders = new Set(context.containers().flatMap((container) => container.layers))
  const isGarbage = (digest: Digest) => !needed.has(digest) && !context.isLeased(digest)
  let bytes = 0
  for (const digest of among ?? content.list()) {
    const size = isGarbage(digest) ? content.size(digest) : undefined
    if (size === undefined) continue
    content.delete(digest)
    bytes += size
  }
  const gone = [...new Set(among ?? layers.list())].filter(
    (diffId) => layers.has(diffId) && isGarbage(diffId) && !folders.has(layers.folder(diffId)),
  )
  for (const diffId of gone) {
    bytes += layers.size(diffId)
    layers.delete(diffId)
  }
  return { bytes, layers: gone }
}
