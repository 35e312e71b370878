import type { ImageSummary } from '../api/image.ts'
import type { ImageContext } from './context.ts'
import { filterImages } from './image-filters.ts'
import { imageReferences } from './image-references.ts'
import { type LayerSize, type LayerSizes, totalBytes } from './layer-sizes.ts'
import type { ImageRecord } from './records.ts'

export interface ListImagesOptions {
  readonly filters: ReadonlyMap<string, readonly string[]>
  /** Says of each image how many of its bytes other images have too. */
  readonly sharedSize?: boolean
  /** Says how many containers are made of each. */
  readonly containers?: boolean
}

/** Docker's `GET /images/json`, the newest first. Errors: those of `filterImages`. */
export async function listImages(context: ImageContext, sizes: LayerSizes, options: ListImagesOptions): Promise<ImageSummary[]> {
  const records = context.records.list()
  const found = filterImages({ records, now: context.now() }, options.filters).sort((left, right) => right.created - left.created)
  const users = options.sharedSize === true ? await countUsers(records, sizes) : undefined
  const counts = options.containers === true ? Map.groupBy(context.containers(), ({ image }) => image) : undefined
  return Promise.all(
    found.map(async (record) => {
      const layers = await sizes(record)
      return {
        ...summary(record),
        Size: totalBytes(layers),
        SharedSize: users === undefined ? -1 : totalBytes(layers.filter(({ folder }) => (users.get(folder) ?? 0) > 1)),
        Containers: counts === undefined ? -1 : (counts.get(record.id)?.length ?? 0),
      }
    }),
  )
}

/** Bytes of all layers of all images, each layer once. */
export async function allLayersSize({ records }: ImageContext, sizes: LayerSizes): Promise<number> {
  const layers = (await Promise.all(records.list().map(sizes))).flat()
  return totalBytes([...new Map<string, LayerSize>(layers.map((layer) => [layer.folder, layer])).values()])
}

/** In how many images each layer is. */
async function countUsers(records: readonly ImageRecord[], sizes: LayerSizes): Promise<ReadonlyMap<string, number>> {
  const users = new Map<string, number>()
  for (const layers of await Promise.all(records.map(sizes))) {
    for (const folder of new Set(layers.map((layer) => layer.folder))) users.set(folder, (users.get(folder) ?? 0) + 1)
  }
  return users
}

function summary(record: ImageRecord): ImageSummary {
  const references = imageReferences(record)
  return {
    Id: record.id,
    ParentId: '',
    RepoTags: record.tags,
    RepoDigests: references.filter(({ kind }) => kind === 'digest').map(({ familiar }) => familiar),
    Created: Math.floor(record.created / 1000),
    Size: 0,
    SharedSize: -1,
    Labels: record.config.Labels ?? null,
    Containers: -1,
  }
}
