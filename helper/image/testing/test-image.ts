import { addLayer } from '../add-layer.ts'
import type { ImageContext } from '../context.ts'
import type { Digest } from '../digest.ts'
import { putImage } from '../put-image.ts'
import type { ImageRecord } from '../records.ts'
import { diffIdOf } from './test-image-context.ts'

export interface TestImage {
  /** One layer each, the lowest first, with this text as its blob. */
  readonly layers: readonly string[]
  readonly tags?: readonly string[]
  readonly repoDigests?: readonly string[]
  /** Members of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** Puts an image together as a pull does; its layers must have been made with `copyLayer`. */
export async function putTestImage(context: ImageContext, image: TestImage): Promise<ImageRecord> {
  using lease = context.lease()
  const blobs: Digest[] = []
  for (const text of image.layers) {
    const blob = context.content.put(Buffer.from(text))
    lease.protect(blob)
    await addLayer(context, lease.protect, { blob, diffId: diffIdOf(Buffer.from(text)) })
    blobs.push(blob)
  }
  const diffIds = image.layers.map((text) => diffIdOf(Buffer.from(text)))
  return putImage(context, {
    config: Buffer.from(
      JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: diffIds }, ...image.config }),
    ),
    manifest: Buffer.from(JSON.stringify({ schemaVersion: 2, layers: blobs })),
    blobs,
    tags: image.tags ?? [],
    repoDigests: image.repoDigests ?? [],
  })
}
