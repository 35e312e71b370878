/** Images as the HTTP layer wants them: each request goes to the part that does it. */
import type { ImageBackend } from '../http/backend.ts'
import { listBlobs, missingBlobs } from '../image/image-blobs.ts'
import { importArchive } from '../image/import-archive.ts'
import { loadImages } from '../image/load.ts'
import { saveImages } from '../image/save.ts'
import { commitContainer } from './containers/commit.ts'
import type { EngineContext } from './context.ts'
import { isVolume } from './volumes/volume-files.ts'

/** The images of this helper, and what comes from and goes to registries and archives. */
export function imageBackend(context: EngineContext): ImageBackend {
  const { images, imageContext, registries } = context
  return {
    list: ({ sharedSize, filters }) => images.list({ sharedSize, filters }),
    inspect: (name) => images.inspect(name),
    history: (name) => images.history(name),
    layers: (name) => images.layers(name),
    tag: async (name, target) => images.tag(name, target),
    remove: async (name, { force }) => {
      const removed = images.remove(name, { force })
      await endUnknown(context)
      return removed
    },
    prune: async (filters) => {
      const pruned = images.prune(filters)
      await endUnknown(context)
      return pruned
    },
    pull: registries.pull,
    push: registries.push,
    search: registries.search,
    distribution: registries.distribution,
    login: registries.login,
    importArchive: (body, options) => importArchive(imageContext, body, options),
    importFolder: async (folder, name) => images.importFolder(folder, name),
    save: (names, options) => saveImages(imageContext, names, options),
    blobs: async (name) => listBlobs(imageContext, name),
    missing: async (digests) => missingBlobs(imageContext, digests),
    load: (body, options) => loadImages(imageContext, body, options),
    commit: (options) => commitContainer(context, options),
  }
}

/** What serves the files of images that are gone holds their layers. */
async function endUnknown({ files, images, registry }: EngineContext): Promise<void> {
  const containers = new Set(registry.all().map(({ id }) => id))
  await files.endThose(({ owner }) => !containers.has(owner) && !images.has(owner) && !isVolume(owner))
}
