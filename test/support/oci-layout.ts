/** Small images made by hand, as an OCI layout: to have layers, sizes and configurations as a test wants them. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'

export interface SmallImage {
  /** The tag in the layout. */
  readonly name: string
  /** Uncompressed tar archives, the lowest first. */
  readonly layers: readonly Uint8Array[]
  readonly compression?: 'gzip' | 'zstd' | 'none'
  readonly config?: object
  readonly architecture?: string
}

export interface WrittenImage {
  readonly name: string
  /** Of the manifest. */
  readonly digest: string
  /** Of the configuration: the image's ID. */
  readonly id: string
  readonly layers: readonly { readonly digest: string; readonly diffId: string; readonly size: number }[]
}

const INDEX = 'application/vnd.oci.image.index.v1+json'

const mediaType = {
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  none: 'application/vnd.oci.image.layer.v1.tar',
} as const

const compress = {
  gzip: (tar: Uint8Array): Uint8Array => gzipSync(tar, { level: 1 }),
  zstd: (tar: Uint8Array): Uint8Array => zstdCompressSync(tar),
  none: (tar: Uint8Array): Uint8Array => tar,
} as const

/** Writes all images into the folder `layout`, each as a tag. */
export function writeLayout(layout: string, images: readonly SmallImage[]): WrittenImage[] {
  const written = begin(layout, images)
  end(layout, written)
  return written
}

/** Writes the images as one, the tag `name`: an index from which a platform chooses. */
export function writeIndexLayout(
  layout: string,
  name: string,
  images: readonly SmallImage[],
): { readonly digest: string; readonly images: WrittenImage[] } {
  const written = begin(layout, images)
  const manifests = written.map(({ descriptor, architecture }) => ({ ...descriptor, platform: { os: 'linux', architecture } }))
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }))
  const digest = put(layout, index)
  end(layout, [{ name, descriptor: { mediaType: INDEX, digest, size: index.length } }])
  return { digest, images: written }
}

function begin(layout: string, images: readonly SmallImage[]) {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  return images.map((image) => writeImage(layout, image))
}

function end(layout: string, tags: readonly { readonly name: string; readonly descriptor: object }[]): void {
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  const manifests = tags.map(({ name, descriptor }) => ({ ...descriptor, annotations: { 'org.opencontainers.image.ref.name': name } }))
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
}

function writeImage(layout: string, image: SmallImage) {
  const compression = image.compression ?? 'gzip'
  const layers = image.layers.map((tar) => {
    const blob = compress[compression](tar)
    return { digest: put(layout, blob), diffId: sha256(tar), size: blob.length }
  })
  const architecture = image.architecture ?? (process.arch === 'arm64' ? 'arm64' : 'amd64')
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }
  const history = layers.map((_, index) => ({ created: '2024-01-01T00:00:00Z', created_by: `layer ${index}` }))
  const config = Buffer.from(
    JSON.stringify({ created: '2024-01-01T00:00:00Z', architecture, os: 'linux', config: image.config ?? {}, rootfs, history }),
  )
  const id = put(layout, config)
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: id, size: config.length },
      layers: layers.map(({ digest, size }) => ({ mediaType: mediaType[compression], digest, size })),
    }),
  )
  const digest = put(layout, manifest)
  const descriptor = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: manifest.length }
  return { name: image.name, digest, id, layers, architecture, descriptor }
}

function put(layout: string, bytes: Uint8Array): string {
  const digest = sha256(bytes)
  writeFileSync(join(layout, 'blobs/sha256', digest.slice('sha256:'.length)), bytes)
  return digest
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
