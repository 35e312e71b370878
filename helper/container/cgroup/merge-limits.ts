/** An update's limits laid over those that a container has. */
import { PockerError } from '../../api/errors.ts'
import type { HostLimits } from './limits.ts'

/**
 * The limits to hold from now on: what the update sets, and otherwise the current ones.
 * Follows moby (container/container_unix.go, UpdateContainer). The result still goes through `checkLimits`.
 * Errors: InvalidParameter `cpu-limits-conflict`, `memory-swap-too-small`.
 */
export function mergeLimits(current: HostLimits, update: HostLimits): HostLimits {
  if (update.NanoCpus && current.CpuPeriod) throw conflict('Nano CPUs cannot be updated as CPU Period has already been set')
  if (update.NanoCpus && current.CpuQuota) throw conflict('Nano CPUs cannot be updated as CPU Quota has already been set')
  if (update.CpuPeriod && current.NanoCpus) throw conflict('CPU Period cannot be updated as NanoCPUs has already been set')
  if (update.CpuQuota && current.NanoCpus) throw conflict('CPU Quota cannot be updated as NanoCPUs has already been set')
  if (update.Memory && !update.MemorySwap && (current.MemorySwap ?? 0) > 0 && update.Memory > (current.MemorySwap ?? 0)) {
    throw new PockerError(
      'InvalidParameter',
      'limit memory: memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
      { code: 'memory-swap-too-small' },
    )
  }
  return {
    Memory: update.Memory || current.Memory,
    MemorySwap: update.MemorySwap || current.MemorySwap,
    MemoryReservation: update.MemoryReservation || current.MemoryReservation,
    MemorySwappiness: update.MemorySwappiness ?? current.MemorySwappiness,
    OomKillDisable: update.OomKillDisable ?? current.OomKillDisable,
    NanoCpus: update.NanoCpus || current.NanoCpus,
    CpuShares: update.CpuShares || current.CpuShares,
    CpuPeriod: update.CpuPeriod || current.CpuPeriod,
    CpuQuota: update.CpuQuota || current.CpuQuota,
    CpusetCpus: update.CpusetCpus || current.CpusetCpus,
    CpusetMems: update.CpusetMems || current.CpusetMems,
    PidsLimit: update.PidsLimit ?? current.PidsLimit,
    BlkioWeight: update.BlkioWeight || current.BlkioWeight,
    BlkioDeviceReadBps: update.BlkioDeviceReadBps ?? current.BlkioDeviceReadBps,
    BlkioDeviceWriteBps: update.BlkioDeviceWriteBps ?? current.BlkioDeviceWriteBps,
    BlkioDeviceReadIOps: update.BlkioDeviceReadIOps ?? current.BlkioDeviceReadIOps,
    BlkioDeviceWriteIOps: update.BlkioDeviceWriteIOps ?? current.BlkioDeviceWriteIOps,
  }
}

function conflict(reason: string): PockerError {
  return new PockerError('InvalidParameter', `limit CPUs: ${reason}`, { code: 'cpu-limits-conflict' })
}
