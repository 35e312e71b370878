/** Making a container: everything that can be refused is refused before the first folder is made. */
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { CreateRequest } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { HostConfig } from '../../api/host-config.ts'
import { ANONYMOUS_LABEL } from '../../api/volume.ts'
import { checkLimits } from '../../container/cgroup/limits.ts'
import { prepareCgroups } from '../../container/cgroup/prepare.ts'
import { realHostPath } from '../../container/spec/bind-source.ts'
import { cleanPath } from '../../container/spec/container-path.ts'
import { hostnameFile, hostsFile } from '../../container/spec/files.ts'
import { chooseHostname } from '../../container/spec/hostname.ts'
import { mergeConfig } from '../../container/spec/merged-config.ts'
import { resolveMounts, type WantedVolume } from '../../container/spec/mount-points.ts'
import { randomName } from '../../container/spec/names.ts'
import { ipcSharing, networkSharing, pidSharing } from '../../container/spec/namespaces.ts'
import { hostResolvConf, resolvConfFile } from '../../container/spec/resolv-conf.ts'
import { validateRequest } from '../../container/spec/validate.ts'
import type { ResolvedImage } from '../../image/images.ts'
import type { EngineContext } from '../context.ts'
import { type ContainerFolders, containerFolders } from '../folders.ts'
import { planEndpoints } from '../networks/plan-endpoints.ts'
import { type ContainerRecord, CREATED } from '../records/record.ts'
import { deleteVolume } from '../volumes/delete-volume.ts'
import { beginFilling, fillVolume } from '../volumes/fill-volume.ts'
import { checkDevice } from '../volumes/mounted-volumes.ts'
import { holdForFiles, tellVolume, usersOf } from '../volumes/volume-use.ts'
import { Container } from './container.ts'
import { tell } from './container-events.ts'

/** Makes a container. Errors: PockerError; nothing is left of it then. */
export async function createContainer(
  context: EngineContext,
  request: CreateRequest,
  name: string | undefined,
): Promise<{ Id: string; Warnings: string[] }> {
  const { record, warnings, volumes } = draftContainer(context, request, name)
  const newVolumes = volumes.filter(({ name: volume }) => context.volumes.find(volume) === undefined)
  makeFolders(context, record)
  const container = new Container(record, context.folders)
  // From here on its name is taken and its image's layers are in use; whoever would start it waits for the lock.
  context.registry.add(container)
  await container.lock.run(async () => {
    try {
      for (const volume of newVolumes) makeVolume(context, volume)
      await fillVolumes(context, container)
      context.records.put(record)
    } catch (error) {
      container.removing = true
      context.registry.delete(container)
      context.trash.discard(container.folders.folder)
      for (const { name: volume } of newVolumes) if (usersOf(context, volume).length === 0) deleteVolume(context, volume)
      context.images.containerRemoved(record.image)
      throw explainMaking(error)
    }
    tell(context, container, 'create')
  })
  const obstacle = (record.endpoints ?? []).length === 0 ? undefined : context.networks.host.obstacle()
  return { Id: record.id, Warnings: obstacle === undefined ? warnings : [...warnings, obstacle] }
}

function makeVolume(context: EngineContext, { name, anonymous, labels, options }: WantedVolume): void {
  // Another container's creation may have made it since.
  if (context.volumes.find(name) !== undefined) return
  context.volumes.create({ name, labels: anonymous ? { ...labels, [ANONYMOUS_LABEL]: '' } : labels, options })
  tellVolume(context, 'create', { name })
}

async function fillVolumes(context: EngineContext, container: Container): Promise<void> {
  const { mounts, image } = container.record
  const letGo = mounts.some(({ fill }) => fill === true) ? await holdForFiles(context, container) : undefined
  try {
    const isDevice = (name: string) => context.mountedVolumes.isDevice(name)
    for (const volume of beginFilling(mounts, image.layers, isDevice)) await context.volumeLock.run(() => fillVolume(volume, image.layers))
  } finally {
    letGo?.()
  }
}

/** The record of the container that a request asks for, without making anything. Errors: PockerError. */
export function draftContainer(
  context: EngineContext,
  request: CreateRequest,
  name: string | undefined,
): { record: ContainerRecord; warnings: string[]; volumes: readonly WantedVolume[] } {
  const image = request.Rootfs === undefined ? context.images.resolve(request.Image ?? '') : context.images.resolveFolder(request.Rootfs)
  const warnings = validateRequest({ name, request, image: image.config, host: context.host })
  const limited = limitRequest(context, request)
  const config = limited.request.HostConfig ?? {}
  const wanted = name?.replace(/^\//, '')
  if (wanted !== undefined && context.registry.hasName(wanted)) throw nameInUse(context, wanted)
  checkShared(context, config)
  const merged = mergeConfig(limited.request, image.config)
  const mounts = resolveMounts(config, Object.keys(merged.Volumes), {
    dataRoot: context.folders.dataRoot,
    kernel: context.host.kernel,
    realPath: realHostPath,
    volume: (volume) => volumeFolder(context, volume),
    mountsOf: (other) => context.registry.find(other).record.mounts,
  })
  for (const { options } of mounts.volumes) checkDevice(options, context.folders.dataRoot)
  const id = randomBytes(32).toString('hex')
  return {
    volumes: mounts.volumes,
    warnings: [...warnings, ...limited.warnings],
    record: {
      id,
      name: wanted ?? randomName((candidate) => context.registry.hasName(candidate)),
      created: Date.now(),
      image: recordImage(image, request),
      request: limited.request,
      config: merged,
      hostname: chooseHostname({ config, asked: request.Hostname ?? '', id, host: context.host }),
      mounts: mounts.mounts,
      foldersToMake: mounts.foldersToMake,
      anonymousVolumes: mounts.anonymousVolumes,
      restartCount: 0,
      endpoints: planEndpoints(context.networks, limited.request, Object.keys(merged.ExposedPorts)),
      state: CREATED,
    },
  }
}

/** Errors: Conflict `name-in-use`. */
export function nameInUse(context: EngineContext, name: string): PockerError {
  const holder = context.registry.find(name).id
  return new PockerError('Conflict', `Conflict. The container name "/${name}" is already in use by container "${holder}".`, {
    code: 'name-in-use',
    hint: 'remove or rename that container, or use another name',
  })
}

function recordImage(image: ResolvedImage, request: CreateRequest): ContainerRecord['image'] {
  return { id: image.id, name: request.Rootfs ?? request.Image ?? '', config: image.config, layers: image.layers, mounts: image.mounts }
}

/** The request with the limits that will hold. */
function limitRequest(context: EngineContext, request: CreateRequest): { request: CreateRequest; warnings: readonly string[] } {
  const config = request.HostConfig ?? {}
  const parent = config.CgroupParent ?? ''
  if (parent !== '') prepareCgroups(context.cgroups, cleanPath(parent))
  const checked = checkLimits(config, limitContext(context, 'create'))
  return { request: { ...request, HostConfig: withoutUndefined(checked.limits) }, warnings: checked.warnings }
}

/** What this host can limit, for checking a request against. */
export function limitContext(context: EngineContext, purpose: 'create' | 'update'): Parameters<typeof checkLimits>[1] {
  return { features: context.features, cpus: availableParallelism(), blockDevice, purpose }
}

function blockDevice(path: string): { major: number; minor: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isBlockDevice()) return undefined
  return { major: (found.rdev >>> 8) & 0xfff, minor: (found.rdev & 0xff) | ((found.rdev >>> 12) & 0xfff00) }
}

function withoutUndefined(config: HostConfig): HostConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as HostConfig
}

/** Containers whose namespaces are to be shared must be there; that they run is asked at the start. */
function checkShared(context: EngineContext, config: HostConfig): void {
  for (const sharing of [networkSharing(config), pidSharing(config), ipcSharing(config)]) {
    if (sharing.with === 'container') context.registry.find(sharing.container)
  }
}

function volumeFolder(context: EngineContext, name: string | undefined): { name: string; folder: string } {
  const known = name ?? randomBytes(32).toString('hex')
  return { name: known, folder: context.volumes.dataOf(known) }
}

function makeFolders(context: EngineContext, record: ContainerRecord): void {
  const folders = containerFolders(context.folders, record.id)
  try {
    mkdirSync(folders.folder, { mode: 0o700 })
    mkdirSync(folders.upper)
    copyOwnership(record.image.layers[0], folders.upper)
    mkdirSync(folders.work)
    writeGeneratedFiles(record, folders)
    makeMissing(record.foldersToMake)
  } catch (error) {
    rmSync(folders.folder, { recursive: true, force: true })
    throw explainMaking(error)
  }
}

/** Sources of `-v`, for every user of the container. */
export function makeMissing(folders: readonly string[]): void {
  for (const folder of folders) {
    if (existsSync(folder)) continue
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o755)
  }
}

/** The upper folder is the container's `/`: overlayfs shows its owner and mode, so they must be the image's. */
function copyOwnership(layer: string | undefined, upper: string): void {
  if (layer === undefined) return
  const { uid, gid, mode } = statSync(layer)
  chownSync(upper, uid, gid)
  chmodSync(upper, mode & 0o7777)
}

/** /etc/hosts, /etc/hostname and /etc/resolv.conf; a container that shares another's network has that one's instead. */
function writeGeneratedFiles(record: ContainerRecord, folders: ContainerFolders): void {
  const config = record.request.HostConfig ?? {}
  const sharing = networkSharing(config)
  if (sharing.with === 'container') return
  const hosts = hostsFile({
    hostname: record.hostname,
    domainname: record.request.Domainname ?? '',
    extraHosts: config.ExtraHosts ?? [],
    addresses: [],
    ...(sharing.with === 'host' ? { hostFile: readText('/etc/hosts') ?? '' } : {}),
  })
  const dns = { servers: config.Dns ?? [], search: config.DnsSearch ?? [], options: config.DnsOptions ?? [] }
  writePublic(folders.hosts, hosts)
  writePublic(folders.hostname, hostnameFile(record.hostname))
  writePublic(folders.resolvConf, resolvConfFile(hostResolvConf(readText), dns, sharing.with === 'host' ? 'host' : 'own'))
}

/** Readable for every user of the container, whatever the helper's umask. */
function writePublic(path: string, text: string): void {
  writeFileSync(path, text)
  chmodSync(path, 0o644)
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function explainMaking(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PockerError('Unavailable', 'create container: no space left on the disk of the data root', {
      code: 'no-space',
      cause: error,
    })
  }
  if (code === 'EROFS') {
    return new PockerError('Unavailable', 'create container: the data root or a bind source lies on a read-only filesystem', {
      code: 'read-only-filesystem',
      cause: error,
    })
  }
  return error
}
