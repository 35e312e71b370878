/** What the request and the image want mounted, resolved once at create: a restart finds the same volumes. */
import type { HostConfig, MountRequest } from '../../api/host-config.ts'
import type { Mount } from '../oci.ts'
import { parseBind } from './bind.ts'
import { type ContainerMount, hostFolder, tmpfs, volume } from './container-mount.ts'
import { cleanDestination, depth, isWithin } from './container-path.ts'
import { isAtLeast, type KernelVersion } from './host-facts.ts'
import { parseMountRequest } from './mount-request.ts'
import { invalid } from './refuse.ts'

export interface MountSources {
  /** The helper's own folder, which no container gets. */
  readonly dataRoot: string
  readonly kernel: KernelVersion
  /** Where a host path really lies, links followed; undefined when nothing is there. */
  readonly realPath: (path: string) => string | undefined
  /** The volume by that name, or a new anonymous one. Makes nothing. */
  readonly volume: (name: string | undefined) => { readonly name: string; readonly folder: string }
  /** What another container has mounted (VolumesFrom). Errors: `no-such-container`. */
  readonly mountsOf: (container: string) => readonly ContainerMount[]
}

export interface WantedVolume {
  readonly name: string
  readonly folder: string
  readonly anonymous: boolean
  /** For one that is not there yet. */
  readonly labels: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, string>>
}

export interface ResolvedMounts {
  /** Parents before children. */
  readonly mounts: readonly ContainerMount[]
  /** Host folders that the start needs and that may be missing: sources of `-v`. */
  readonly foldersToMake: readonly string[]
  /** The volumes it wants, each once, whether they are there or not. */
  readonly volumes: readonly WantedVolume[]
  /** Names of the volumes that go with the container. */
  readonly anonymousVolumes: readonly string[]
}

/**
 * Resolves Binds, Mounts, Tmpfs, VolumesFrom and `volumes` (destinations: the request's and the image's).
 * The first three must not meet; the last two fill what is left.
 * Errors: `duplicate-mount-point`, `bind-source-missing`, `own-data-root`, `mount-inside-proc`, and those of the parsers.
 */
export function resolveMounts(config: HostConfig, volumes: readonly string[], sources: MountSources): ResolvedMounts {
  const resolving: Resolving = { sources, byDestination: new Map(), foldersToMake: [], volumes: new Map() }
  for (const text of config.Binds ?? []) add(resolving, bindMount(resolving, text))
  for (const request of config.Mounts ?? []) add(resolving, requestedMount(resolving, request))
  for (const [path, options] of Object.entries(config.Tmpfs ?? {})) {
    add(resolving, { mount: tmpfs(cleanDestination(path), options === '' ? [] : options.split(',')) })
  }
  for (const text of config.VolumesFrom ?? []) for (const mount of inheritedMounts(text, sources)) fill(resolving, mount)
  for (const path of volumes) addVolume(resolving, cleanDestination(path))
  return {
    mounts: [...resolving.byDestination.values()].sort((left, right) => depth(left.mount.destination) - depth(right.mount.destination)),
    foldersToMake: [...new Set(resolving.foldersToMake)],
    volumes: [...resolving.volumes.values()],
    anonymousVolumes: [...resolving.volumes.values()].filter(({ anonymous }) => anonymous).map(({ name }) => name),
  }
}

interface Resolving {
  readonly sources: MountSources
  readonly byDestination: Map<string, ContainerMount>
  readonly foldersToMake: string[]
  readonly volumes: Map<string, WantedVolume>
}

function add({ byDestination }: Resolving, mount: ContainerMount): void {
  const { destination } = mount.mount
  checkProc(mount.mount)
  if (byDestination.has(destination)) throw invalid('duplicate-mount-point', `Duplicate mount point: ${destination}`)
  byDestination.set(destination, mount)
}

function fill({ byDestination }: Resolving, mount: ContainerMount): void {
  if (!byDestination.has(mount.mount.destination)) byDestination.set(mount.mount.destination, mount)
}

/** What Docker says of a volume whose mount was given no options: the label that is shared, which means nothing without SELinux. */
const NO_MODE = 'z'

function addVolume(resolving: Resolving, destination: string): void {
  // Asked first: a volume that is not used must not be made.
  if (!resolving.byDestination.has(destination))
    add(resolving, volumeMount(resolving, undefined, { destination, mode: '', readOnly: false, noCopy: false }))
}

function bindMount(resolving: Resolving, text: string): ContainerMount {
  const { source, destination, mode, readOnly, propagation = 'rprivate', swapsOwners } = parseBind(text)
  if (source?.kind !== 'path')
    return volumeMount(resolving, source?.text, {
      destination,
      mode: mode || NO_MODE,
      readOnly,
      noCopy: mode.split(',').includes('nocopy'),
    })
  if (swapsOwners === true && !isAtLeast(resolving.sources.kernel, 5, 12)) {
    throw invalid('idmap-not-available', `mount on '${destination}': idmap needs Linux 5.12`, 'leave it out')
  }
  // As Docker: a missing source of -v becomes a folder, one of --mount is an error.
  if (!isThere(resolving, source.text)) resolving.foldersToMake.push(source.text)
  return hostFolder({
    source: source.text,
    destination,
    mode,
    bind: 'rbind',
    readOnly: readOnly && 'recursive',
    propagation,
    ...(swapsOwners === true ? { swapsOwners } : {}),
  })
}

function requestedMount(resolving: Resolving, request: MountRequest): ContainerMount {
  const parsed = parseMountRequest(request, resolving.sources.kernel)
  const { destination } = parsed
  switch (parsed.type) {
    case 'volume': {
      const { name, readOnly, noCopy, subpath, labels, options } = parsed
      const below = subpath === undefined ? {} : { subpath }
      return volumeMount(resolving, name, { destination, mode: NO_MODE, readOnly, noCopy, ...below }, { labels, options })
    }
    case 'tmpfs':
      return {
        mount: tmpfs(destination, parsed.words),
        point: { Type: 'tmpfs', Source: '', Destination: destination, Mode: '', RW: !parsed.words.includes('ro'), Propagation: '' },
      }
    case 'bind': {
      const { source, bind, propagation } = parsed
      if (!isThere(resolving, source)) {
        if (!parsed.makeSource) throw sourceMissing(source, destination)
        resolving.foldersToMake.push(source)
      }
      return hostFolder({ source, destination, mode: '', bind, readOnly: parsed.readOnly, propagation })
    }
  }
}

// As runc: a made-up /proc deceives programs and the helper alike (CVE-2019-16884), but monitoring tools are often given these alone.
const REPLACEABLE = new Set([
  '/proc/cpuinfo',
  '/proc/diskstats',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/net/dev',
  '/proc/slabinfo',
  '/proc/stat',
  '/proc/swaps',
  '/proc/uptime',
  '/proc/sys/crypto/fips_enabled',
  '/proc/sys/kernel/ns_last_pid',
])

/** Errors: `mount-inside-proc`. */
function checkProc({ destination, source }: Mount): void {
  if (!isWithin(destination, '/proc') || REPLACEABLE.has(destination)) return
  if (destination === '/proc' && source === '/proc') return
  throw invalid('mount-inside-proc', `mount on '${destination}': it is inside /proc, which is the kernel's`)
}

function sourceMissing(source: string, destination: string): Error {
  return invalid(
    'bind-source-missing',
    `mount on '${destination}': bind source path does not exist: ${source}`,
    '-v makes a missing folder',
  )
}

function volumeMount(
  { sources, volumes }: Resolving,
  name: string | undefined,
  mount: { destination: string; mode: string; readOnly: boolean; noCopy: boolean; subpath?: string },
  wanted: Pick<WantedVolume, 'labels' | 'options'> = { labels: {}, options: {} },
): ContainerMount {
  const found = sources.volume(name)
  if (!volumes.has(found.name)) volumes.set(found.name, { ...found, anonymous: name === undefined, ...wanted })
  return volume({ ...found, ...mount, readOnly: mount.readOnly && 'recursive' })
}

/** Errors: `own-data-root`: whoever could write there would be the helper. */
function isThere({ sources }: Resolving, path: string): boolean {
  const real = sources.realPath(path)
  if (isWithin(real ?? path, sources.dataRoot)) {
    throw invalid('own-data-root', `mount '${path}': it belongs to the helper itself`, 'use a named volume')
  }
  return real !== undefined
}

/** `container[:ro|rw]`. Errors: `bad-volumes-from`. */
function inheritedMounts(text: string, { mountsOf }: MountSources): ContainerMount[] {
  const [container = '', mode = 'rw', ...more] = text.split(':')
  if (container === '' || more.length > 0 || !/^(ro|rw)(,[zZ])?$|^[zZ]$/.test(mode)) {
    throw invalid('bad-volumes-from', `read volumes-from '${text}': it must be container[:ro|rw]`)
  }
  const shared = mountsOf(container).filter(({ point }) => point !== undefined && point.Type !== 'tmpfs')
  const filled = shared.map(({ fill: _, ...mount }) => mount)
  return mode.startsWith('ro') ? filled.map(asReadOnly) : filled
}

function asReadOnly({ mount, point }: ContainerMount): ContainerMount {
  const options = [...mount.options.filter((option) => option !== 'ro' && option !== 'rro'), 'ro', 'rro']
  return { mount: { ...mount, options }, ...(point === undefined ? {} : { point: { ...point, RW: false } }) }
}
