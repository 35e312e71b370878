/** One image from a registry. */
import type { TransferOptions } from '../http/backend.ts'
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import { findReference } from './find-image.ts'
import { tellImage } from './image-events.ts'
import { checkCancelled, type Say } from './load-work.ts'
import { checkPulledConfig } from './pull-config.ts'
import { pullLayers } from './pull-layers.ts'
import { putImage } from './put-image.ts'
import type { ImageRecord } from './records.ts'
import { familiarName, familiarReference, type Reference } from './reference.ts'
import { type FetchedImage, fetchConfig, fetchImage } from './registry/fetch-manifest.ts'
import { fromFirst } from './registry/from-first.ts'
import { hostPlatform } from './registry/platform.ts'
import type { Registries } from './registry/registries.ts'
import { openRepositories } from './registry/repository.ts'

export interface PullOneOptions extends TransferOptions {
  /** With a tag, a digest, or both: then the digest counts and the tag is not given. */
  readonly reference: Reference
  readonly say: Say
  /** Its last word is left to the caller. */
  readonly isOneOfMany?: boolean
}

/**
 * Pulls an image, downloading and unpacking only what is missing; tells Docker's messages.
 * Errors: those of `fetchImage`, `fetchConfig`, `checkPulledConfig`, `pullLayers` and `putImage`.
 */
export async function pullOne(
  context: ImageContext,
  registries: Registries,
  options: PullOneOptions,
): Promise<{ readonly isNew: boolean }> {
  const { reference, say, signal, platform } = options
  const wanted = platform ?? hostPlatform()
  const repositories = openRepositories(registries, reference, { auth: options.auth, verb: 'pull' })
  const { sources, result: image } = await fromFirst(repositories, (repository) =>
    fetchImage(repository, reference, { platform: wanted, signal }),
  )
  const name = reference.tag === undefined || reference.digest !== undefined ? reference.digest : reference.tag
  say({ status: `Pulling from ${reference.path}`, ...(name === undefined ? {} : { id: name }) })

  using lease = context.lease()
  const { config, layers } = image.manifest
  const protect = (...digests: readonly Digest[]) => lease.protect(...digests)
  protect(image.digest, config.digest, ...layers.map(({ digest }) => digest))
  const repoDigest = `${reference.domain}/${reference.path}@${image.top.digest}`
  const known = findKnown(context, reference, image, repoDigest)
  if (known === undefined) {
    const { result: bytes } = await fromFirst(sources, (repository) => fetchConfig(repository, config, signal))
    const diffIds = checkPulledConfig(bytes, image.manifest, { reference, wanted, say })
    await pullLayers(context, registries, { layers, diffIds, sources, lease, say, signal })
    checkCancelled(signal, `pull '${familiarReference(reference)}'`)
    const record = putImage(context, {
      config: bytes,
      manifest: image.bytes,
      blobs: layers.map(({ digest }) => digest),
      tags: reference.digest === undefined ? [familiarReference(reference)] : [],
      repoDigests: [repoDigest],
    })
    tell(context, reference, record)
  } else tell(context, reference, known)
  say({ status: `Digest: ${image.top.digest}` })
  const status = known === undefined ? 'Downloaded newer image' : 'Image is up to date'
  if (options.isOneOfMany !== true) say({ status: `Status: ${status} for ${familiarReference(reference)}` })
  return { isNew: known === undefined }
}

/** The image that has the name already, is the one that the registry has, and is whole. */
function findKnown(
  { records, content, layers }: ImageContext,
  reference: Reference,
  image: FetchedImage,
  repoDigest: string,
): ImageRecord | undefined {
  const record = findReference(records.list(), reference)?.record
  const parts = record?.content
  if (parts === undefined || record?.id !== image.manifest.config.digest || !parts.repoDigests.includes(repoDigest)) return undefined
  const isWhole = [image.manifest.config.digest, parts.manifest, ...parts.blobs].every(content.has) && parts.diffIds.every(layers.has)
  return isWhole ? record : undefined
}

function tell(context: ImageContext, reference: Reference, { config }: ImageRecord): void {
  tellImage(context, { action: 'pull', id: familiarReference(reference), name: familiarName(reference), labels: config.Labels })
}
