/** Image manifests made here: for images that came without one (docker-archives, `import`, `commit`). */
import { closeSync, readSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import type { Digest } from './digest.ts'
import type { ContentStore } from './store/content-store.ts'

/** Media types of the OCI image specification, and Docker's own of the same things. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json'
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar'
export const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json'
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json'

/** Names a blob, and says what it is. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
}

/**
 * The manifest of a configuration and its layers' blobs (the lowest first), all in the store. The same parts give the same bytes.
 * Errors: NotFound `blob-missing`, InvalidParameter `unsupported-compression`.
 */
export function manifestOf(content: ContentStore, config: Digest, layers: readonly Digest[]): Buffer {
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: describeBlob(content, config, OCI_CONFIG),
    layers: layers.map((layer) => describeBlob(content, layer, layerMediaType(content, layer))),
  }
  return Buffer.from(JSON.stringify(manifest))
}

/** Errors: NotFound `blob-missing`. */
export function describeBlob(content: ContentStore, digest: Digest, mediaType: string): Descriptor {
  const size = content.size(digest)
  if (size === undefined) throw new PockerError('NotFound', `describe blob ${digest}: it is not there`, { code: 'blob-missing' })
  return { mediaType, digest, size }
}

/**
 * What the blob's first bytes say it is.
 * Errors: NotFound `blob-missing`, InvalidParameter `unsupported-compression` (bzip2, xz).
 */
export function layerMediaType(content: ContentStore, digest: Digest): string {
  const descriptor = content.open(digest)
  try {
    const start = Buffer.alloc(6)
    const length = readSync(descriptor, start, 0, start.length, 0)
    return OCI_LAYER + SUFFIXES[compressionOf(start.subarray(0, length))]
  } finally {
    closeSync(descriptor)
  }
}

export type Compression = 'none' | 'gzip' | 'zstd'

const SUFFIXES: Readonly<Record<Compression, string>> = { none: '', gzip: '+gzip', zstd: '+zstd' }

/** Told by an archive's first six bytes. Errors: InvalidParameter `unsupported-compression`. */
export function compressionOf(start: Uint8Array): Compression {
  const hex = Buffer.from(start).toString('hex')
  if (hex.startsWith('1f8b')) return 'gzip'
  if (hex.startsWith('28b52ffd')) return 'zstd'
  const other = hex.startsWith('425a68') ? 'bzip2' : hex.startsWith('fd377a585a00') ? 'xz' : undefined
  if (other === undefined) return 'none'
  throw new PockerError('InvalidParameter', `read archive: it is compressed with ${other}`, {
    code: 'unsupported-compression',
    hint: 'use a plain, gzip or zstd archive',
  })
}
