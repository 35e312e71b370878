/** Images that are made here: by `import` and `commit`. */
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import type { ImageConfigFile } from './image-config.ts'
import { tellImage } from './image-events.ts'
import type { Lease } from './leases.ts'
import { manifestOf } from './manifest-of.ts'
import { putImage } from './put-image.ts'
import type { ImageRecord } from './records.ts'

export interface MadeImage {
  readonly file: ImageConfigFile
  /** The layers' blobs, the lowest first, in the store and unpacked. */
  readonly blobs: readonly Digest[]
  /** Familiar. */
  readonly tag: string | undefined
}

/** Writes configuration and manifest and makes the image known. Errors: those of `manifestOf` and `putImage`. */
export function putMadeImage(context: ImageContext, lease: Lease, { file, blobs, tag }: MadeImage): ImageRecord {
  const config = Buffer.from(JSON.stringify({ ...file, rootfs: { ...file.rootfs, type: 'layers' } }))
  const digest = context.content.put(config)
  lease.protect(digest)
  const manifest = manifestOf(context.content, digest, blobs)
  const record = putImage(context, { config, manifest, blobs, tags: tag === undefined ? [] : [tag], repoDigests: [] })
  if (tag !== undefined) tellImage(context, { action: 'tag', id: record.id, name: tag, labels: record.config.Labels })
  return record
}
