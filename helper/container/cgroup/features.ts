/** Which limits this host's kernel and hierarchies can set. */
import { existsSync } from 'node:fs'
import { readControl } from './control-file.ts'
import type { CgroupHost } from './host.ts'

export interface CgroupFeatures {
  readonly memory: boolean
  readonly swap: boolean
  readonly swappiness: boolean
  readonly reservation: boolean
  readonly oomKillDisable: boolean
  readonly cpuShares: boolean
  readonly cpuQuota: boolean
  /** What a container can be given. */
  readonly cpuset?: { readonly cpus: string; readonly mems: string }
  readonly pids: boolean
  /** The file that takes the block I/O weight; it depends on the scheduler. */
  readonly blockWeight?: BlockWeightFile
  readonly blockThrottle: boolean
}

export type BlockWeightFile = 'blkio.weight' | 'blkio.bfq.weight' | 'io.weight' | 'io.bfq.weight'

/**
 * Looks for the control files in the prepared group `parent`: a hierarchy's top group lacks most of them.
 * Errors: node's, when the group cannot be read.
 */
export function readCgroupFeatures(host: CgroupHost, parent: string): CgroupFeatures {
  return host.mode === 'v2' && host.unified !== undefined ? unifiedFeatures(host.unified + parent) : legacyFeatures(host, parent)
}

function legacyFeatures(host: CgroupHost, parent: string): CgroupFeatures {
  const has = (controller: string, file: string) => {
    const mountpoint = host.mounts.get(controller)
    return mountpoint !== undefined && existsSync(`${mountpoint}${parent}/${file}`)
  }
  const weights = ['blkio.bfq.weight', 'blkio.weight'] as const
  const blockWeight = weights.find((file) => has('blkio', file))
  const cpuset = host.mounts.get('cpuset')
  return {
    memory: has('memory', 'memory.limit_in_bytes'),
    swap: has('memory', 'memory.memsw.limit_in_bytes'),
    swappiness: has('memory', 'memory.swappiness'),
    reservation: has('memory', 'memory.soft_limit_in_bytes'),
    oomKillDisable: has('memory', 'memory.oom_control'),
    cpuShares: has('cpu', 'cpu.shares'),
    cpuQuota: has('cpu', 'cpu.cfs_quota_us'),
    ...(cpuset !== undefined && {
      cpuset: { cpus: readControl(`${cpuset}${parent}/cpuset.cpus`), mems: readControl(`${cpuset}${parent}/cpuset.mems`) },
    }),
    pids: has('pids', 'pids.max'),
    ...(blockWeight !== undefined && { blockWeight }),
    blockThrottle: has('blkio', 'blkio.throttle.read_bps_device'),
  }
}

function unifiedFeatures(folder: string): CgroupFeatures {
  // A controller that is not enabled for the children has its files in the parent only.
  const enabled = new Set(readControl(`${folder}/cgroup.subtree_control`).split(' '))
  const has = (controller: string, file: string) => enabled.has(controller) && existsSync(`${folder}/${file}`)
  const weights = ['io.bfq.weight', 'io.weight'] as const
  const blockWeight = weights.find((file) => has('io', file))
  return {
    memory: has('memory', 'memory.max'),
    swap: has('memory', 'memory.swap.max'),
    // v2 has one swappiness, the host's, and never stops a group instead of killing in it.
    swappiness: false,
    oomKillDisable: false,
    reservation: has('memory', 'memory.low'),
    cpuShares: has('cpu', 'cpu.weight'),
    cpuQuota: has('cpu', 'cpu.max'),
    ...(has('cpuset', 'cpuset.cpus.effective') && {
      cpuset: { cpus: readControl(`${folder}/cpuset.cpus.effective`), mems: readControl(`${folder}/cpuset.mems.effective`) },
    }),
    pids: has('pids', 'pids.max'),
    ...(blockWeight !== undefined && { blockWeight }),
    blockThrottle: has('io', 'io.max'),
  }
}
