/** `docker save`: images as one archive. */
import type { Readable } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import type { Platform } from '../http/backend.ts'
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import { partsOf } from './garbage.ts'
import { blobsOf } from './image-blobs.ts'
import { tellImage } from './image-events.ts'
import { checkCancelled } from './load-work.ts'
import { type ArchiveFile, archiveStream } from './save-archive.ts'
import { chooseSaved, type SavedImage } from './save-choice.ts'
import { blobPath, manifestFile, ociIndexFile, ociLayoutFile } from './save-documents.ts'

export interface SaveOptions {
  readonly platform: Platform | undefined
  /** Blobs that the reader has already: they are named in the archive, and not in it. */
  readonly without?: readonly string[]
  /** Fires when the client has gone: the archive ends with Cancelled. */
  readonly signal: AbortSignal
}

/**
 * The images as a tar that is a docker-archive and an OCI layout in one, as Docker writes it since 25. Blobs are as they are in the store:
 * compressed layers stay so, and the docker-archive's paths name them, which `docker load`, podman and skopeo take.
 * What the archive needs is kept until it is closed. A blob that the disk has damaged ends it with the error `blob-corrupt`.
 * Errors: those of `chooseSaved`; NotFound `blob-missing`; Cancelled.
 */
export async function saveImages(
  context: ImageContext,
  names: readonly string[],
  { platform, without = [], signal }: SaveOptions,
): Promise<Readable> {
  checkCancelled(signal, 'save images')
  const images = chooseSaved(context.records.list(), names, platform)
  const lease = context.lease()
  try {
    for (const { record } of images) lease.protect(...partsOf(record))
    const archive = archiveStream(filesOf(context, images, new Set(without)))
    const cancel = () => archive.destroy(new PockerError('Cancelled', 'save images: it was cancelled', { code: 'cancelled' }))
    signal.addEventListener('abort', cancel, { once: true })
    archive.once('end', () => {
      for (const { record } of images) tellImage(context, { action: 'save', id: record.id, name: record.id, labels: record.config.Labels })
    })
    archive.once('close', () => {
      signal.removeEventListener('abort', cancel)
      lease[Symbol.dispose]()
    })
    return archive
  } catch (error) {
    lease[Symbol.dispose]()
    throw error
  }
}

/** The documents first: a reader knows what comes. */
function filesOf(context: ImageContext, images: readonly SavedImage[], without: ReadonlySet<string>): ArchiveFile[] {
  const { content } = context
  const documents = [ociLayoutFile(), ociIndexFile(content, images), manifestFile(images)]
  const wanted = blobsOf(images).filter((digest) => !without.has(digest))
  return [...documents, ...wanted.map((digest) => blobFile(context, digest))]
}

function blobFile({ content }: ImageContext, digest: Digest): ArchiveFile {
  const size = content.size(digest)
  if (size !== undefined) return { name: blobPath(digest), size, open: () => content.stream(digest) }
  throw new PockerError('NotFound', `save images: blob ${digest} is not there`, {
    code: 'blob-missing',
    hint: 'pull or load the image again',
  })
}
