/** Starting a container: its record and folders are there, now come its processes. */

import { closeSync, existsSync, fstatSync, statSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { checkLimits } from '../../container/cgroup/limits.ts'
import { planCgroup } from '../../container/cgroup/plan.ts'
import { removeCgroup } from '../../container/cgroup/remove.ts'
import { makeUserNamespace } from '../../container/launch/user-namespace.ts'
import type { Mount, Spec } from '../../container/oci.ts'
import { readAccountFiles } from '../../container/spec/account-files.ts'
import { buildSpec } from '../../container/spec/build.ts'
import { parseLogConfig } from '../../container/spec/log-config.ts'
import { networkSharing } from '../../container/spec/namespaces.ts'
import { resolveUser } from '../../container/spec/user.ts'
import { openBeneath, openFolder } from '../../linux/beneath.ts'
import { linux } from '../../linux/constants.ts'
import type { EngineContext } from '../context.ts'
import { containerFolders } from '../folders.ts'
import { checkHealth, healthAtStart } from '../health/health.ts'
import { joinNetworks, leaveNetworks } from '../networks/join-networks.ts'
import type { ContainerRecord, RecordedState } from '../records/record.ts'
import { releaseVolumes, takeVolumes } from '../volumes/volume-use.ts'
import { cgroupOf } from './cgroup-of.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import { limitContext, makeMissing } from './create-container.ts'
import { ENDED } from './ended.ts'
import type { StartedContainer, StartOptions } from './launcher.ts'
import { withLifeError } from './lives.ts'
import { removeContainer } from './remove-container.ts'

/** Bytes kept of a log that nobody may read later: enough for those who are attached. */
const UNREAD_LOG_LIMIT = 4 << 20

/**
 * Starts a container that does not run. Call it under the container's lock.
 * Errors: NotModified `already-running`, Conflict, and whatever kept it from starting.
 */
export async function startContainer(context: EngineContext, container: Container): Promise<void> {
  if (container.paused) throw conflict('container-paused', `start container ${container.record.name}: it is paused, unpause it instead`)
  if (container.running !== undefined) {
    throw new PockerError('NotModified', `container ${container.record.name} is already running`, { code: 'already-running' })
  }
  if (container.removing || container.record.state.status === 'dead') {
    throw conflict('container-removing', `start container ${container.record.name}: it is being removed`)
  }
  if (container.tidied !== undefined) await container.tidied
  // Two overlays over one upper folder do each other harm.
  if (context.files.serves(container.id)) await context.files.end(container.id)
  try {
    await launch(context, container)
  } catch (error) {
    if (container.running === undefined) leaveNetworks(context, container)
    await recordFailure(context, container, error)
    throw error
  }
}

async function launch(context: EngineContext, container: Container): Promise<void> {
  makeMissing(container.record.foldersToMake)
  await takeVolumes(context, container)
  const { spec, options } = prepareStart(context, container.record)
  const started = await startProcesses(context, container, { spec, options })
  container.runs(started.running, spec)
  // What was looked at while it was being started is not what it sees.
  if (context.files.serves(container.id)) context.files.end(container.id).catch(context.report)
  container.trace = started.trace
  save(context, container, {
    status: 'running',
    exitCode: 0,
    error: '',
    oomKilled: false,
    startedAt: started.running.startedAt,
    stoppedByUser: false,
    ...healthAtStart(container.record),
  })
  context.watchExit(container, started.running)
  checkHealth(context, container)
  await started.confirmed
  tell(context, container, 'start')
}

/** Descriptors that stay open would keep the network namespace, with its devices, beyond the container's end. */
async function startProcesses(
  context: EngineContext,
  container: Container,
  { spec, options }: ReturnType<typeof prepareStart>,
): Promise<StartedContainer> {
  using held = new DisposableStack()
  const ownerMaps = makeOwnerMaps(spec)
  for (const namespace of ownerMaps.values()) held.adopt(namespace, closeSync)
  const network = await joinNetworks(context, container)
  if (network !== undefined) held.adopt(network, closeSync)
  return await context.launcher.start(spec, { ...options, network, ownerMaps })
}

/** Puts changes of the state on record. */
export function save(context: EngineContext, container: Container, state: Partial<RecordedState>): void {
  container.record = { ...container.record, state: { ...container.record.state, ...state } }
  context.records.put(container.record)
}

/** The configuration and the launch options of a record's container. Errors: PockerError. */
export function prepareStart(context: EngineContext, record: ContainerRecord): { spec: Spec; options: StartOptions } {
  const config = record.request.HostConfig ?? {}
  const folders = containerFolders(context.folders, record.id)
  const sharing = networkSharing(config)
  const network = sharing.with === 'container' ? context.registry.find(sharing.container) : undefined
  const files = network?.folders ?? folders
  const user = record.config.User ?? ''
  const accounts = readAccountFiles(
    record.image.layers,
    statSync(folders.upper, { throwIfNoEntry: false }) === undefined ? undefined : folders.upper,
  )
  const spec = buildSpec({
    id: record.id,
    request: record.request,
    imageConfig: record.image.config,
    layers: record.image.layers,
    imageMounts: record.image.mounts,
    userMounts: record.mounts.map(({ mount }) => mount),
    folders: { upper: folders.upper, work: folders.work, hosts: files.hosts, hostname: files.hostname, resolvConf: files.resolvConf },
    hostname: network?.record.hostname ?? record.hostname,
    user: resolveUser(user, config.GroupAdd ?? [], accounts),
    limits: checkLimits(config, limitContext(context, 'update')).resources,
    host: context.host,
  })
  const log = parseLogConfig(config)
  const limit = log.driver === 'none' ? UNREAD_LOG_LIMIT : (log.maxSize ?? 0) * log.maxFiles
  const cgroup = planCgroup(context.cgroups, {
    path: spec.linux.cgroupsPath,
    resources: spec.linux.resources,
    blockWeight: context.features.blockWeight,
  })
  return {
    spec,
    options: {
      log: folders.log,
      status: folders.status,
      logHalf: Math.min(Math.ceil(limit / 2), 0x7fffffff),
      cgroup,
      openStdin: record.config.OpenStdin === true,
      shared: sharedProcesses(context, spec),
      isFolder,
      timed: true, // 25 clock readings: 3 µs
    },
  }
}

/** Of each mount with the word `idmap`: its folder's owner, who may be the one whom the container runs as. Errors: LaunchError. */
function makeOwnerMaps({ mounts, process: { user } }: Spec): Map<Mount, number> {
  const maps = new Map<Mount, number>()
  for (const mount of mounts) {
    const owner = mount.options.includes('idmap') ? statSync(mount.source, { throwIfNoEntry: false }) : undefined
    if (owner === undefined || (owner.uid === user.uid && owner.gid === user.gid)) continue
    maps.set(mount, makeUserNamespace({ uid: [owner.uid, user.uid], gid: [owner.gid, user.gid] }))
  }
  return maps
}

function isFolder(mount: Mount): boolean {
  if (mount.container !== undefined) return true
  if (mount.subpath !== undefined) return isFolderBelow(mount.source, mount.subpath)
  return statSync(mount.source, { throwIfNoEntry: false })?.isDirectory() ?? true
}

function isFolderBelow(folder: string, path: string): boolean {
  if (!existsSync(folder)) return true
  const root = openFolder(folder)
  try {
    const found = openBeneath(root, path, linux.O_PATH)
    if (found === undefined) return true
    const isDirectory = fstatSync(found).isDirectory()
    closeSync(found)
    return isDirectory
  } finally {
    closeSync(root)
  }
}

/** Errors: Conflict `shared-container-not-running`. */
function sharedProcesses(context: EngineContext, spec: Spec): Map<string, number> {
  const shared = new Map<string, number>()
  for (const { type, container: reference } of spec.linux.namespaces) {
    if (reference === undefined) continue
    const other = context.registry.find(reference)
    if (other.running === undefined) {
      throw conflict('shared-container-not-running', `share the ${type} namespace of container ${other.record.name}: it is not running`)
    }
    if (type === 'ipc' && other.hostConfig.IpcMode !== 'shareable') {
      throw new PockerError('Conflict', `share the ipc namespace of container ${other.record.name}: it is private`, {
        code: 'ipc-not-shareable',
        hint: 'run that container with --ipc shareable',
      })
    }
    shared.set(reference, other.running.container)
  }
  return shared
}

/** As Docker: 127 for a command that is not there, 126 for one that cannot be executed, 128 for everything else. */
async function recordFailure(context: EngineContext, container: Container, error: unknown): Promise<void> {
  const code = error instanceof PockerError ? error.code : ''
  const exitCode = code === 'command-not-found' ? 127 : code === 'command-not-executable' ? 126 : 128
  // With --init the process did run; its own exit does the rest.
  const hasRun = container.running !== undefined
  if (container.running !== undefined) await container.running.exited
  else container.runEnded.abort(ENDED)
  releaseVolumes(context, container)
  await removeCgroup(cgroupOf(context, container))
  const status = container.record.state.status === 'created' ? 'created' : 'exited'
  const message = error instanceof Error ? error.message : String(error)
  if (hasRun) container.record = withLifeError(container.record, message)
  save(context, container, { status, exitCode, error: message })
  if (container.hostConfig.AutoRemove === true) await removeContainer(context, container, { force: true, volumes: true })
}

function conflict(code: string, message: string): PockerError {
  return new PockerError('Conflict', message, { code })
}
