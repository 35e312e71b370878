/** The group that all containers' groups live in, made once per start of the helper. */
import { mkdirSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { errorCode, readControl, writeControl } from './control-file.ts'
import { type CgroupFeatures, readCgroupFeatures } from './features.ts'
import { type CgroupHost, hierarchiesOf } from './host.ts'
import { keeperFolders } from './keepers.ts'
import { cgroupSegments } from './path.ts'

const LEGACY = ['cpu', 'cpuacct', 'cpuset', 'blkio', 'devices', 'freezer', 'pids', 'memory'] as const
const UNIFIED = ['cpuset', 'cpu', 'io', 'memory', 'pids'] as const

/**
 * Makes `parent` (such as `/pocker`) in every hierarchy that containers join, and `keepers` in it, and says which limits can be set.
 * Running it again changes nothing.
 * Errors: Unavailable `cgroup-unavailable`; InvalidParameter `cgroup-path-invalid`.
 */
export function prepareCgroups(host: CgroupHost, parent: string): CgroupFeatures {
  const segments = cgroupSegments(parent)
  try {
    if (host.mode === 'v2' && host.unified !== undefined) prepareUnified(host.unified, segments)
    else prepareLegacy(host, segments)
    for (const folder of keeperFolders(host, parent)) mkdirSync(folder, { recursive: true })
    return readCgroupFeatures(host, parent)
  } catch (error) {
    throw error instanceof PockerError ? error : unavailable(error)
  }
}

function prepareLegacy(host: CgroupHost, segments: readonly string[]): void {
  // Without it a container that may make device nodes could open the host's disks.
  if (!host.mounts.has('devices')) {
    throw new PockerError('Unavailable', 'prepare control groups: the devices controller is not mounted', {
      code: 'cgroup-unavailable',
      hint: 'Mount it: mount -t cgroup -o devices cgroup /sys/fs/cgroup/devices',
    })
  }
  const cpuset = host.mounts.get('cpuset')
  for (const { mountpoint } of hierarchiesOf(host, LEGACY)) {
    let folder = mountpoint
    for (const segment of segments) {
      const above = folder
      folder = `${above}/${segment}`
      mkdirSync(folder, { recursive: true })
      if (mountpoint === cpuset) inheritCpuset(folder, above)
    }
    // Each container's group then starts as a copy of this one, which saves two reads and two writes per start.
    if (mountpoint === cpuset) writeControl(`${folder}/cgroup.clone_children`, '1')
  }
}

// A fresh v1 cpuset has no CPU and no memory node, and no task can enter it.
function inheritCpuset(folder: string, above: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (readControl(`${folder}/${file}`) === '') writeControl(`${folder}/${file}`, readControl(`${above}/${file}`))
  }
}

function prepareUnified(unified: string, segments: readonly string[]): void {
  let folder = unified
  enableControllers(folder)
  for (const segment of segments) {
    folder = `${folder}/${segment}`
    mkdirSync(folder, { recursive: true })
    enableControllers(folder)
  }
}

function enableControllers(folder: string): void {
  const offered = new Set(readControl(`${folder}/cgroup.controllers`).split(' '))
  const enabled = new Set(readControl(`${folder}/cgroup.subtree_control`).split(' '))
  for (const controller of UNIFIED) {
    if (!offered.has(controller) || enabled.has(controller)) continue
    try {
      writeControl(`${folder}/cgroup.subtree_control`, `+${controller}`)
    } catch (error) {
      if (!isNotOffered(error)) throw error
    }
  }
}

// A controller that cannot be handed down (EBUSY: the group holds processes itself; EINVAL and EOPNOTSUPP: real-time processes,
// threaded groups; EACCES: not delegated to this user) is one that the host does not offer: its limits become warnings.
function isNotOffered(error: unknown): boolean {
  return ['EBUSY', 'EINVAL', 'EOPNOTSUPP', 'ENOTSUP', 'ENOENT', 'EACCES'].includes(errorCode(error) ?? '')
}

function unavailable(error: unknown): PockerError {
  const code = errorCode(error)
  const reason = code === 'EROFS' ? 'the cgroup file system is read-only' : error instanceof Error ? error.message : String(error)
  return new PockerError('Unavailable', `prepare control groups: ${reason}`, {
    code: 'cgroup-unavailable',
    hint: 'The helper needs root and a writable /sys/fs/cgroup; inside another container that means a privileged one.',
    cause: error,
  })
}
