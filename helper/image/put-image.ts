/** Making an image known, when all its parts are in the stores. */
import { PockerError } from '../api/errors.ts'
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import { collectGarbage, partsOf } from './garbage.ts'
import { HOST_IMAGE_TAG } from './host-image.ts'
import { type ImageConfigFile, parseImageConfig } from './image-config.ts'
import type { ImageContent, ImageRecord } from './records.ts'
import { takeTags } from './tags.ts'

export interface NewImage {
  /** The configuration blob's bytes; their digest is the image's ID. */
  readonly config: Uint8Array
  /** The manifest's bytes, as the registry has them, or made by `load`, `import` and `commit`. */
  readonly manifest: Uint8Array
  /** The layers' blobs, the lowest first: as many as the configuration has diff IDs. */
  readonly blobs: readonly Digest[]
  /** Familiar, such as `busybox:1`: they move here from the images that have them. */
  readonly tags: readonly string[]
  /** Such as `docker.io/library/busybox@sha256:…`; none for what came from no registry. */
  readonly repoDigests: readonly string[]
}

/**
 * Puts configuration, manifest and, last, the record. All layers are unpacked and all blobs are there, under the caller's lease.
 * An image with this ID that is there already gets the tags and digests too.
 * Errors: InvalidParameter `bad-image-config`, `too-many-layers`, `layer-count`; Conflict `host-image-stays`; Internal `layer-missing`,
 * `blob-missing`; those of the stores.
 */
export function putImage(context: ImageContext, image: NewImage): ImageRecord {
  const file = parseImageConfig(image.config)
  const diffIds = checkLayers(context, file, image.blobs)
  if (image.tags.includes(HOST_IMAGE_TAG)) {
    throw new PockerError('Conflict', `name image '${HOST_IMAGE_TAG}': 'host' is this machine itself and stays`, {
      code: 'host-image-stays',
    })
  }
  using lease = context.lease()
  const id = protectedPut(context, lease.protect, image.config)
  const known = context.records.get(id)
  // What came from a registry keeps the manifest that its digest names, when it comes again from elsewhere.
  const keep = image.repoDigests.length === 0 && known?.content !== undefined && partsThere(context, known.content)
  const parts =
    keep && known.content !== undefined
      ? known.content
      : { manifest: protectedPut(context, lease.protect, image.manifest), blobs: image.blobs }
  const record: ImageRecord = {
    id,
    tags: known?.tags ?? [],
    created: createdOf(file),
    config: file.config ?? {},
    layers: diffIds.map((diffId) => context.layers.folder(diffId)).reverse(),
    mounts: [],
    origin: 'layers',
    content: {
      manifest: parts.manifest,
      diffIds,
      blobs: parts.blobs,
      repoDigests: [...new Set([...(known?.content?.repoDigests ?? []), ...image.repoDigests])],
      ...(file.created === undefined ? {} : { created: file.created }),
      architecture: file.architecture ?? '',
      os: file.os ?? '',
      ...(file.variant === undefined ? {} : { variant: file.variant }),
      ...(file.author === undefined ? {} : { author: file.author }),
      ...commentOf(file),
      history: file.history ?? [],
    },
  }
  const tagged = takeTags(context.records, record, image.tags)
  if (known !== undefined) collectGarbage(context, partsOf(known))
  return tagged
}

function protectedPut(context: ImageContext, protect: (digest: Digest) => void, bytes: Uint8Array): Digest {
  const digest = context.content.put(bytes)
  protect(digest)
  return digest
}

function checkLayers({ content, layers }: ImageContext, file: ImageConfigFile, blobs: readonly Digest[]): readonly Digest[] {
  const { diff_ids: diffIds } = file.rootfs
  if (diffIds.length !== blobs.length) {
    const counts = `its configuration has ${diffIds.length} layers, its manifest ${blobs.length}`
    throw new PockerError('InvalidParameter', `put image: ${counts}`, { code: 'layer-count' })
  }
  const layer = diffIds.find((diffId) => !layers.has(diffId))
  if (layer !== undefined) throw new PockerError('Internal', `put image: layer ${layer} is not there`, { code: 'layer-missing' })
  const blob = blobs.find((digest) => !content.has(digest))
  if (blob !== undefined) throw new PockerError('Internal', `put image: blob ${blob} is not there`, { code: 'blob-missing' })
  return diffIds
}

function partsThere({ content }: ImageContext, { manifest, blobs }: ImageContent): boolean {
  return [manifest, ...blobs].every((digest) => content.has(digest))
}

/** Milliseconds since 1970; 0 for an image that does not say. */
function createdOf({ created }: ImageConfigFile): number {
  const time = Date.parse(created ?? '')
  return Number.isNaN(time) ? 0 : time
}

/** As dockerd: the image's own, or that of its last step. */
function commentOf({ comment, history }: ImageConfigFile): { comment?: string } {
  const found = comment || history?.at(-1)?.comment
  return found === undefined || found === '' ? {} : { comment: found }
}
