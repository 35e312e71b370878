/** `docker import`: an image of one layer out of a root filesystem's archive. */
import { addAbortSignal, type Readable } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import type { ImportOptions, Platform, Progress } from '../http/backend.ts'
import { addLayer } from './add-layer.ts'
import { applyChanges } from './changes.ts'
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import type { ImageConfigFile } from './image-config.ts'
import { tellImage } from './image-events.ts'
import { checkCancelled, startWork } from './load-work.ts'
import { layerMediaType } from './manifest-of.ts'
import { putMadeImage } from './put-made-image.ts'
import { hostPlatform, platformText } from './registry/platform.ts'
import { storeBlob } from './store-blob.ts'
import { parseTag } from './tag-image.ts'

/**
 * Imports a tar (plain, gzip or zstd) and says the image's ID. The archive becomes the layer's blob as it came: compressing it once more
 * would only take time. Errors: InvalidParameter `bad-reference`, `bad-change`, `bad-signal`, `unsupported-os`, `unsupported-compression`,
 * `bad-archive`, `archive-…`; Conflict `host-image-stays`; those of the stores; Cancelled. Nothing is left then.
 */
export async function importArchive(context: ImageContext, body: Readable, options: ImportOptions): Promise<Progress> {
  const { repo = '', tag, message, platform = hostPlatform() } = options
  const name = repo === '' ? undefined : parseTag(repo, tag)
  checkSystem(platform)
  const config = applyChanges({}, options.changes)
  return startWork(options.signal, async (say, signal) => {
    using lease = context.lease()
    addAbortSignal(signal, body)
    const blob = await storeArchive(context, lease, { body, signal })
    const diffId = await addLayer(context, (digest) => lease.protect(digest), { blob, signal })
    checkCancelled(signal, 'import archive')
    const file = configFile({ created: new Date(context.now()).toISOString(), message, platform, config, diffId })
    const record = putMadeImage(context, lease, { file, blobs: [blob], tag: name })
    tellImage(context, { action: 'import', id: record.id, name: record.id, labels: record.config.Labels })
    say({ status: record.id })
  })
}

async function storeArchive(
  context: ImageContext,
  lease: ReturnType<ImageContext['lease']>,
  { body, signal }: { readonly body: Readable; readonly signal: AbortSignal },
): Promise<Digest> {
  try {
    const { digest, size } = await storeBlob(context, lease, body)
    // `docker import - NAME` with nothing to read is a mistake, not an empty image.
    if (size === 0) throw new PockerError('InvalidParameter', 'import archive: it is empty', { code: 'bad-archive' })
    layerMediaType(context.content, digest)
    return digest
  } catch (error) {
    checkCancelled(signal, 'import archive')
    throw error
  }
}

function checkSystem(platform: Platform): void {
  if (platform.os === 'linux') return
  throw new PockerError('InvalidParameter', `import archive: it is for ${platformText(platform)}, and this is Linux`, {
    code: 'unsupported-os',
  })
}

interface FileParts {
  /** RFC 3339. */
  readonly created: string
  readonly message: string | undefined
  readonly platform: Platform
  readonly config: NonNullable<ImageConfigFile['config']>
  readonly diffId: Digest
}

function configFile({ created, message, platform, config, diffId }: FileParts): ImageConfigFile {
  const comment = message === undefined || message === '' ? {} : { comment: message }
  return {
    created,
    architecture: platform.architecture,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    os: platform.os,
    ...comment,
    config,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, ...comment }],
  }
}
