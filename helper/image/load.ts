/** `docker load`: images out of an archive that somebody made. */
import type { Readable } from 'node:stream'
import type { Progress } from '../http/backend.ts'
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import { CONFIG_LIMIT } from './image-config.ts'
import { tellImage } from './image-events.ts'
import type { Lease } from './leases.ts'
import { loadLayer } from './load-layer.ts'
import { type PlannedImage, planImages } from './load-plan.ts'
import { spoolArchive } from './load-spool.ts'
import { checkCancelled, type Say, startWork } from './load-work.ts'
import { manifestOf } from './manifest-of.ts'
import { putImage } from './put-image.ts'
import type { ImageRecord } from './records.ts'

/** Unpacked side by side: more processes than this win nothing on two cores. */
const AT_ONCE = 2
/** Milliseconds between two messages about one layer. */
const MESSAGE_EVERY = 100

export interface LoadOptions {
  /** No messages but the last. */
  readonly quiet: boolean
  readonly signal: AbortSignal
}

/**
 * Loads all images of a docker-archive or OCI layout (plain, gzip or zstd), or none. Resolves when the archive has been read and
 * understood. The body is read once and not kept in memory.
 * Errors: those of `spoolArchive`, `planImages`, `loadLayer` and `putImage`; nothing of the archive is left then.
 */
export function loadImages(context: ImageContext, body: Readable, { quiet, signal }: LoadOptions): Promise<Progress> {
  return startWork(signal, async (say, workSignal) => {
    using lease = context.lease()
    const images = planImages(context, lease, await spoolArchive(context, lease, { body, signal: workSignal }))
    await loadLayers(context, lease, { images, say: quiet ? () => undefined : say, signal: workSignal })
    checkCancelled(workSignal, 'load images')
    for (const { record, tags } of putAll(context, images)) {
      tellImage(context, { action: 'load', id: record.id, name: record.id, labels: record.config.Labels })
      if (tags.length === 0) say({ stream: `Loaded image ID: ${record.id}\n` })
      for (const tag of tags) say({ stream: `Loaded image: ${tag}\n` })
    }
  })
}

interface LayerWork {
  readonly images: readonly PlannedImage[]
  readonly say: Say
  readonly signal: AbortSignal
}

async function loadLayers(context: ImageContext, lease: Lease, { images, say, signal }: LayerWork): Promise<void> {
  const pairs = images.flatMap(({ file, blobs }) => file.rootfs.diff_ids.map((diffId, at) => ({ diffId, blob: blobs[at] ?? diffId })))
  const waiting = new Map(pairs.map((pair) => [`${pair.blob} ${pair.diffId}`, pair])).values()
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const work = async (): Promise<void> => {
    for (const { blob, diffId } of waiting) {
      if (either.aborted) return
      const onProgress = reporter(say, diffId, context.content.size(blob) ?? 0)
      try {
        await loadLayer(context, lease, { blob, diffId, onProgress, signal: either })
      } catch (error) {
        failed.abort()
        throw error
      }
    }
  }
  // All of them come to their end before the first one's error goes on: what they still wrote would outlive the lease.
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, work))
  checkCancelled(signal, 'load images')
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const own = errors.find((error) => !(error instanceof Error && 'kind' in error && error.kind === 'Cancelled'))
  if (errors.length > 0) throw own ?? errors[0]
}

/** Docker's messages of a layer, some of them in a second. */
function reporter(say: Say, diffId: Digest, total: number): (bytes: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return (current) => {
    const now = performance.now()
    if (now - last < MESSAGE_EVERY && current < total) return
    last = now
    say({ status: 'Loading layer', id: diffId.slice('sha256:'.length, 'sha256:'.length + 12), progressDetail: { current, total } })
  }
}

/** All or none: nothing else runs in between, so what was there before can be put back. */
function putAll(context: ImageContext, images: readonly PlannedImage[]): { record: ImageRecord; tags: readonly string[] }[] {
  const before = context.records.list()
  try {
    return images.map((image) => ({
      record: putImage(context, {
        config: image.configBytes,
        manifest: manifestBytes(context, image),
        blobs: image.blobs,
        tags: image.tags,
        repoDigests: [],
      }),
      tags: image.tags,
    }))
  } catch (error) {
    const ids = new Set(before.map(({ id }) => id))
    for (const { id } of context.records.list()) if (!ids.has(id)) context.records.delete(id)
    for (const record of before) context.records.put(record)
    throw error
  }
}

function manifestBytes({ content }: ImageContext, { manifest, config, blobs }: PlannedImage): Buffer {
  return manifest === undefined ? manifestOf(content, config, blobs) : content.read(manifest, CONFIG_LIMIT)
}
