/** Limits that this host cannot set: discarded with Docker's words, so that the container still runs. */
import type { CgroupFeatures } from './features.ts'
import type { HostLimits } from './limits.ts'

type LimitName = keyof HostLimits

interface Rule {
  readonly limits: readonly LimitName[]
  readonly supported: (features: CgroupFeatures) => boolean
  readonly warning: string
  /** Limits that get another value than none. */
  readonly instead?: HostLimits
}

const lacks = (what: string, then: string) => `Your kernel does not support ${what} or the cgroup is not mounted. ${then}`

const rules: readonly Rule[] = [
  {
    limits: ['Memory'],
    supported: (features) => features.memory,
    warning: lacks('memory limit capabilities', 'Limitation discarded.'),
    instead: { MemorySwap: -1 },
  },
  {
    limits: ['MemorySwappiness'],
    supported: (features) => features.swappiness,
    warning: lacks('memory swappiness capabilities', 'Memory swappiness discarded.'),
  },
  {
    limits: ['MemoryReservation'],
    supported: (features) => features.reservation,
    warning: lacks('memory soft limit capabilities', 'Limitation discarded.'),
  },
  {
    limits: ['OomKillDisable'],
    supported: (features) => features.oomKillDisable,
    warning: 'Your kernel does not support OomKillDisable. OomKillDisable discarded.',
  },
  {
    limits: ['PidsLimit'],
    supported: (features) => features.pids,
    warning: lacks('PIDs limit capabilities', 'PIDs limit discarded.'),
  },
  {
    limits: ['CpuShares'],
    supported: (features) => features.cpuShares,
    warning: lacks('CPU shares', 'Shares discarded.'),
  },
  {
    limits: ['CpuPeriod', 'CpuQuota'],
    supported: (features) => features.cpuQuota,
    warning: 'Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.',
  },
  {
    limits: ['CpusetCpus', 'CpusetMems'],
    supported: (features) => features.cpuset !== undefined,
    warning: lacks('cpuset', 'Cpuset discarded.'),
  },
  {
    limits: ['BlkioWeight'],
    supported: (features) => features.blockWeight !== undefined,
    warning: lacks('Block I/O weight', 'Weight discarded.'),
  },
  {
    limits: ['BlkioWeightDevice'],
    supported: () => false,
    warning: lacks('Block I/O weight_device', 'Weight-device discarded.'),
  },
  {
    limits: ['BlkioDeviceReadBps'],
    supported: (features) => features.blockThrottle,
    warning: lacks('BPS Block I/O read limit', 'Block I/O BPS read limit discarded.'),
  },
  {
    limits: ['BlkioDeviceWriteBps'],
    supported: (features) => features.blockThrottle,
    warning: lacks('BPS Block I/O write limit', 'Block I/O BPS write limit discarded.'),
  },
  {
    limits: ['BlkioDeviceReadIOps'],
    supported: (features) => features.blockThrottle,
    warning: lacks('IOPS Block read limit', 'Block I/O IOPS read limit discarded.'),
  },
  {
    limits: ['BlkioDeviceWriteIOps'],
    supported: (features) => features.blockThrottle,
    warning: lacks('IOPS Block write limit', 'Block I/O IOPS write limit discarded.'),
  },
]

/** The limits without those that the host cannot set, and a warning for each that was really asked for. */
export function discardUnsupported<Limits extends HostLimits>(
  requested: Limits,
  features: CgroupFeatures,
): { readonly limits: Limits; readonly warnings: readonly string[] } {
  let limits = requested
  const warnings: string[] = []
  for (const rule of rules) {
    const asked = rule.limits.filter((name) => isAsked(name, limits[name]))
    if (asked.length === 0 || rule.supported(features)) continue
    warnings.push(rule.warning)
    limits = { ...limits, ...Object.fromEntries(rule.limits.map((name) => [name, undefined])), ...rule.instead }
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
