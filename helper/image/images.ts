/** The images of this helper: what `GET /images` and `POST /containers/create` ask of them. */
import { statSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import type { Layers } from '../api/files.ts'
import type { ImageConfig, ImageHistoryEntry, ImageInspect, ImageSummary } from '../api/image.ts'
import type { Mount } from '../container/oci.ts'
import { addFolder } from './add-folder.ts'
import type { ImageContext } from './context.ts'
import { findImage } from './find-image.ts'
import { collectGarbage } from './garbage.ts'
import { openHostImage, staleHostLayers } from './host-image.ts'
import { imageHistory } from './image-history.ts'
import { imageLayers } from './image-layers.ts'
import { importFolder } from './import-folder.ts'
import { describeImage } from './inspect-image.ts'
import { layerSizes, totalBytes } from './layer-sizes.ts'
import { allLayersSize, type ListImagesOptions, listImages } from './list-images.ts'
import { pruneImages } from './prune-images.ts'
import type { ImageRecord } from './records.ts'
import { type RemovedPart, removeImage } from './remove-image.ts'
import { tagImage } from './tag-image.ts'

/** What a container is made from. */
export interface ResolvedImage {
  readonly id: string
  readonly config: ImageConfig
  /** Uppermost first. */
  readonly layers: readonly string[]
  readonly mounts: readonly Mount[]
}

export interface Images {
  list(options: ListImagesOptions): Promise<ImageSummary[]>
  inspect(name: string): Promise<ImageInspect>
  history(name: string): Promise<ImageHistoryEntry[]>
  layers(name: string): Promise<Layers>
  /** Whether there is an image of that ID. */
  has(id: string): boolean
  importFolder(folder: string, name: string): { readonly Id: string }
  tag(name: string, target: { readonly repo: string; readonly tag: string | undefined }): void
  remove(name: string, options: { readonly force: boolean }): RemovedPart[]
  prune(filters: ReadonlyMap<string, readonly string[]>): { ImagesDeleted: RemovedPart[]; SpaceReclaimed: number }
  resolve(name: string): ResolvedImage
  /** The folder as an image that is not kept (`run --rootfs`). */
  resolveFolder(folder: string): ResolvedImage
  /** Bytes of all layers together, each once. */
  totalSize(): Promise<number>
  /** Layers of the host image as the machine was before; containers may still be made of them. */
  staleLayers(): string[]
  /** A container has gone: if its image went before it, so do the layers now. */
  containerRemoved(image: { readonly id: string; readonly layers: readonly string[] }): void
  /** Deletes what nothing needs: for the start, when the containers are known and no work has begun. */
  collect(): void
}

/** Opens the images and brings `host` up to date. Errors: those of the file system, when its layer cannot be built. */
export function openImages(context: ImageContext): Images {
  const { records, dataRoot } = context
  const sizes = layerSizes(context)
  refreshHostImage(context)
  const find = (name: string) => findImage(records.list(), name).record
  return {
    list: (options) => listImages(context, sizes, options),
    async inspect(name) {
      const record = find(name)
      return describeImage(record, totalBytes(await sizes(record)))
    },
    history: async (name) => imageHistory(context, sizes, find(name)),
    layers: async (name) => imageLayers(context, sizes, find(name)),
    has: (id) => records.get(id) !== undefined,
    importFolder: (folder, name) => addFolder(context, folder, name),
    tag: (name, target) => tagImage(context, name, target),
    remove: (name, options) => removeImage(context, name, options).removed,
    prune: (filters) => pruneImages(context, filters),
    resolve: (name) => usable(find(name)),
    resolveFolder: (folder) => usable(importFolder(folder, { dataRoot, now: context.now() })),
    staleLayers: () =>
      records
        .list()
        .filter(({ origin }) => origin === 'host')
        .flatMap((record) => staleHostLayers(dataRoot, record)),
    totalSize: () => allLayersSize(context, sizes),
    containerRemoved(image) {
      if (records.get(image.id) !== undefined) return
      const { layers } = context
      collectGarbage(
        context,
        layers.list().filter((diffId) => image.layers.includes(layers.folder(diffId))),
      )
    },
    collect: () => void collectGarbage(context),
  }
}

function refreshHostImage({ records, dataRoot, hostRoot, now }: ImageContext): void {
  const current = openHostImage({ dataRoot, hostRoot, now: now() })
  const known = records.get(current.id)
  for (const record of records.list()) if (record.origin === 'host' && record.id !== current.id) records.delete(record.id)
  const unchanged = known !== undefined && known.layers[0] === current.layers[0]
  if (!unchanged) records.put(known === undefined ? current : { ...current, created: known.created, tags: known.tags })
}

function usable({ id, config, layers, mounts }: ImageRecord): ResolvedImage {
  for (const layer of layers) {
    if (statSync(layer, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new PockerError('NotFound', `use image ${id.slice(0, 19)}: its folder '${layer}' is gone`, { code: 'image-folder-missing' })
    }
  }
  return { id, config, layers, mounts }
}
