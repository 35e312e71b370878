/** One image to its registry. */
import { PockerError } from '../api/errors.ts'
import type { TransferOptions } from '../http/backend.ts'
import { compressLayers } from './compress-layers.ts'
import type { ImageContext } from './context.ts'
import { type Digest, parseDigest } from './digest.ts'
import { CONFIG_LIMIT } from './image-config.ts'
import { tellImage } from './image-events.ts'
import type { Say } from './load-work.ts'
import { OCI_MANIFEST } from './manifest-of.ts'
import { portableContent } from './portable.ts'
import { pushLayers } from './push-layers.ts'
import type { ImageContent, ImageRecord } from './records.ts'
import { familiarName, familiarReference, type Reference } from './reference.ts'
import { type Manifest, parseManifest } from './registry/manifest.ts'
import { shortDigest } from './registry/progress-messages.ts'
import { putManifest } from './registry/put-manifest.ts'
import type { Registries } from './registry/registries.ts'
import { openRepositories, type Repository } from './registry/repository.ts'
import { uploadBlob } from './registry/upload-blob.ts'

export interface PushOneOptions extends TransferOptions {
  readonly reference: Reference & { readonly tag: string }
  readonly record: ImageRecord
  readonly say: Say
}

/**
 * Pushes layers, configuration and, last, the manifest, exactly as it is in the store: what came from a registry keeps its digest.
 * Plain layers that no registry has seen are compressed first.
 * Errors: InvalidParameter `image-not-portable`, NotFound `no-matching-platform`; those of `uploadBlob`, `putManifest` and the store.
 */
export async function pushOne(context: ImageContext, registries: Registries, options: PushOneOptions): Promise<void> {
  const { reference, record, say, signal } = options
  const known = portableContent(record, `push '${familiarReference(reference)}'`)
  checkPlatform(known, options)
  const repository = registryOf(registries, reference, options)
  say({ status: `The push refers to repository [${reference.domain}/${reference.path}]` })
  using lease = context.lease()
  lease.protect(known.manifest, ...known.blobs, parseDigest(record.id))
  const onLayer = (blob: Digest) => {
    const diffId = known.diffIds[known.blobs.indexOf(blob)] ?? blob
    say({ status: 'Compressing', progressDetail: {}, id: shortDigest(diffId) })
  }
  const parts = await compressLayers(context, lease, { record, parts: known, signal, onLayer })
  const { bytes, manifest } = readManifest(context, parts.manifest)
  await pushLayers(context, repository, { layers: manifest.layers, diffIds: parts.diffIds, domain: reference.domain, say, signal })
  await uploadBlob(context.content, manifest.config, { repository, mountFrom: [], signal, onProgress: () => undefined })
  const digest = await putManifest(repository, { tag: reference.tag, bytes, type: manifest.type, digest: parts.manifest, signal })
  remember(context, record.id, `${reference.domain}/${reference.path}@${digest}`)
  tellImage(context, { action: 'push', id: familiarReference(reference), name: familiarName(reference), labels: record.config.Labels })
  say({ status: `${reference.tag}: digest: ${digest} size: ${bytes.length}` })
  say({ progressDetail: {}, aux: { Tag: reference.tag, Digest: digest, Size: bytes.length } })
}

function checkPlatform({ os, architecture, variant }: ImageContent, { platform, reference }: PushOneOptions): void {
  if (platform === undefined) return
  const isIt = platform.os === os && platform.architecture === architecture
  if (isIt && (platform.variant === undefined || variant === undefined || platform.variant === variant)) return
  throw new PockerError('NotFound', `push '${familiarReference(reference)}': it is here for ${os}/${architecture} only`, {
    code: 'no-matching-platform',
  })
}

function registryOf(registries: Registries, reference: Reference, { auth }: PushOneOptions): Repository {
  const [repository] = openRepositories(registries, reference, { auth, verb: 'push' })
  if (repository === undefined)
    throw new PockerError('Internal', `push '${familiarReference(reference)}': it has no registry`, { code: 'no-registry' })
  return repository
}

function readManifest({ content }: ImageContext, digest: Digest): { bytes: Buffer; manifest: Manifest } {
  const bytes = content.read(digest, CONFIG_LIMIT)
  // Stored under its digest, whatever a registry's header called it; the OCI's manifests may leave out what they are (umoci's do).
  const manifest = parseManifest(bytes, undefined, OCI_MANIFEST)
  if (manifest.kind === 'manifest') return { bytes, manifest }
  throw new PockerError('Internal', `read manifest ${digest}: it is an index`, { code: 'bad-manifest' })
}

/** The image may have been removed or changed in the meantime. */
function remember({ records }: ImageContext, id: string, repoDigest: string): void {
  const record = records.get(id)
  if (record?.content === undefined || record.content.repoDigests.includes(repoDigest)) return
  records.put({ ...record, content: { ...record.content, repoDigests: [...record.content.repoDigests, repoDigest] } })
}
