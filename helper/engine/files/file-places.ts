/** Which process serves whose files, from when until when. */
import { setTimeout as sleep } from 'node:timers/promises'
import { PockerError } from '../../api/errors.ts'
import type { Access } from '../../archive/enter-root.ts'
import { type FileServer, interrupted } from '../../files/file-server.ts'
import { STALE_VIEW } from '../../files/requests.ts'
import type { FilePlace } from '../../http/backend.ts'
import type { Container } from '../containers/container.ts'
import { makeMissing } from '../containers/create-container.ts'
import type { EngineContext } from '../context.ts'
import { serverOfVolume } from '../volumes/volume-files.ts'
import { holdForFiles } from '../volumes/volume-use.ts'
import { imageViewOf, rootViewOf } from './root-view.ts'

export interface FileUse {
  readonly access: 'read' | 'write'
  /** Done again when the container was started or stopped in the middle of it. */
  readonly isRepeatable: boolean
}

/** Milliseconds. A commit may take minutes, and files can be looked at meanwhile. */
const PATIENCE = 1000
/** As often as a view may change under a request before it gives up. */
const MAX_TRIES = 10

/**
 * Does `work` with the process that serves the place, which is started when there is none.
 * Errors: NotFound `no-such-container`, `no-such-image`, `no-such-layer`; Conflict `container-removing`; Forbidden `read-only-files`; those of
 * `FileServer.ask` and of the work.
 */
export async function withFiles<T>(
  context: EngineContext,
  place: FilePlace,
  use: FileUse,
  work: (server: FileServer) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const server = await serverOf(context, place, use.access)
    using _ = server.hold()
    try {
      return await work(server)
    } catch (error) {
      if (!isPassing(error, use)) throw error
      if (tries === MAX_TRIES) throw interrupted()
    }
    await settled(context, place)
  }
}

/** Whether the same may go well with another process: what the container is has changed, and nothing was begun, or nothing that matters. */
function isPassing(error: unknown, { isRepeatable }: FileUse): boolean {
  if (!(error instanceof PockerError)) return false
  if (error.code === STALE_VIEW || error.code === 'container-not-running') return true
  return isRepeatable && error.code === 'files-interrupted'
}

/**
 * Waits a little for what goes on with a container whose files are served no more: until its end is known, or until it has been started.
 * Otherwise a process would be started for a state that is over when it serves.
 */
export async function settled(context: EngineContext, place: FilePlace): Promise<void> {
  if (place.of !== 'container') return
  const { running, lock } = context.registry.find(place.id)
  const ended = running?.exited ?? lock.run(async () => undefined)
  await Promise.race([ended, sleep(PATIENCE, undefined, { ref: false })])
}

async function serverOf(context: EngineContext, place: FilePlace, access: FileUse['access']): Promise<FileServer> {
  if (place.of === 'container') return await serverOfContainer(context, place.id, access)
  if (place.of === 'volume') return await serverOfVolume(context, place.name)
  if (access === 'write') throw new PockerError('Forbidden', 'write files: an image is read-only', { code: 'read-only-files' })
  return place.of === 'image' ? serverOfImage(context, place) : serverOfBase(context, find(context, place.id))
}

function serverOfImage({ files, images }: EngineContext, { name, layer }: Extract<FilePlace, { of: 'image' }>): FileServer {
  const image = images.resolve(name)
  const key = `image ${image.id} ${layer ?? ''}`
  const found = files.find(key, 'read')
  if (found !== undefined) return found
  if (layer === undefined) return files.start({ key, owner: image.id, root: imageViewOf(image), access: 'read' })
  const folder = image.layers.at(-1 - layer)
  if (folder === undefined) {
    throw new PockerError('NotFound', `look into image '${name}': it has ${image.layers.length} layers, and no layer ${layer}`, {
      code: 'no-such-layer',
    })
  }
  return files.start({ key, owner: image.id, root: { folder }, access: 'read', isLayer: true })
}

function serverOfBase({ files }: EngineContext, { id, record }: Container): FileServer {
  const key = `image of ${id}`
  return files.find(key, 'read') ?? files.start({ key, owner: id, root: imageViewOf(record.image), access: 'read' })
}

/**
 * A running container's files are those that its processes see. One that does not run has them put together of layers: for looking in a way
 * that leaves its folder alone, for writing (from the first write on) over that folder, and then nobody else may do so.
 */
async function serverOfContainer(context: EngineContext, id: string, access: FileUse['access']): Promise<FileServer> {
  for (;;) {
    const container = find(context, id)
    const found = current(context, container, access)
    if (found !== undefined) return found
    if (container.running !== undefined) return start(context, container, 'write')
    if (access === 'read') {
      const server = await startLook(context, container)
      if (server !== undefined) return server
      continue
    }
    // Not while it is being started, removed or committed.
    const server = await container.lock.run(() => startStopped(context, container.id))
    if (server !== undefined) return server
  }
}

/** Undefined when what goes on with the container has changed meanwhile. */
async function startLook(context: EngineContext, container: Container): Promise<FileServer | undefined> {
  const letGo = await holdForFiles(context, container)
  if (container.running === undefined && !container.removing && current(context, container, 'read') === undefined) {
    return start(context, container, 'look', letGo)
  }
  letGo()
  return undefined
}

async function startStopped(context: EngineContext, id: string): Promise<FileServer | undefined> {
  const container = find(context, id)
  if (container.running !== undefined) return undefined
  const found = current(context, container, 'write')
  if (found !== undefined) return found
  // One that nobody has asked for a while may be about to go, and has the folder still mounted.
  await context.files.settle(keyOf(container))
  makeMissing(container.record.foldersToMake)
  const letGo = await holdForFiles(context, container)
  return start(context, container, 'write', letGo)
}

function current({ files }: EngineContext, container: Container, access: FileUse['access']): FileServer | undefined {
  return files.find(keyOf(container), access === 'read' ? 'look' : 'write')
}

function start(context: EngineContext, container: Container, access: Access, onGone: () => void = () => undefined): FileServer {
  return context.files.start({ key: keyOf(container), owner: container.id, root: rootViewOf(context, container), access, onGone })
}

/** Another one for each of its runs, and for the time when it does not run. */
function keyOf({ id, running }: Container): string {
  return `container ${id} ${running?.startedAt ?? ''}`
}

function find({ registry }: EngineContext, id: string): Container {
  const container = registry.find(id)
  if (!container.removing) return container
  throw new PockerError('Conflict', `look into container ${container.record.name}: it is being removed`, { code: 'container-removing' })
}
