/** What images take up. Layers that several images have are there once. */
import type { ImageContext } from './context.ts'
import { folderSize } from './folder-size.ts'
import type { ImageRecord } from './records.ts'

export interface LayerSize {
  /** The layer's folder. */
  readonly folder: string
  readonly bytes: number
}

export type LayerSizes = (record: ImageRecord) => Promise<readonly LayerSize[]>

/** Sizes from the stores; a folder of the user's is measured once, since it may be large, and its size is only ever shown. */
export function layerSizes({ records, layers }: ImageContext): LayerSizes {
  const measuring = new Map<string, Promise<number>>()

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

  function measured(record: ImageRecord): Promise<number> {
    if (record.size !== undefined) return Promise.resolve(record.size)
    const running = measuring.get(record.id) ?? measure(record)
    measuring.set(record.id, running)
    return running
  }

  return async (record) => {
    if (record.content === undefined) return [{ folder: record.layers.join(':'), bytes: await measured(record) }]
    // A layer that is missing is said when a container is to be made of it; a list of images must not fail for it.
    return record.content.diffIds
      .filter((diffId) => layers.has(diffId))
      .map((diffId) => ({ folder: layers.folder(diffId), bytes: layers.size(diffId) }))
  }
}

/** Bytes of all layers of an image. */
export function totalBytes(sizes: readonly LayerSize[]): number {
  return sizes.reduce((sum, { bytes }) => sum + bytes, 0)
}
