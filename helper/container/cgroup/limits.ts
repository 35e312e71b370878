/** Docker's limits in a create or update request: checked, completed, and turned into the specification's resources. */
import { PockerError } from '../../api/errors.ts'
import type { HostConfig } from '../../api/host-config.ts'
import type { Resources } from '../oci.ts'
import { parseCpuList } from './cpu-list.ts'
import type { CgroupFeatures } from './features.ts'
import { toResources } from './resources.ts'
import { discardUnsupported } from './unsupported.ts'
import { BLOCK_WEIGHT, defaultSwap } from './values.ts'

/** The limits of Docker's HostConfig. Absent and zero both mean not set, but for MemorySwappiness, where -1 does. */
export type HostLimits = Readonly<Pick<HostConfig, LimitName>>

export type LimitName =
  | 'Memory'
  | 'MemorySwap'
  | 'MemoryReservation'
  | 'MemorySwappiness'
  | 'OomKillDisable'
  | 'NanoCpus'
  | 'CpuShares'
  | 'CpuPeriod'
  | 'CpuQuota'
  | 'CpusetCpus'
  | 'CpusetMems'
  | 'PidsLimit'
  | 'BlkioWeight'
  | 'BlkioWeightDevice'
  | 'BlkioDeviceReadBps'
  | 'BlkioDeviceWriteBps'
  | 'BlkioDeviceReadIOps'
  | 'BlkioDeviceWriteIOps'

export interface LimitContext {
  readonly features: CgroupFeatures
  /** How many CPUs the helper may run on. */
  readonly cpus: number
  /** The numbers of the block device at a host path; undefined when there is none. */
  readonly blockDevice: (path: string) => { readonly major: number; readonly minor: number } | undefined
  readonly purpose: 'create' | 'update'
}

export interface CheckedLimits {
  readonly resources: Omit<Resources, 'devices'>
  /** What was given, as it holds: discarded limits zero, MemorySwap filled in. To be laid over the HostConfig of the container's record. */
  readonly limits: HostLimits
  /** For the client; Docker's sentences. */
  readonly warnings: readonly string[]
}

// Docker's: below it a container has hardly room to start.
const MIN_MEMORY = 6 * 1024 * 1024

/**
 * Checks the limits as Docker does (moby, daemon/daemon_unix.go, verifyPlatformContainerResources).
 * Limits that this host cannot set are discarded with a warning.
 * Errors: InvalidParameter with a code per rule.
 */
export function checkLimits(requested: HostLimits, context: LimitContext): CheckedLimits {
  checkMemory(requested)
  const { limits, warnings } = discardUnsupported(requested, context.features)
  checkMemoryRelations(limits, context)
  checkCpu(limits, context)
  checkCpuset(limits, context.features)
  checkBlockWeight(limits)
  const completed = { ...limits, ...completion(limits) }
  return { resources: toResources(completed, context), limits: completed, warnings }
}

function checkMemory(limits: HostLimits): void {
  const memory = limits.Memory ?? 0
  if (memory !== 0 && memory < MIN_MEMORY) {
    throw invalid('memory-limit-too-small', `limit memory: minimum memory limit allowed is 6MB, not ${memory} bytes`)
  }
  const swappiness = limits.MemorySwappiness ?? -1
  if (swappiness < -1 || swappiness > 100) {
    throw invalid('memory-swappiness-invalid', `limit memory: swappiness ${swappiness} is not in the range 0-100`)
  }
  if ((limits.MemorySwap ?? 0) < -1) throw invalid('memory-swap-invalid', 'limit memory: the total with swap is negative')
}

function checkMemoryRelations(limits: HostLimits, { purpose }: LimitContext): void {
  const memory = limits.Memory ?? 0
  const swap = limits.MemorySwap ?? 0
  const reservation = limits.MemoryReservation ?? 0
  if (memory > 0 && swap > 0 && swap < memory) {
    throw invalid('memory-swap-too-small', 'limit memory: minimum memoryswap limit should be larger than memory limit')
  }
  if (memory === 0 && swap > 0 && purpose === 'create') {
    throw invalid('memory-swap-without-memory', 'limit memory: a memoryswap limit needs a memory limit as well')
  }
  if (reservation !== 0 && reservation < MIN_MEMORY) {
    throw invalid('memory-reservation-too-small', `limit memory: minimum memory reservation allowed is 6MB, not ${reservation} bytes`)
  }
  if (memory > 0 && reservation > memory) {
    throw invalid('memory-reservation-too-large', 'limit memory: minimum memory limit can not be less than memory reservation limit')
  }
}

function checkCpu(limits: HostLimits, { features, cpus }: LimitContext): void {
  const nano = limits.NanoCpus ?? 0
  const period = limits.CpuPeriod ?? 0
  const quota = limits.CpuQuota ?? 0
  if (nano > 0 && period > 0) throw invalid('cpu-limits-conflict', 'limit CPUs: Nano CPUs and CPU Period cannot both be set')
  if (nano > 0 && quota > 0) throw invalid('cpu-limits-conflict', 'limit CPUs: Nano CPUs and CPU Quota cannot both be set')
  if (nano > 0 && !features.cpuQuota) {
    throw invalid('cpus-unsupported', 'limit CPUs: the kernel has no CPU quota, or its cgroup is not mounted')
  }
  if (nano < 0 || nano > cpus * 1e9) {
    const range = `range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`
    throw invalid(nano < 0 ? 'cpus-invalid' : 'cpus-too-many', `limit CPUs: ${range}`)
  }
  if (period !== 0 && (period < 1000 || period > 1_000_000)) {
    throw invalid('cpu-period-invalid', 'limit CPUs: period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)')
  }
  if (quota > 0 && quota < 1000) throw invalid('cpu-quota-invalid', 'limit CPUs: quota can not be less than 1ms (i.e. 1000)')
  if ((limits.CpuShares ?? 0) < 0) throw invalid('cpu-shares-invalid', 'limit CPUs: shares are negative')
}

function checkCpuset(limits: HostLimits, features: CgroupFeatures): void {
  checkList('CPUs', limits.CpusetCpus ?? '', features.cpuset?.cpus ?? '')
  checkList('memory nodes', limits.CpusetMems ?? '', features.cpuset?.mems ?? '')
}

function checkList(what: string, requested: string, available: string): void {
  if (requested === '') return
  const numbers = parseCpuList(requested)
  if (numbers === undefined) throw invalid('cpuset-invalid', `choose ${what}: ${JSON.stringify(requested)} is not a list such as 0-3,7`)
  const known = new Set(parseCpuList(available))
  if (!numbers.every((number) => known.has(number))) {
    throw invalid(
      'cpuset-unavailable',
      `choose ${what}: requested ${what} are not available - requested ${requested}, available: ${available}`,
    )
  }
}

function checkBlockWeight(limits: HostLimits): void {
  const weight = limits.BlkioWeight ?? 0
  if (weight !== 0 && (weight < BLOCK_WEIGHT.min || weight > BLOCK_WEIGHT.max)) {
    throw invalid('block-weight-invalid', `weigh block I/O: range of blkio weight is from ${BLOCK_WEIGHT.min} to ${BLOCK_WEIGHT.max}`)
  }
}

function completion({ Memory, MemorySwap }: HostLimits): HostLimits {
  return Memory && !MemorySwap ? { MemorySwap: defaultSwap(Memory) } : {}
}

function invalid(code: string, message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code })
}
