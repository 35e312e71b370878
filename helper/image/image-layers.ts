import type { Layers } from '../api/files.ts'
import type { ImageContext } from './context.ts'
import { type LayerSizes, totalBytes } from './layer-sizes.ts'
import type { ImageRecord } from './records.ts'

/** The layers that an image is made of, the lowest first, each with the step that made it. */
export async function imageLayers(
  { layers }: { readonly layers: Pick<ImageContext['layers'], 'has' | 'size'> },
  sizes: LayerSizes,
  record: ImageRecord,
): Promise<Layers> {
  const { content } = record
  if (content === undefined) {
    const createdBy = record.origin === 'host' ? 'host' : `import ${record.layers.join(', ')}`
    const size = totalBytes(await sizes(record))
    return { layers: record.layers.map(() => ({ diffId: '', size, createdBy })) }
  }
  // As many as there are layers, where the image is honest; what it says too much is nobody's.
  const steps = content.history.filter((step) => step.empty_layer !== true)
  return {
    layers: content.diffIds.map((diffId, index) => ({
      diffId,
      size: layers.has(diffId) ? layers.size(diffId) : 0,
      createdBy: steps[index]?.created_by ?? '',
    })),
  }
}
