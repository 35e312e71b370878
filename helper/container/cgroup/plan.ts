/** What making a container's control groups takes, as data. The launch program turns it into system calls. */
import { basename } from 'node:path'
import type { DeviceRule, Resources } from '../oci.ts'
import type { BlockWeightFile } from './features.ts'
import { type CgroupHost, hierarchiesOf } from './host.ts'
import { cgroupSegments } from './path.ts'
import { legacyWrites } from './writes-v1.ts'
import { unifiedWrites } from './writes-v2.ts'

/** One write(2) of `value`. Neighbours with the same file may share one open file. */
export interface ControlWrite {
  readonly file: string
  readonly value: string
}

/** What stands under /sys/fs/cgroup in the container. */
export interface CgroupMount {
  readonly type: 'cgroup' | 'cgroup2'
  /** The folder's name, the host's; empty is /sys/fs/cgroup itself. */
  readonly name: string
  /** For mounting it anew, which in the container's own cgroup namespace shows its own groups only. */
  readonly options: string
  /** The container's group on the host: the source of a bind where the cgroup namespace is shared. */
  readonly path: string
}

export interface CgroupPlan {
  /** Absolute host folders to make; their parents exist since `prepareCgroups`. */
  readonly folders: readonly string[]
  /** To be made in this order, before the join. */
  readonly writes: readonly ControlWrite[]
  /** The process writes `0` into each. */
  readonly join: readonly string[]
  readonly mounts: readonly CgroupMount[]
  /** Symbolic links beside the mounts: `cpu` → `cpu,cpuacct`. */
  readonly links: readonly { readonly name: string; readonly target: string }[]
  /** v2 only: to be attached to `folders[0]` as a program. Empty: every device is allowed. */
  readonly deviceRules: readonly DeviceRule[]
}

export interface CgroupRequest {
  /** Such as `/pocker/<id>`. */
  readonly path: string
  /** As `checkLimits` made them, for limits that this host can set. */
  readonly resources: Resources
  /** Where the block I/O weight goes: `CgroupFeatures.blockWeight`. */
  readonly blockWeight?: BlockWeightFile | undefined
}

// Each hierarchy costs about 30 µs per container (make 10, memory 33; join 10; remove 12), measured.
// cpu is for fair shares between containers, cpuacct, memory, blkio and pids for their numbers, devices for safety,
// freezer for pause. cpuset does nothing without a list, so it is joined only with one (`updateCgroup` can do so later).
// memory comes last: what the kernel allocates for the joins before it is not counted against a small limit.
const JOINED = ['cpu', 'cpuacct', 'blkio', 'devices', 'freezer', 'pids', 'memory'] as const

/**
 * Plans the groups of one container.
 * Errors: InvalidParameter `cgroup-path-invalid`.
 */
export function planCgroup(host: CgroupHost, request: CgroupRequest): CgroupPlan {
  cgroupSegments(request.path)
  return host.mode === 'v2' && host.unified !== undefined ? planUnified(host.unified, request) : planLegacy(host, request)
}

function planUnified(unified: string, request: CgroupRequest): CgroupPlan {
  const folder = unified + request.path
  return {
    folders: [folder],
    writes: unifiedWrites(folder, request),
    // v2 has no `tasks`; clone3 with CLONE_INTO_CGROUP on the folder saves the thread group lock that this write takes.
    join: [`${folder}/cgroup.procs`],
    mounts: [{ type: 'cgroup2', name: '', options: '', path: folder }],
    links: [],
    // Whole: in the program a device that no rule names is denied.
    deviceRules: withoutLeadingAllow(request.resources.devices).length === 0 ? [] : request.resources.devices,
  }
}

function planLegacy(host: CgroupHost, request: CgroupRequest): CgroupPlan {
  const { cpu, devices } = request.resources
  const confined = (cpu?.cpus ?? '') !== '' || (cpu?.mems ?? '') !== ''
  const hierarchies = hierarchiesOf(host, confined ? ['cpuset', ...JOINED] : JOINED)
  const folders = hierarchies.map(({ mountpoint }) => mountpoint + request.path)
  const writes = legacyWrites((controller) => {
    const mountpoint = host.mounts.get(controller)
    return mountpoint === undefined ? undefined : mountpoint + request.path
  }, request)
  return {
    folders,
    writes: [...writes, ...deviceWrites(host.mounts.get('devices'), request.path, devices)],
    // Since Linux 5.12 a thread that moves itself through `tasks` takes no thread group lock; `cgroup.procs` always does.
    join: folders.map((folder) => `${folder}/tasks`),
    mounts: hierarchies.map(({ mountpoint, controllers }) => ({
      type: 'cgroup',
      name: basename(mountpoint),
      options: controllers.join(','),
      path: mountpoint + request.path,
    })),
    links: hierarchies.flatMap(({ mountpoint, controllers }) => {
      const target = basename(mountpoint)
      return controllers.filter((name) => name !== target && !name.startsWith('name=')).map((name) => ({ name, target }))
    }),
    deviceRules: [],
  }
}

function deviceWrites(mountpoint: string | undefined, path: string, rules: readonly DeviceRule[]): ControlWrite[] {
  if (mountpoint === undefined) return []
  return withoutLeadingAllow(rules).map((rule) => ({
    file: `${mountpoint}${path}/${rule.allow ? 'devices.allow' : 'devices.deny'}`,
    value: rule.type === 'a' ? 'a' : `${rule.type} ${rule.major ?? '*'}:${rule.minor ?? '*'} ${rule.access}`,
  }))
}

// A fresh group allows everything already.
function withoutLeadingAllow(rules: readonly DeviceRule[]): readonly DeviceRule[] {
  const first = rules.findIndex((rule) => !(rule.allow && rule.type === 'a'))
  return first < 0 ? [] : rules.slice(first)
}
