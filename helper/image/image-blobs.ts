/** Which blobs an image has, and which of an image's a store lacks: what two helpers ask when an image goes from one to the other. */
import type { ImageBlob } from '../api/image-blobs.ts'
import type { ImageContext } from './context.ts'
import { type Digest, isDigest } from './digest.ts'
import { chooseSaved, type SavedImage } from './save-choice.ts'

/** Of the images, each once: the configuration, the manifest and the layers. */
export function blobsOf(images: readonly SavedImage[]): Digest[] {
  return [...new Set(images.flatMap(({ config, content }) => [config, content.manifest, ...content.blobs]))]
}

/** Of the images that the name means. Errors: those of `chooseSaved`. */
export function listBlobs({ records, content }: ImageContext, name: string): ImageBlob[] {
  return blobsOf(chooseSaved(records.list(), [name], undefined)).map((Digest) => ({ Digest, Size: content.size(Digest) ?? 0 }))
}

/** Those that are not here. What is no digest is nowhere. */
export function missingBlobs({ content }: ImageContext, digests: readonly string[]): string[] {
  return digests.filter((digest) => !isDigest(digest) || !content.has(digest))
}
