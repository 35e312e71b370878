/** Which containers have a volume, and what is due when one starts and ends. */
import type { EngineEvent } from '../../api/system.ts'
import type { StoredVolume } from '../../volume/volumes.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import type { ContainerRecord } from '../records/record.ts'

/** The containers that have it, running or not. */
export function usersOf({ registry }: EngineContext, name: string): Container[] {
  return registry.all().filter(({ record }) => namesIn(record).includes(name))
}

/** The volumes of a container, each once. */
function namesIn({ mounts }: ContainerRecord): string[] {
  const names = mounts.flatMap(({ point }) => (point?.Type === 'volume' && point.Name !== undefined ? [point.Name] : []))
  return [...new Set(names)]
}

/** Before a start: what its volumes' options name is mounted, and one whose folder was taken away is there again. Errors: those of `hold`. */
export async function takeVolumes(context: EngineContext, container: Container): Promise<void> {
  for (const name of namesIn(container.record)) {
    const volume = context.volumes.create({ name })
    if (context.mountedVolumes.isDevice(name)) await context.mountedVolumes.hold(volume, container)
    else context.mountedVolumes.takeOver(name, container)
    tellMounts(context, container, { action: 'mount', name })
  }
}

/** After its end, or a start that failed. */
export function releaseVolumes(context: EngineContext, container: Container): void {
  for (const name of namesIn(container.record)) {
    if (context.mountedVolumes.release(name, container)) tellMounts(context, container, { action: 'unmount', name })
  }
}

/** Of a container that another helper has started. */
export function takeOverVolumes(context: EngineContext, container: Container): void {
  for (const name of namesIn(container.record)) context.mountedVolumes.takeOver(name, container)
}

/**
 * Holds, for work on the files of a container that does not run, those of its volumes that are mounted only when they are used.
 * Resolves to what lets go of them. Errors: those of `hold`; none is held then.
 */
export async function holdForFiles(
  context: EngineContext,
  { record, running }: Pick<Container, 'record' | 'running'>,
): Promise<() => void> {
  const { mountedVolumes, volumes } = context
  const holder = {}
  const names = running === undefined ? namesIn(record).filter((name) => mountedVolumes.isDevice(name)) : []
  const letGo = () => {
    for (const name of names) mountedVolumes.release(name, holder)
  }
  try {
    for (const name of names) await mountedVolumes.hold(volumes.get(name), holder)
  } catch (error) {
    letGo()
    throw error
  }
  return letGo
}

function tellMounts(context: EngineContext, container: Container, { action, name }: { action: 'mount' | 'unmount'; name: string }): void {
  for (const { point } of container.record.mounts) {
    if (point?.Type !== 'volume' || point.Name !== name) continue
    const attributes =
      action === 'unmount'
        ? { container: container.id, driver: 'local' }
        : {
            container: container.id,
            destination: point.Destination,
            driver: 'local',
            propagation: point.Propagation,
            'read/write': String(point.RW),
          }
    tellVolume(context, action, { name, attributes })
  }
}

/** Tells everyone who listens what happened to a volume. */
export function tellVolume(
  { events }: EngineContext,
  action: string,
  { name, attributes = { driver: 'local' } }: { name: StoredVolume['name']; attributes?: Readonly<Record<string, string>> },
): void {
  const now = Date.now()
  const event: EngineEvent = {
    Type: 'volume',
    Action: action,
    Actor: { ID: name, Attributes: attributes },
    scope: 'local',
    time: Math.floor(now / 1000),
    timeNano: now * 1_000_000,
  }
  events.emit(event)
}
