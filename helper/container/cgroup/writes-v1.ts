/** Limits as writes to the control files of v1. */
import type { BlockLimit, Resources } from '../oci.ts'
import type { CgroupRequest, ControlWrite } from './plan.ts'

/**
 * The writes for the limits that are set; `folderOf` gives a controller's group, undefined when it is not mounted.
 * `currentSwap` is memory.memsw.limit_in_bytes as it is, for an update; a new group has no limit.
 */
export function legacyWrites(
  folderOf: (controller: string) => string | undefined,
  request: CgroupRequest,
  currentSwap = Number.POSITIVE_INFINITY,
): ControlWrite[] {
  const { resources } = request
  const group = (controller: string, values: readonly (readonly [string, string | number | undefined])[]): ControlWrite[] => {
    const folder = folderOf(controller)
    if (folder === undefined) return []
    return values.flatMap(([file, value]) => (value === undefined ? [] : [{ file: `${folder}/${file}`, value: String(value) }]))
  }
  const { memory, cpu, pids, blockIO } = resources
  return [
    // Memory first: it alone can be refused when a running container is updated, and then nothing else has changed.
    ...group('memory', memoryValues(memory, currentSwap)),
    ...group('cpu', [
      ['cpu.shares', cpu?.shares],
      ['cpu.cfs_period_us', cpu?.period],
      ['cpu.cfs_quota_us', cpu?.quota],
    ]),
    // The group has its parent's CPUs and nodes from the start (cgroup.clone_children): no task can join one with none.
    ...group('cpuset', [
      ['cpuset.cpus', cpu?.cpus || undefined],
      ['cpuset.mems', cpu?.mems || undefined],
    ]),
    ...group('pids', [['pids.max', pids === undefined ? undefined : pids.limit < 0 ? 'max' : pids.limit]]),
    ...group('blkio', [
      ...(request.blockWeight === undefined ? [] : [[request.blockWeight, blockIO?.weight] as const]),
      ...throttle('blkio.throttle.read_bps_device', blockIO?.throttleReadBps),
      ...throttle('blkio.throttle.write_bps_device', blockIO?.throttleWriteBps),
      ...throttle('blkio.throttle.read_iops_device', blockIO?.throttleReadIops),
      ...throttle('blkio.throttle.write_iops_device', blockIO?.throttleWriteIops),
    ]),
  ]
}

function memoryValues(memory: Resources['memory'], currentSwap: number): (readonly [string, string | number | undefined])[] {
  const limit = ['memory.limit_in_bytes', memory?.limit] as const
  const swap = ['memory.memsw.limit_in_bytes', memory?.swap] as const
  // The kernel refuses (EINVAL) a memory limit above the total of memory and swap at any moment: the one that grows goes first.
  const swapGrows = memory?.swap !== undefined && (memory.swap < 0 || memory.swap > currentSwap)
  return [
    ...(swapGrows ? [swap, limit] : [limit, swap]),
    ['memory.soft_limit_in_bytes', memory?.reservation],
    ['memory.swappiness', memory?.swappiness],
    ['memory.oom_control', memory?.disableOOMKiller === undefined ? undefined : Number(memory.disableOOMKiller)],
  ]
}

function throttle(file: string, limits: readonly BlockLimit[] = []): (readonly [string, string])[] {
  return limits.map(({ major, minor, rate }) => [file, `${major}:${minor} ${rate}`] as const)
}
