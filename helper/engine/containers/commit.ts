/** `docker commit`: an image out of a container and what it has changed. */
import { PockerError } from '../../api/errors.ts'
import { packLayer } from '../../archive/pack-layer.ts'
import { tarEnd } from '../../archive/tar-write.ts'
import type { CommitOptions, Platform } from '../../http/backend.ts'
import { addLayer } from '../../image/add-layer.ts'
import type { Digest } from '../../image/digest.ts'
import { partsOf } from '../../image/garbage.ts'
import { LAYER_LIMIT } from '../../image/image-config.ts'
import type { Lease } from '../../image/leases.ts'
import { hostNotPortable } from '../../image/portable.ts'
import { putMadeImage } from '../../image/put-made-image.ts'
import type { HistoryEntry, ImageContent } from '../../image/records.ts'
import { hostPlatform } from '../../image/registry/platform.ts'
import { storeBlob } from '../../image/store-blob.ts'
import { parseTag } from '../../image/tag-image.ts'
import type { EngineContext } from '../context.ts'
import { commitConfig } from './commit-config.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import { pauseContainer, unpauseContainer } from './stop-container.ts'

/**
 * Makes an image of the container's image, if it still is there, and the container's changes as one more layer; none when nothing has
 * changed. An image that is a folder of this machine becomes a layer itself. The new layer's blob is a plain tar: it is written as fast as
 * the disk takes it, where gzip would take several times as long.
 * Errors: NotFound `no-such-container`; Conflict `container-removing`, and those of `packLayer`; InvalidParameter `bad-reference`,
 * `bad-change`, `image-not-portable`, `too-many-layers`; those of the stores. Nothing is left then.
 */
export async function commitContainer(context: EngineContext, options: CommitOptions): Promise<{ Id: string }> {
  const { repo = '', author = '', comment = '' } = options
  const container = context.registry.find(options.container)
  const tag = repo === '' ? undefined : parseTag(repo, options.tag)
  const config = commitConfig({ container: container.record.config, request: options.config, changes: options.changes })
  using lease = context.imageContext.lease()
  const { base, layer } = await container.lock.run(() => packContainer(context, container, { lease, pause: options.pause }))
  const added = await addPlainLayers(context, lease, [...base.packed, ...(layer === undefined ? [] : [layer])])

  const created = new Date(context.imageContext.now()).toISOString()
  const step: HistoryEntry = {
    created,
    ...(author === '' ? {} : { author }),
    created_by: (container.record.config.Cmd ?? []).join(' '),
    ...(comment === '' ? {} : { comment }),
    ...(layer === undefined ? { empty_layer: true } : {}),
  }
  const { os, architecture, variant } = base.platform
  const file = {
    created,
    ...(author === '' ? {} : { author }),
    ...(comment === '' ? {} : { comment }),
    architecture,
    ...(variant === undefined ? {} : { variant }),
    os,
    config,
    rootfs: { type: 'layers', diff_ids: [...base.diffIds, ...added] },
    history: [...base.history, step],
  }
  const record = putMadeImage(context.imageContext, lease, { file, blobs: [...base.blobs, ...added], tag })
  tell(context, container, 'commit', { comment, imageID: record.id, imageRef: tag ?? '' })
  return { Id: record.id }
}

/** What the new image has below the container's own layer. */
interface Base {
  readonly blobs: readonly Digest[]
  readonly diffIds: readonly Digest[]
  /** Further layers, packed just now: plain tars, the lowest first. */
  readonly packed: readonly Digest[]
  readonly history: readonly HistoryEntry[]
  readonly platform: Platform
}

interface PackOptions {
  readonly lease: Lease
  readonly pause: boolean
}

/** Under the container's lock: it is neither started nor removed meanwhile. */
async function packContainer(
  context: EngineContext,
  container: Container,
  { lease, pause }: PackOptions,
): Promise<{ base: Base; layer: Digest | undefined }> {
  if (container.removing) {
    throw new PockerError('Conflict', `commit container ${container.record.name}: it is being removed`, { code: 'container-removing' })
  }
  if (container.running === undefined) await context.files.end(container.id)
  const base = await baseOf(context, container, lease)
  if (base.diffIds.length + base.packed.length >= LAYER_LIMIT) {
    throw new PockerError(
      'InvalidParameter',
      `commit container ${container.record.name}: its image has ${LAYER_LIMIT} layers, the most there can be`,
      {
        code: 'too-many-layers',
        hint: 'make it one layer: pocker export CONTAINER | pocker import - NAME',
      },
    )
  }
  const layer = await whilePaused(context, container, { pause }, () => packFolder(context, lease, container.folders.upper))
  return { base, layer }
}

async function whilePaused<T>(
  context: EngineContext,
  container: Container,
  { pause }: { pause: boolean },
  work: () => Promise<T>,
): Promise<T> {
  if (!pause || container.running === undefined || container.paused) return await work()
  await pauseContainer(context, container)
  try {
    return await work()
  } finally {
    // A kill lets it go on first.
    if (container.paused) await unpauseContainer(context, container)
  }
}

async function baseOf(context: EngineContext, container: Container, lease: Lease): Promise<Base> {
  const { image } = container.record
  const record = context.imageContext.records.get(image.id)
  if (record?.content !== undefined) {
    lease.protect(...partsOf(record))
    const { blobs, diffIds, os, architecture, variant } = record.content
    const platform = { os: os === '' ? 'linux' : os, architecture, ...(variant === undefined ? {} : { variant }) }
    return { blobs, diffIds, packed: [], history: historyOf(record.content), platform }
  }
  // Of an image that is gone its layers' folders are kept for its containers: like a folder of this machine, they are packed.
  if (image.mounts.length > 0) throw hostNotPortable(`commit container ${container.record.name}`)
  const created = new Date(context.imageContext.now()).toISOString()
  const packed: Digest[] = []
  for (const folder of image.layers.toReversed()) {
    const layer = await packFolder(context, lease, folder)
    if (layer !== undefined) packed.push(layer)
  }
  const history = packed.map(() => ({ created, created_by: `import ${image.name}` }))
  return { blobs: [], diffIds: [], packed, history, platform: hostPlatform() }
}

/** An entry for each layer, whatever the image says: the next one must be the new layer's. */
function historyOf({ history, diffIds }: ImageContent): readonly HistoryEntry[] {
  return history.filter((entry) => entry.empty_layer !== true).length === diffIds.length ? history : diffIds.map(() => ({}))
}

/** The folder as a blob; undefined when there is nothing in it. */
async function packFolder({ imageContext }: EngineContext, lease: Lease, folder: string): Promise<Digest | undefined> {
  const { digest, size } = await storeBlob(imageContext, lease, await packLayer(folder, {}))
  return size > tarEnd.length ? digest : undefined
}

/** Unpacked as any layer is, so that what is run here is what others get. A plain tar's digest is its diff ID. */
async function addPlainLayers({ imageContext }: EngineContext, lease: Lease, blobs: readonly Digest[]): Promise<readonly Digest[]> {
  for (const blob of blobs) await addLayer(imageContext, (digest) => lease.protect(digest), { blob, diffId: blob })
  return blobs
}
