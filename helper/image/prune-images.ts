import type { ImageContext } from './context.ts'
import { tellPruned } from './image-events.ts'
import { filterPrunable } from './image-filters.ts'
import { imageReferences } from './image-references.ts'
import { type RemovedPart, removeImage, usersOf } from './remove-image.ts'

/**
 * Removes the images that no container is made of: those without a tag, or all with `dangling=false`.
 * Errors: those of `filterPrunable`.
 */
export function pruneImages(
  context: ImageContext,
  filters: ReadonlyMap<string, readonly string[]>,
): { ImagesDeleted: RemovedPart[]; SpaceReclaimed: number } {
  const ImagesDeleted: RemovedPart[] = []
  let SpaceReclaimed = 0
  for (const record of filterPrunable({ records: context.records.list(), now: context.now() }, filters)) {
    if (record.origin === 'host' || usersOf(context, record).length > 0) continue
    const { removed, reclaimed } = removeImage(context, record.id, { force: imageReferences(record).length > 1 })
    ImagesDeleted.push(...removed)
    SpaceReclaimed += reclaimed
  }
  tellPruned(context, SpaceReclaimed)
  return { ImagesDeleted, SpaceReclaimed }
}
