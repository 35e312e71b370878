/** The images of this helper: what `GET /images` and `POST /containers/create` ask of them. */
import { statSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import type { ImageConfig, ImageInspect, ImageSummary } from '../api/image.ts'
import type { Mount } from '../container/oci.ts'
import { findImage, findTag } from './find-image.ts'
import { folderSize } from './folder-size.ts'
import { HOST_IMAGE_TAG, openHostImage, staleHostLayers } from './host-image.ts'
import { filterImages } from './image-filters.ts'
import { importFolder } from './import-folder.ts'
import type { ImageRecord, ImageRecords } from './records.ts'
import { familiarReference, parseReference, withDefaultTag } from './reference.ts'

export interface ImagesOptions {
  readonly records: ImageRecords
  readonly dataRoot: string
  /** `/`, or a tree that stands for the machine in tests. */
  readonly hostRoot?: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A container of that image, by name or ID, if there is one. */
  readonly inUse: (imageId: string) => string | undefined
}

/** What a container is made from. */
export interface ResolvedImage {
  readonly id: string
  readonly config: ImageConfig
  /** Uppermost first. */
  readonly layers: readonly string[]
  readonly mounts: readonly Mount[]
}

export interface Images {
  list(options: { readonly filters: ReadonlyMap<string, readonly string[]> }): Promise<ImageSummary[]>
  inspect(name: string): Promise<ImageInspect>
  importFolder(folder: string, name: string): { readonly Id: string }
  remove(name: string): { Untagged?: string; Deleted?: string }[]
  resolve(name: string): ResolvedImage
  /** The folder as an image that is not kept (`run --rootfs`). */
  resolveFolder(folder: string): ResolvedImage
  /** Bytes of all layers together. */
  totalSize(): Promise<number>
  /** Layers of the host image as the machine was before; containers may still be made of them. */
  staleLayers(): string[]
}

/** Opens the images and brings `host` up to date. Errors: those of the file system, when its layer cannot be built. */
export function openImages(options: ImagesOptions): Images {
  const { records, dataRoot } = options
  const measuring = new Map<string, Promise<number>>()
  refreshHostImage(options)

  // Once for an image: the folder may be large, and its size is only ever shown.
  function sizeOf(record: ImageRecord): Promise<number> {
    if (record.size !== undefined) return Promise.resolve(record.size)
    const running = measuring.get(record.id) ?? measure(record)
    measuring.set(record.id, running)
    return running
  }

  async function measure(record: ImageRecord): Promise<number> {
    try {
      const size = await folderSize(record.layers)
      const current = records.get(record.id)
      if (current !== undefined) records.put({ ...current, size })
      return size
    } finally {
      measuring.delete(record.id)
    }
  }

  return {
    async list({ filters }) {
      const found = filterImages(records.list(), filters).sort((left, right) => right.created - left.created)
      return Promise.all(found.map(async (record) => summary(record, await sizeOf(record))))
    },
    async inspect(name) {
      const { record } = findImage(records.list(), name)
      return inspection(record, await sizeOf(record))
    },
    importFolder: (folder, name) => addFolder(options, folder, name),
    remove: (name) => removeImage(options, name),
    resolve(name) {
      return usable(findImage(records.list(), name).record)
    },
    resolveFolder(folder) {
      return usable(importFolder(folder, { dataRoot, now: options.now() }))
    },
    staleLayers: () =>
      options.records
        .list()
        .filter(({ origin }) => origin === 'host')
        .flatMap((record) => staleHostLayers(options.dataRoot, record)),
    async totalSize() {
      const sizes = await Promise.all(records.list().map(sizeOf))
      return sizes.reduce((sum, size) => sum + size, 0)
    },
  }
}

function refreshHostImage({ records, dataRoot, hostRoot = '/', now }: ImagesOptions): void {
  const current = openHostImage({ dataRoot, hostRoot, now: now() })
  const known = records.get(current.id)
  for (const record of records.list()) if (record.origin === 'host' && record.id !== current.id) records.delete(record.id)
  const unchanged = known !== undefined && known.layers[0] === current.layers[0]
  if (!unchanged) records.put(known === undefined ? current : { ...current, created: known.created })
}

function addFolder({ records, dataRoot, now }: ImagesOptions, folder: string, name: string): { Id: string } {
  const reference = withDefaultTag(parseReference(name))
  const tag = familiarReference(reference)
  if (reference.digest !== undefined) {
    throw new PockerError('InvalidParameter', `name image '${name}': a name with a digest cannot be given`, { code: 'bad-reference' })
  }
  if (tag === HOST_IMAGE_TAG) throw hostStays(`name image '${name}'`)
  const imported = importFolder(folder, { dataRoot, now: now() })
  const owner = findTag(records.list(), reference)?.record
  if (owner !== undefined && owner.id !== imported.id) records.put({ ...owner, tags: owner.tags.filter((other) => other !== tag) })
  const known = records.get(imported.id)
  records.put({ ...imported, tags: [...new Set([...(known?.tags ?? []), tag])] })
  return { Id: imported.id }
}

/** Takes the tag away, and with the last one (or by ID) the image. The imported folder itself is the user's and stays. */
function removeImage({ records, inUse }: ImagesOptions, name: string): { Untagged?: string; Deleted?: string }[] {
  const { record, tag } = findImage(records.list(), name)
  if (record.origin === 'host') throw hostStays(`remove image '${name}'`)
  if (tag !== undefined && record.tags.length > 1) {
    records.put({ ...record, tags: record.tags.filter((other) => other !== tag) })
    return [{ Untagged: tag }]
  }
  if (record.tags.length > 1) {
    throw new PockerError('Conflict', `remove image '${name}': it has several names`, {
      code: 'image-has-names',
      hint: `remove them one by one: ${record.tags.join(', ')}`,
    })
  }
  const container = inUse(record.id)
  if (container !== undefined) {
    throw new PockerError('Conflict', `remove image '${name}': container ${container} is made from it`, { code: 'image-in-use' })
  }
  records.delete(record.id)
  return [...record.tags.map((untagged) => ({ Untagged: untagged })), { Deleted: record.id }]
}

function hostStays(action: string): PockerError {
  return new PockerError('Conflict', `${action}: 'host' is this machine itself and stays`, { code: 'host-image-stays' })
}

function usable({ id, config, layers, mounts }: ImageRecord): ResolvedImage {
  for (const layer of layers) {
    if (statSync(layer, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new PockerError('NotFound', `use image ${id.slice(0, 19)}: its folder '${layer}' is gone`, { code: 'image-folder-missing' })
    }
  }
  return { id, config, layers, mounts }
}

function summary(record: ImageRecord, size: number): ImageSummary {
  return {
    Id: record.id,
    ParentId: '',
    RepoTags: record.tags,
    RepoDigests: [],
    Created: Math.floor(record.created / 1000),
    Size: size,
    SharedSize: -1,
    Labels: record.config.Labels ?? null,
    Containers: -1,
  }
}

function inspection(record: ImageRecord, size: number): ImageInspect {
  return {
    Id: record.id,
    RepoTags: record.tags,
    RepoDigests: [],
    Parent: '',
    Comment: record.origin === 'host' ? "this machine's own /usr" : `imported from ${record.layers.join(', ')}`,
    Created: new Date(record.created).toISOString(),
    DockerVersion: '',
    Author: '',
    Config: record.config,
    Architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    Os: 'linux',
    Size: size,
    GraphDriver: { Name: 'overlay2', Data: null },
    RootFS: { Type: 'layers', Layers: [] },
    Metadata: {},
  }
}
