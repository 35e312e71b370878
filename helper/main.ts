/** The helper's program: checks, then wiring, then it listens. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameOfUid } from './access/accounts.ts'
import { helperBackend } from './access/helper-backend.ts'
import { UserSockets } from './access/user-sockets.ts'
import { PockerError } from './api/errors.ts'
import { unpackLayer } from './archive/unpack-layer.ts'
import { VERSION } from './cli/version.ts'
import { readCgroupHost } from './container/cgroup/host.ts'
import { keeperJoin } from './container/cgroup/keepers.ts'
import { prepareCgroups } from './container/cgroup/prepare.ts'
import { SystemCpuReader } from './container/cgroup/system-cpu.ts'
import { readHostFacts } from './container/spec/host-facts.ts'
import { createBackend } from './engine/backend.ts'
import { adoptContainers } from './engine/containers/adopt-containers.ts'
import type { Container } from './engine/containers/container.ts'
import { watchExit } from './engine/containers/exit-container.ts'
import { Launcher } from './engine/containers/launcher.ts'
import { discardLeftovers } from './engine/containers/remove-container.ts'
import { Traces } from './engine/containers/traces.ts'
import type { EngineContext } from './engine/context.ts'
import { EventLog } from './engine/events.ts'
import { ExecSessions } from './engine/exec/exec-sessions.ts'
import { openFolders } from './engine/folders.ts'
import { leaveHealth } from './engine/health/health.ts'
import { probeHealth } from './engine/health/health-probe.ts'
import { Lock } from './engine/lock.ts'
import { keepRules } from './engine/networks/adopt-networks.ts'
import { Networks } from './engine/networks/networks.ts'
import { type ContainerRecord, parseRecord } from './engine/records/record.ts'
import { openRecords } from './engine/records/records.ts'
import { Registry } from './engine/registry.ts'
import { Trash } from './engine/trash.ts'
import { MountedVolumes } from './engine/volumes/mounted-volumes.ts'
import { FileServers } from './files/file-servers.ts'
import { startServer } from './http/server.ts'
import { freeWhenQuiet } from './idle-memory.ts'
import type { ImageUse } from './image/context.ts'
import { openImages } from './image/images.ts'
import { makeImageContext } from './image/make-image-context.ts'
import { type ImageRecord, parseImageRecord } from './image/records.ts'
import { openRegistryImages } from './image/registry/open-registry-images.ts'
import { openContentStore } from './image/store/open-content-store.ts'
import { openLayerStore } from './image/store/open-layer-store.ts'
import { leaveSession } from './leave-session.ts'
import { call } from './linux/call.ts'
import { linux } from './linux/constants.ts'
import { architecture } from './linux/interpreter.ts'
import { peerOf } from './linux/peer.ts'
import { whyUnsupported } from './linux/probe.ts'
import { sealExecutable } from './linux/seal-executable.ts'
import { HostNetworks } from './network/host-networks.ts'
import { type NetworkRecord, parseNetworkRecord } from './network/network-record.ts'
import { Volumes } from './volume/volumes.ts'

export interface HelperOptions {
  readonly dataRoot: string
  readonly runRoot: string
  readonly socket: string
  /** Seconds without containers and requests after which it leaves; 0: never. */
  readonly idleTimeout: number
  /** Users who get a socket of their own until the machine restarts. */
  readonly users: readonly number[]
  /** It leaves the login session that it was started in. */
  readonly apart: boolean
  /** Containers have a network of their own without asking for one. */
  readonly defaultNetwork: boolean
}

const CGROUP_PARENT = '/pocker'

/** Runs the helper until it is told to leave (SIGTERM, SIGINT) or nothing needs it. Containers go on. Errors: PockerError. */
export async function runHelper(options: HelperOptions): Promise<void> {
  const reason = whyUnsupported()
  if (reason !== undefined) throw new PockerError('Unavailable', reason.message, { code: reason.code, hint: reason.hint })
  sealExecutable()
  harden()
  const { context, close } = openEngine(options)
  await adoptContainers(context)
  context.images.collect()
  discardLeftovers(context)
  keepRules(context)
  const users = new UserSockets({
    runRoot: options.runRoot,
    file: join(options.dataRoot, 'users.json'),
    now: { boot: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(), nameOf: nameOfUid },
    listen: (path, uid) => server.listen(path, uid),
    report,
  })
  const server = await startServer({
    backend: { ...createBackend(context), helper: helperBackend(options, users) },
    socketPath: options.socket,
    version: VERSION,
    peerUid: (descriptor) => peerOf(descriptor)?.uid,
    onUnexpected: context.report,
  })
  await users.restore()
  for (const uid of options.users) await users.add({ uid, until: 'reboot' })
  process.stdout.write(`${JSON.stringify({ socket: options.socket, pid: process.pid, version: VERSION })}\n`)
  freeWhenQuiet(server.lastActivity)
  await untilDone(context, {
    idleTimeout: options.idleTimeout * 1000,
    busy: () => server.activeRequests() > 0,
    lastActivity: () => server.lastActivity(),
  })
  await server.close()
  await leaveHealth(context)
  await context.files.endThose(() => true).catch(report)
  context.registries.close()
  leaveNetworksAlone(context)
  close()
  // Adopted containers' pipes and timers of restarts would keep the process.
  process.exit(0)
}

/** Before anything of a container's exists: a process that shares this memory until exec must not be looked into (CVE-2019-5736). */
function harden(): void {
  process.umask(0o077)
  process.chdir('/')
  call('prctl', [linux.PR_SET_DUMPABLE, 0, 0, 0, 0], 'dumpable')
}

function openEngine(options: HelperOptions): { context: EngineContext; close: () => void } {
  const folders = openFolders(options.dataRoot, options.runRoot)
  const records = openRecords<ContainerRecord, ImageRecord, NetworkRecord>(folders.state, {
    container: parseRecord,
    image: parseImageRecord,
    network: parseNetworkRecord,
  })
  const cgroups = readCgroupHost({
    mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    readControllers: (mountpoint) => readFileSync(`${mountpoint}/cgroup.controllers`, 'utf8'),
  })
  const features = prepareCgroups(cgroups, CGROUP_PARENT)
  const keeperGroups = keeperJoin(cgroups, CGROUP_PARENT, readFileSync('/proc/self/cgroup', 'utf8'))
  if (options.apart) leaveSession(keeperGroups, report)
  const host = readHostFacts(architecture)
  const registry = new Registry()
  const events = new EventLog()
  const trash = new Trash(folders.trash, report)
  const volumes = new Volumes({ folder: folders.volumes, discard: (folder) => trash.discard(folder), report })
  const imageContext = makeImageContext({
    records: { ...records.images, put: (record) => records.images.put(record.id, record) },
    content: openContentStore(join(folders.dataRoot, 'content')),
    layers: openLayerStore({ folder: join(folders.dataRoot, 'layers'), trash }),
    unpackLayer,
    dataRoot: folders.dataRoot,
    hostRoot: '/',
    now: Date.now,
    containers: () => registry.all().map(imageUse),
    emit: (event) => events.emit(event),
  })
  const launcher = new Launcher({
    mountPoint: folders.mountPoint,
    keeperGroups,
    lastCapability: host.lastCapability,
  })
  const context: EngineContext = {
    version: VERSION,
    folders,
    host,
    cgroups,
    features,
    systemCpu: new SystemCpuReader(),
    records: {
      put: (record) => records.containers.put({ id: record.id, name: record.name, created: createdText(record), document: record }),
      delete: (id) => records.containers.delete(id),
      list: () => records.containers.list(),
    },
    registry,
    images: openImages(imageContext),
    imageContext,
    registries: openRegistryImages(imageContext, { dataRoot: folders.dataRoot, environment: process.env }),
    networks: new Networks({
      records: records.networks,
      host: new HostNetworks({ owner: ownerName(folders.dataRoot), guardMark: join(folders.runRoot, 'forwarding') }),
      hasDefault: options.defaultNetwork,
    }),
    events,
    launcher,
    execs: new ExecSessions(),
    files: new FileServers({ report }),
    traces: new Traces(),
    volumes,
    mountedVolumes: new MountedVolumes({ volumes, dataRoot: folders.dataRoot, report }),
    volumeLock: new Lock(),
    trash,
    watchExit: (container, running) => watchExit(context, container, running),
    probeHealth: (container, probe) => probeHealth(context, container, probe),
    report,
  }
  return { context, close: () => records.close() }
}

/** What several helpers on one host tell their devices and rules apart by: a data root has one helper at a time. */
function ownerName(dataRoot: string): string {
  return createHash('sha256').update(dataRoot).digest('hex').slice(0, 12)
}

/** With containers, all stays as it is; without, this host is left as it was found. */
function leaveNetworksAlone(context: EngineContext): void {
  if (context.registry.all().some(({ running }) => running !== undefined)) return
  try {
    context.networks.host.clear(context.networks.made())
  } catch (error) {
    report(error)
  }
}

function imageUse({ id, record, running }: Container): ImageUse {
  return { id, name: record.name, image: record.image.id, running: running !== undefined, layers: record.image.layers }
}

function report(error: unknown): void {
  process.stderr.write(`pocker: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

function createdText(record: ContainerRecord): string {
  return new Date(record.created).toISOString().replace('Z', '000000Z')
}

interface Activity {
  /** Milliseconds; 0: never leave. */
  readonly idleTimeout: number
  readonly busy: () => boolean
  /** Milliseconds since 1970. */
  readonly lastActivity: () => number
}

/** Resolves on SIGTERM and SIGINT, or when nothing has run and nobody has asked for so long. */
function untilDone(context: EngineContext, activity: Activity): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
    // A terminal that is closed, and clients that are gone, do not end the helper.
    process.on('SIGHUP', () => undefined)
    if (activity.idleTimeout === 0) return
    const check = () => {
      const inUse =
        activity.busy() || context.registry.all().some(({ status }) => status !== 'created' && status !== 'exited' && status !== 'dead')
      if (!inUse && Date.now() - activity.lastActivity() >= activity.idleTimeout) resolve()
    }
    setInterval(check, Math.min(activity.idleTimeout, 10_000))
  })
}
