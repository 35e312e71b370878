/** Limits that this host cannot set: discarded with Docker's words, so that the container still runs. */
import type { CgroupFeatures } from './features.ts'
import type { HostLimits, LimitName } from './limits.ts'

interface Rule {
  readonly limits: readonly LimitName[]
  /** What they are without the host's support. */
  readonly unset: HostLimits
  readonly supported: (features: CgroupFeatures) => boolean
  readonly warning: string
}

const lacks = (what: string, then: string) => `Your kernel does not support ${what} or the cgroup is not mounted. ${then}`

const rules: readonly Rule[] = [
  {
    limits: ['Memory'],
    unset: { Memory: 0, MemorySwap: -1 },
    supported: (features) => features.memory,
    warning: lacks('memory limit capabilities', 'Limitation discarded.'),
  },
  {
    limits: ['MemorySwappiness'],
    unset: { MemorySwappiness: -1 },
    supported: (features) => features.swappiness,
    warning: lacks('memory swappiness capabilities', 'Memory swappiness discarded.'),
  },
  {
    limits: ['MemoryReservation'],
    unset: { MemoryReservation: 0 },
    supported: (features) => features.reservation,
    warning: lacks('memory soft limit capabilities', 'Limitation discarded.'),
  },
  {
    limits: ['OomKillDisable'],
    unset: { OomKillDisable: false },
    supported: (features) => features.oomKillDisable,
    warning: 'Your kernel does not support OomKillDisable. OomKillDisable discarded.',
  },
  {
    limits: ['PidsLimit'],
    unset: { PidsLimit: 0 },
    supported: (features) => features.pids,
    warning: lacks('PIDs limit capabilities', 'PIDs limit discarded.'),
  },
  {
    limits: ['CpuShares'],
    unset: { CpuShares: 0 },
    supported: (features) => features.cpuShares,
    warning: lacks('CPU shares', 'Shares discarded.'),
  },
  {
    limits: ['CpuPeriod', 'CpuQuota'],
    unset: { CpuPeriod: 0, CpuQuota: 0 },
    supported: (features) => features.cpuQuota,
    warning: 'Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.',
  },
  {
    limits: ['CpusetCpus', 'CpusetMems'],
    unset: { CpusetCpus: '', CpusetMems: '' },
    supported: (features) => features.cpuset !== undefined,
    warning: lacks('cpuset', 'Cpuset discarded.'),
  },
  {
    limits: ['BlkioWeight'],
    unset: { BlkioWeight: 0 },
    supported: (features) => features.blockWeight !== undefined,
    warning: lacks('Block I/O weight', 'Weight discarded.'),
  },
  {
    limits: ['BlkioWeightDevice'],
    unset: { BlkioWeightDevice: [] },
    supported: () => false,
    warning: lacks('Block I/O weight_device', 'Weight-device discarded.'),
  },
  {
    limits: ['BlkioDeviceReadBps'],
    unset: { BlkioDeviceReadBps: [] },
    supported: (features) => features.blockThrottle,
    warning: lacks('BPS Block I/O read limit', 'Block I/O BPS read limit discarded.'),
  },
  {
    limits: ['BlkioDeviceWriteBps'],
    unset: { BlkioDeviceWriteBps: [] },
    supported: (features) => features.blockThrottle,
    warning: lacks('BPS Block I/O write limit', 'Block I/O BPS write limit discarded.'),
  },
  {
    limits: ['BlkioDeviceReadIOps'],
    unset: { BlkioDeviceReadIOps: [] },
    supported: (features) => features.blockThrottle,
    warning: lacks('IOPS Block read limit', 'Block I/O IOPS read limit discarded.'),
  },
  {
    limits: ['BlkioDeviceWriteIOps'],
    unset: { BlkioDeviceWriteIOps: [] },
    supported: (features) => features.blockThrottle,
    warning: lacks('IOPS Block write limit', 'Block I/O IOPS write limit discarded.'),
  },
]

/** The limits without those that the host cannot set, and a warning for each that was really asked for. */
export function discardUnsupported(
  requested: HostLimits,
  features: CgroupFeatures,
): { readonly limits: HostLimits; readonly warnings: readonly string[] } {
  let limits = requested
  const warnings: string[] = []
  for (const rule of rules) {
    const asked = rule.limits.filter((name) => isAsked(name, limits[name]))
    if (asked.length === 0 || rule.supported(features)) continue
    warnings.push(rule.warning)
    limits = { ...limits, ...rule.unset }
  }
  if ((limits.Memory ?? 0) > 0 && limits.MemorySwap !== -1 && !features.swap) {
    // Only a total that was really given is lost; with none the container has no limit on swap, as in Docker.
    if (limits.MemorySwap) warnings.push(lacks('swap limit capabilities', 'Memory limited without swap.'))
    limits = { ...limits, MemorySwap: -1 }
  }
  if (limits.OomKillDisable && !limits.Memory) {
    warnings.push(
      'OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.',
    )
  }
  return { limits, warnings }
}

function isAsked(name: LimitName, value: unknown): boolean {
  if (name === 'MemorySwappiness') return typeof value === 'number' && value >= 0
  if (name === 'PidsLimit') return typeof value === 'number' && value > 0
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}
