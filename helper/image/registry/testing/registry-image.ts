/** Images in a test registry; their layers are such as `copyLayer` unpacks. */
import { diffIdOf, digestOf } from '../../testing/test-image-context.ts'
import { type Descriptor, MEDIA_TYPES } from '../manifest.ts'
import type { TestRegistry } from './test-registry.ts'

export interface RegistryImage {
  readonly repository?: string
  /** Absent: only known by its digest. */
  readonly tag?: string
  /** One layer each, the lowest first. */
  readonly layers?: readonly (string | Buffer)[]
  /** Members of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Members of the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>
}

export interface PutImage {
  readonly digest: string
  readonly bytes: Buffer
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  /** For an index. */
  readonly descriptor: Descriptor
}

/** Puts an image into the registry as a push would. */
export function putRegistryImage(registry: TestRegistry, image: RegistryImage = {}): PutImage {
  const { repository = 'app', layers: contents = ['one', 'two'] } = image
  const put = (bytes: Buffer, mediaType: string): Descriptor => {
    const digest = digestOf(bytes)
    registry.blobs.set(digest, bytes)
    registry.owners.add(`${repository} ${digest}`)
    return { mediaType, digest, size: bytes.length }
  }
  const blobs = contents.map((content) => Buffer.from(content))
  const layers = blobs.map((bytes) => put(bytes, 'application/vnd.oci.image.layer.v1.tar+gzip'))
  const file = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: blobs.map(diffIdOf) },
    ...image.config,
  }
  const config = put(Buffer.from(JSON.stringify(file)), MEDIA_TYPES.ociConfig)
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers, ...image.manifest }
  const descriptor = putDocument(registry, manifest, { repository, ...(image.tag === undefined ? {} : { tag: image.tag }) })
  return { digest: descriptor.digest, bytes: Buffer.from(JSON.stringify(manifest)), config, layers, descriptor }
}

/** Puts any document in a manifest's place. `type` is what the header says, the document's own media type unless given. */
export function putDocument(
  registry: TestRegistry,
  document: Readonly<Record<string, unknown>> & { readonly mediaType?: unknown },
  { repository = 'app', tag, type }: { readonly repository?: string; readonly tag?: string; readonly type?: string } = {},
): Descriptor {
  const bytes = Buffer.from(JSON.stringify(document))
  const stored = { bytes, type: type ?? String(document.mediaType ?? MEDIA_TYPES.ociManifest) }
  const digest = digestOf(bytes)
  registry.manifests.set(`${repository}@${digest}`, stored)
  if (tag !== undefined) registry.manifests.set(`${repository}:${tag}`, stored)
  return { mediaType: stored.type, digest, size: bytes.length }
}
