/** Which images an archive holds, and of which blobs each is put together. */
import { PockerError } from '../api/errors.ts'
import type { ImageContext } from './context.ts'
import { type Digest, isDigest } from './digest.ts'
import { HOST_IMAGE_TAG } from './host-image.ts'
import { CONFIG_LIMIT, type ImageConfigFile, parseImageConfig } from './image-config.ts'
import type { Lease } from './leases.ts'
import { planOciImages } from './load-oci.ts'
import { checkLayout, parseArchiveImages } from './load-schema.ts'
import type { Spooled } from './load-spool.ts'
import { familiarReference, parseReference, withDefaultTag } from './reference.ts'

/** How often a link may point at a link. */
const MAX_LINKS = 8

export interface ImageParts {
  readonly config: Digest
  /** The layers' blobs, the lowest first. */
  readonly blobs: readonly Digest[]
  /** Absent when the archive has none for these blobs. */
  readonly manifest: Digest | undefined
  /** Familiar, with a tag. */
  readonly tags: readonly string[]
}

export interface PlannedImage extends ImageParts {
  readonly configBytes: Buffer
  readonly file: ImageConfigFile
}

/**
 * Reads the archive's documents. Where it is a docker-archive and an OCI layout in one, `manifest.json` says what is loaded, as with
 * dockerd, and the layout gives the manifests as the registry had them.
 * Errors: InvalidParameter `no-images`, `bad-manifest`, `ambiguous-manifest`, `not-an-image`, `missing-entry`, `bad-reference`,
 * `bad-image-config`, `layer-count`, `blob-mismatch`, `platform-missing`, `unsupported-os`; Conflict `host-image-stays`.
 */
export function planImages(context: ImageContext, lease: Lease, spooled: Spooled): PlannedImage[] {
  const { documents } = spooled
  const archive = documents.get('manifest.json')
  const index = documents.get('index.json')
  const layout = documents.get('oci-layout')
  if (layout !== undefined) checkLayout(layout)
  if (archive === undefined && (index === undefined || layout === undefined)) {
    throw new PockerError('InvalidParameter', 'load images: the archive has neither a manifest.json nor an OCI layout', {
      code: 'no-images',
      hint: 'a root filesystem becomes an image with: pocker import ARCHIVE NAME',
    })
  }
  const oci = index === undefined || layout === undefined ? [] : planOciImages(context, lease, index)
  const parts =
    archive === undefined ? oci : planArchiveImages({ context, lease, spooled }, archive).map((image) => withManifest(image, oci))
  if (parts.length === 0) throw new PockerError('InvalidParameter', 'load images: the archive holds none', { code: 'no-images' })
  return parts.map((image) => complete(context, image))
}

interface Looking {
  readonly context: ImageContext
  readonly lease: Lease
  readonly spooled: Spooled
}

function planArchiveImages(looking: Looking, bytes: Buffer): ImageParts[] {
  return parseArchiveImages(bytes).map(({ Config, RepoTags = [], Layers = [] }) => ({
    config: find(looking, Config),
    blobs: Layers.map((layer) => find(looking, layer)),
    manifest: undefined,
    tags: RepoTags.map(readTag),
  }))
}

// Names are looked up among the archive's own, through its own links: never on the disk. One that is a digest may be of a blob that was left
// out of the archive because it is here.
function find({ context, lease, spooled: { blobs, links } }: Looking, name: string): Digest {
  let at = name
  for (let count = 0; count <= MAX_LINKS; count++) {
    const digest = blobs.get(at)
    if (digest !== undefined) return digest
    const next = links.get(at)
    if (next === undefined) break
    at = next
  }
  const digest = `sha256:${/^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1] ?? ''}`
  if (isDigest(digest)) {
    lease.protect(digest)
    if (context.content.has(digest)) return digest
  }
  throw new PockerError('InvalidParameter', `load images: ${JSON.stringify(name.slice(0, 200))} is not in the archive`, {
    code: 'missing-entry',
  })
}

function readTag(text: string): string {
  const reference = withDefaultTag(parseReference(text))
  if (reference.digest === undefined) return familiarReference(reference)
  throw new PockerError('InvalidParameter', `name image '${text.slice(0, 300)}': a name with a digest cannot be given`, {
    code: 'bad-reference',
  })
}

function withManifest(image: ImageParts, oci: readonly ImageParts[]): ImageParts {
  const same = oci.find(({ config, blobs }) => config === image.config && blobs.join() === image.blobs.join())
  return same === undefined ? image : { ...image, manifest: same.manifest }
}

function complete({ content }: ImageContext, image: ImageParts): PlannedImage {
  const configBytes = content.read(image.config, CONFIG_LIMIT)
  const file = parseImageConfig(configBytes)
  const { length } = file.rootfs.diff_ids
  if (length !== image.blobs.length) {
    throw new PockerError('InvalidParameter', `load images: a configuration has ${length} layers, its manifest ${image.blobs.length}`, {
      code: 'layer-count',
    })
  }
  if (file.os !== undefined && file.os !== '' && file.os !== 'linux') {
    throw new PockerError('InvalidParameter', `load images: an image is for '${file.os.slice(0, 100)}', not for linux`, {
      code: 'unsupported-os',
    })
  }
  if (image.tags.includes(HOST_IMAGE_TAG)) {
    throw new PockerError('Conflict', `name image '${HOST_IMAGE_TAG}': 'host' is this machine itself and stays`, {
      code: 'host-image-stays',
    })
  }
  return { ...image, configBytes, file }
}
