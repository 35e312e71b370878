import { PockerError } from '../api/errors.ts'
import type { ImageHistoryEntry } from '../api/image.ts'
import type { ImageContext } from './context.ts'
import { type LayerSizes, totalBytes } from './layer-sizes.ts'
import type { HistoryEntry, ImageContent, ImageRecord } from './records.ts'

/**
 * Docker's `GET /images/{name}/history`, the newest first. An image that has none gets an entry for each layer.
 * Errors: InvalidParameter `bad-history` for one that speaks of more layers than there are.
 */
export async function imageHistory(context: ImageContext, sizes: LayerSizes, record: ImageRecord): Promise<ImageHistoryEntry[]> {
  const { content } = record
  const entries = content === undefined ? [await wholeImage(sizes, record)] : describe(context, content)
  return entries.reverse().map((entry, index) => (index === 0 ? { ...entry, Id: record.id, Tags: record.tags } : entry))
}

async function wholeImage(sizes: LayerSizes, record: ImageRecord): Promise<ImageHistoryEntry> {
  const CreatedBy = record.origin === 'host' ? 'host' : `import ${record.layers.join(', ')}`
  return {
    Id: '<missing>',
    Created: Math.floor(record.created / 1000),
    CreatedBy,
    Tags: null,
    Size: totalBytes(await sizes(record)),
    Comment: '',
  }
}

function describe({ layers }: ImageContext, { history, diffIds }: ImageContent): ImageHistoryEntry[] {
  const steps: readonly HistoryEntry[] = history.length > 0 ? history : diffIds.map(() => ({}))
  let layer = 0
  return steps.map((step) => {
    const diffId = step.empty_layer === true ? undefined : diffIds[layer++]
    if (step.empty_layer !== true && diffId === undefined) {
      throw new PockerError('InvalidParameter', 'read history: it speaks of more layers than the image has', { code: 'bad-history' })
    }
    return {
      Id: '<missing>',
      Created: seconds(step.created),
      CreatedBy: step.created_by ?? '',
      Tags: null,
      Size: diffId !== undefined && layers.has(diffId) ? layers.size(diffId) : 0,
      Comment: step.comment ?? '',
    }
  })
}

function seconds(created: string | undefined): number {
  const time = Date.parse(created ?? '')
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000)
}
