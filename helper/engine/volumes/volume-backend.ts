/** Volumes as the HTTP layer wants them. */
import { randomBytes } from 'node:crypto'
import { PockerError } from '../../api/errors.ts'
import { ANONYMOUS_LABEL, type Volume, type VolumeCreate } from '../../api/volume.ts'
import { checkVolumeName } from '../../container/spec/bind.ts'
import { checkVolumeDriver } from '../../container/spec/mount-request.ts'
import type { VolumeBackend } from '../../http/backend.ts'
import type { StoredVolume } from '../../volume/volumes.ts'
import type { EngineContext } from '../context.ts'
import { folderSize } from '../files/changes.ts'
import { deleteVolume } from './delete-volume.ts'
import { filterVolumes } from './filter-volumes.ts'
import { checkDevice } from './mounted-volumes.ts'
import { ownerOfVolume } from './volume-files.ts'
import { tellVolume, usersOf } from './volume-use.ts'

/** The volumes of this helper. */
export function volumeBackend(context: EngineContext): VolumeBackend {
  return {
    list: async (filters) => filterVolumes(context, filters).map(describe),
    inspect: async (name) => describe(context.volumes.get(name)),
    create: async (request) => createVolume(context, request),
    remove: (name, { force }) => removeVolume(context, name, { force }),
    prune: (filters, { all }) => pruneVolumes(context, filters, { all }),
  }
}

/** Errors: InvalidParameter `bad-volume-name`, `unknown-volume-driver`, those of `checkDevice`; Conflict `volume-name-in-use`. */
function createVolume(context: EngineContext, { Name = '', Driver = '', DriverOpts = {}, Labels = {} }: VolumeCreate): Volume {
  const name = Name === '' ? randomBytes(32).toString('hex') : checkVolumeName(Name)
  const found = context.volumes.find(name)
  if (found !== undefined && Driver !== '' && Driver !== 'local') {
    const message = `A volume named ${name} already exists with the local driver. Choose a different volume name.`
    throw new PockerError('Conflict', message, { code: 'volume-name-in-use' })
  }
  if (found !== undefined) return describe(found)
  checkVolumeDriver(Driver)
  checkDevice(DriverOpts, context.folders.dataRoot)
  const labels = Name === '' ? { ...Labels, [ANONYMOUS_LABEL]: '' } : Labels
  const made = context.volumes.create({ name, labels, options: DriverOpts })
  tellVolume(context, 'create', { name })
  return describe(made)
}

/** Errors: NotFound `no-such-volume`; Conflict `volume-in-use`. */
async function removeVolume(context: EngineContext, name: string, { force }: { force: boolean }): Promise<void> {
  if (context.volumes.find(name) === undefined) {
    if (force) return
    context.volumes.get(name)
  }
  checkUnused(context, name)
  // What serves its files has it mounted.
  await context.files.end(ownerOfVolume(name))
  checkUnused(context, name)
  deleteVolume(context, name)
}

function checkUnused(context: EngineContext, name: string): void {
  const users = usersOf(context, name)
  if (users.length === 0) return
  const [ids, names] = [users.map(({ id }) => id).join(', '), users.map(({ record }) => record.name).join(', ')]
  throw new PockerError('Conflict', `remove ${name}: volume is in use - [${ids}]`, {
    code: 'volume-in-use',
    hint: `remove ${users.length === 1 ? 'the container' : 'the containers'} ${names} first`,
  })
}

/** As Docker: those with options stay, as their data is elsewhere and may be anybody's. */
async function pruneVolumes(
  context: EngineContext,
  filters: Parameters<VolumeBackend['prune']>[0],
  { all }: { all: boolean },
): ReturnType<VolumeBackend['prune']> {
  const VolumesDeleted: string[] = []
  let SpaceReclaimed = 0
  for (const volume of filterVolumes(context, filters)) {
    if (isDevice(volume) || !(all || ANONYMOUS_LABEL in volume.record.labels) || usersOf(context, volume.name).length > 0) continue
    const { bytes } = await folderSize(volume.data)
    await context.files.end(ownerOfVolume(volume.name))
    // A container may have taken it while it was being counted.
    if (usersOf(context, volume.name).length > 0 || context.volumes.find(volume.name) !== volume) continue
    deleteVolume(context, volume.name)
    VolumesDeleted.push(volume.name)
    SpaceReclaimed += bytes
  }
  context.events.emit(pruned(SpaceReclaimed))
  return { VolumesDeleted, SpaceReclaimed }
}

function pruned(reclaimed: number): Parameters<EngineContext['events']['emit']>[0] {
  const now = Date.now()
  const actor = { ID: '', Attributes: { reclaimed: String(reclaimed) } }
  return { Type: 'volume', Action: 'prune', Actor: actor, scope: 'local', time: Math.floor(now / 1000), timeNano: now * 1_000_000 }
}

/** With sizes, of those that are folders of the helper's. */
export async function volumeUsage(context: EngineContext): Promise<Volume[]> {
  const described: Volume[] = []
  for (const volume of context.volumes.all()) {
    if (isDevice(volume)) continue
    const Size = await folderSize(volume.data).then(
      ({ bytes }) => bytes,
      () => -1, // it was removed while others were counted
    )
    described.push({ ...describe(volume), UsageData: { Size, RefCount: usersOf(context, volume.name).length } })
  }
  return described
}

function isDevice({ record }: StoredVolume): boolean {
  return Object.keys(record.options).length > 0
}

function describe({ name, data, record }: StoredVolume): Volume {
  const orNull = (map: Readonly<Record<string, string>>) => (Object.keys(map).length === 0 ? null : map)
  return {
    CreatedAt: new Date(record.created).toISOString().replace(/\.\d+Z$/, 'Z'),
    Driver: 'local',
    Labels: orNull(record.labels),
    Mountpoint: data,
    Name: name,
    Options: orNull(record.options),
    Scope: 'local',
  }
}
