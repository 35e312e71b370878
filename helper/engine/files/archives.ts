/** Files of containers, running or not: `docker export` and `docker cp`. */
import { PockerError } from '../../api/errors.ts'
import type { RootView } from '../../archive/archive.ts'
import { packRoot } from '../../archive/pack-root.ts'
import { readPath } from '../../archive/read-path.ts'
import { statPath } from '../../archive/stat-path.ts'
import { writePath } from '../../archive/write-path.ts'
import { cleanPath, isWithin } from '../../container/spec/container-path.ts'
import type { ArchiveBackend } from '../../http/backend.ts'
import type { Container } from '../containers/container.ts'
import { tell } from '../containers/container-events.ts'
import { makeMissing } from '../containers/create-container.ts'
import type { EngineContext } from '../context.ts'
import { holdForFiles } from '../volumes/volume-use.ts'
import { rootViewOf } from './root-view.ts'

/** Errors of all: NotFound `no-such-container`, Conflict `container-removing`, and those of the work on files. */
export function archiveBackend(context: EngineContext): ArchiveBackend {
  return {
    async export(id, signal) {
      const container = find(context, id)
      const letGo = await holdForFiles(context, container)
      const archive = await packRoot(rootViewOf(context, container), { signal }).catch((error: unknown) => {
        letGo()
        throw error
      })
      archive.once('close', letGo)
      tell(context, container, 'export')
      return archive
    },
    async stat(id, path) {
      const container = find(context, id)
      return await look(context, container, (view) => statPath(view, path))
    },
    async read(id, path, signal) {
      const container = find(context, id)
      const found = await look(context, container, (view) => readPath(view, path, { signal }))
      tell(context, container, 'archive-path')
      return found
    },
    async write(id, path, options) {
      const container = find(context, id)
      if (container.running !== undefined) await writePath(rootViewOf(context, container), path, options)
      // Two overlays over one upper folder do each other harm: it is not to be started meanwhile.
      else await container.lock.run(() => writeStopped(context, container, (view) => writePath(view, path, options), path))
      tell(context, container, 'extract-to-dir')
    },
  }
}

function find(context: EngineContext, id: string): Container {
  const container = context.registry.find(id)
  if (!container.removing) return container
  throw new PockerError('Conflict', `look into container ${container.record.name}: it is being removed`, { code: 'container-removing' })
}

/** Looks once more at one that has ended just when it was looked into. */
async function look<T>(context: EngineContext, container: Container, work: (view: RootView) => Promise<T>): Promise<T> {
  const { running } = container
  const letGo = await holdForFiles(context, container)
  try {
    return await work(rootViewOf(context, container))
  } catch (error) {
    if (running === undefined || !(error instanceof PockerError && error.code === 'container-not-running')) throw error
    await running.exited
    return await look(context, container, work)
  } finally {
    letGo()
  }
}

async function writeStopped(
  context: EngineContext,
  container: Container,
  write: (view: RootView) => Promise<void>,
  path: string,
): Promise<void> {
  find(context, container.id)
  if (container.running === undefined) {
    await context.files.end(container.id)
    checkWritable(container, path)
    makeMissing(container.record.foldersToMake)
  }
  const letGo = await holdForFiles(context, container)
  try {
    await write(rootViewOf(context, container))
  } finally {
    letGo()
  }
}

/** Of a running container the kernel refuses it. Errors: Forbidden `read-only-root`. */
function checkWritable({ hostConfig, record }: Container, path: string): void {
  if (hostConfig.ReadonlyRootfs !== true) return
  const wanted = cleanPath(`/${path}`)
  if (record.mounts.some(({ mount }) => isWithin(wanted, mount.destination))) return
  throw new PockerError('Forbidden', `write to container ${record.name}: its root is read-only`, { code: 'read-only-root' })
}
