/** The documents of an archive that is a docker-archive and an OCI layout (`image-spec/image-layout.md`). */
import { type Digest, digestHex } from './digest.ts'
import { CONFIG_LIMIT } from './image-config.ts'
import { describeBlob, OCI_INDEX, OCI_MANIFEST } from './manifest-of.ts'
import { parseReference } from './reference.ts'
import type { ArchiveFile } from './save-archive.ts'
import type { SavedImage } from './save-choice.ts'
import type { ContentStore } from './store/content-store.ts'

/** Where a layout has a blob. */
export function blobPath(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`
}

/** What says that the archive is an OCI layout. */
export function ociLayoutFile(): ArchiveFile {
  return document('oci-layout', { imageLayoutVersion: '1.0.0' })
}

/**
 * One entry for each name, since a descriptor has room for one: by containerd's annotation with all of it, by OCI's own the tag alone.
 * Errors: those of `ContentStore.read`.
 */
export function ociIndexFile(content: ContentStore, images: readonly SavedImage[]): ArchiveFile {
  const manifests = images.flatMap(({ tags, content: { manifest } }) => {
    const descriptor = describeBlob(content, manifest, mediaTypeOf(content, manifest))
    return tags.length === 0 ? [descriptor] : tags.map((tag) => ({ ...descriptor, annotations: annotationsOf(tag) }))
  })
  return document('index.json', { schemaVersion: 2, mediaType: OCI_INDEX, manifests })
}

/** What `docker load` goes by. */
export function manifestFile(images: readonly SavedImage[]): ArchiveFile {
  const entries = images.map(({ config, tags, content }) => ({
    Config: blobPath(config),
    RepoTags: tags.length === 0 ? null : tags,
    Layers: content.blobs.map(blobPath),
  }))
  return document('manifest.json', entries)
}

function annotationsOf(tag: string): Record<string, string> {
  const { domain, path, tag: word = 'latest' } = parseReference(tag)
  return { 'io.containerd.image.name': `${domain}/${path}:${word}`, 'org.opencontainers.image.ref.name': word }
}

/** OCI's manifests need not say what they are, Docker's do; which of both it is was checked when the image came. */
function mediaTypeOf(content: ContentStore, manifest: Digest): string {
  const { mediaType }: { readonly mediaType?: unknown } = { ...Object(JSON.parse(content.read(manifest, CONFIG_LIMIT).toString())) }
  return typeof mediaType === 'string' ? mediaType : OCI_MANIFEST
}

function document(name: string, value: unknown): ArchiveFile {
  const bytes = Buffer.from(JSON.stringify(value))
  return { name, size: bytes.length, open: () => [bytes] }
}
