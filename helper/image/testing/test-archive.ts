/** Archives of images as tests want them, also as nobody honest would write them. */
import { type TarEntry, tarEnd, tarHeader, tarPadding } from '../../archive/tar-write.ts'
import { digestHex } from '../digest.ts'
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '../manifest-of.ts'
import { diffIdOf, digestOf } from './test-image-context.ts'

/** A file's content, or any other entry. */
export type TestEntry = readonly [name: string, content: string | Uint8Array | Partial<TarEntry>]

/** A tar with these entries, in their order. */
export function tarOf(entries: readonly TestEntry[]): Buffer {
  const common = { mode: 0o644, uid: 0, gid: 0, mtime: 0n, kind: 'file' } as const
  const pieces = entries.flatMap(([name, content]) => {
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) return [tarHeader({ ...common, name, ...content })]
    const bytes = Buffer.from(content)
    return [tarHeader({ ...common, name, size: bytes.length }), bytes, new Uint8Array(tarPadding(bytes.length))]
  })
  return Buffer.concat([...pieces, tarEnd])
}

export interface TestParts {
  /** The configuration's text. */
  readonly config: string
  /** The layers' bytes, as text; made for `copyLayer`. */
  readonly layers: readonly string[]
}

/** A configuration for these layers. */
export function partsWith(layers: readonly string[], more: Readonly<Record<string, unknown>> = {}): TestParts {
  const diffIds = layers.map((text) => diffIdOf(Buffer.from(text)))
  return {
    layers,
    config: JSON.stringify({ architecture: hostArchitecture, os: 'linux', rootfs: { type: 'layers', diff_ids: diffIds }, ...more }),
  }
}

export const hostArchitecture = process.arch === 'x64' ? 'amd64' : process.arch

/** Hex digits of the SHA-256 of a text. */
export function hexOf(text: string): string {
  return digestHex(digestOf(Buffer.from(text)))
}

/** As `docker save` since 25, without the layout. */
export function blobEntries({ config, layers }: TestParts): TestEntry[] {
  return [config, ...layers].map((text) => [`blobs/sha256/${hexOf(text)}`, text])
}

/** An entry of `manifest.json` for `blobEntries`. */
export function archiveImage({ config, layers }: TestParts, RepoTags: readonly string[] | null = null) {
  return { Config: `blobs/sha256/${hexOf(config)}`, RepoTags, Layers: layers.map((text) => `blobs/sha256/${hexOf(text)}`) }
}

export function dockerArchive(images: readonly (TestParts & { readonly tags?: readonly string[] })[]): TestEntry[] {
  const blobs = new Map(images.flatMap(blobEntries))
  return [...blobs, ['manifest.json', JSON.stringify(images.map((image) => archiveImage(image, image.tags ?? null)))]]
}

/** The manifest's text. */
export function manifestWith({ config, layers }: TestParts, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptorOf(config, OCI_CONFIG),
    layers: layers.map((text) => descriptorOf(text, OCI_LAYER)),
    ...more,
  })
}

export function descriptorOf(text: string, mediaType: string) {
  return { mediaType, digest: digestOf(Buffer.from(text)), size: Buffer.byteLength(text) }
}

/** An OCI layout with these entries of the index. */
export function ociLayout(manifests: readonly unknown[], blobs: readonly string[]): TestEntry[] {
  return [
    ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
    ['index.json', JSON.stringify({ schemaVersion: 2, manifests })],
    ...[...new Set(blobs)].map((text): TestEntry => [`blobs/sha256/${hexOf(text)}`, text]),
  ]
}
