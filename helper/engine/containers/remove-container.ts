/** Removing containers. */

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import { removeCgroup } from '../../container/cgroup/remove.ts'
import type { EngineContext } from '../context.ts'
import { deleteVolume } from '../volumes/delete-volume.ts'
import { usersOf } from '../volumes/volume-use.ts'
import { cgroupOf } from './cgroup-of.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import { ENDED } from './ended.ts'
import { killAll } from './stop-container.ts'

/** Removes a container and what belongs to it alone. Call it under its lock. Errors: Conflict `container-running`. */
export async function removeContainer(
  context: EngineContext,
  container: Container,
  options: { force: boolean; volumes: boolean },
): Promise<void> {
  if (container.removing) return
  const { running } = container
  if (running !== undefined && !options.force) {
    const state = container.paused ? 'is paused and must be unpaused first' : 'is running'
    throw new PockerError('Conflict', `remove container "/${container.record.name}": container ${state}`, {
      code: 'container-running',
      hint: 'stop the container before removing it, or force its removal',
    })
  }
  container.removing = true
  if (typeof container.restarting === 'object') clearTimeout(container.restarting)
  container.restarting = undefined
  try {
    if (running !== undefined) {
      const exited = container.waiters.exit()
      await killAll(context, container, running)
      await exited
    }
    await context.files.end(container.id)
    await removeCgroup(cgroupOf(context, container))
  } catch (error) {
    container.removing = false // what kept it from going may pass: it can be asked for again
    throw error
  }
  forget(context, container, options)
}

function forget(context: EngineContext, container: Container, options: { volumes: boolean }): void {
  context.records.delete(container.id)
  context.registry.delete(container)
  context.traces.keep(container.id, container.trace)
  for (const exec of container.execs) context.execs.forget(exec)
  // Those who read its log have it open, and read on to its end.
  container.ended.abort(ENDED)
  container.removed.abort(ENDED)
  tell(context, container, 'destroy')
  container.waiters.removed({ StatusCode: container.record.state.exitCode })
  context.trash.discard(container.folders.folder)
  context.images.containerRemoved(container.record.image)
  rmSync(container.folders.status, { force: true })
  // Those that others have too (VolumesFrom) stay for them.
  if (options.volumes)
    for (const volume of container.record.anonymousVolumes) if (usersOf(context, volume).length === 0) deleteVolume(context, volume)
}

/** Deletes what an earlier helper had no time to delete, and folders of containers that were never put on record. */
export function discardLeftovers(context: EngineContext): void {
  const known = new Set(context.registry.all().map((container) => container.id))
  for (const name of readdirSync(context.folders.containers)) {
    if (!known.has(name)) context.trash.discard(join(context.folders.containers, name))
  }
  const layers = new Set(context.registry.all().flatMap((container) => container.record.image.layers))
  for (const layer of context.images.staleLayers()) if (!layers.has(layer)) context.trash.discard(layer)
  context.trash.empty().catch(context.report)
}
