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
  return { ...current, ...Object.fromEntries(Object.entries(update).filter(([name, value]) => isSet(name, value))) }
}

// Zero leaves a limit as it is; only these have a zero that means something.
function isSet(name: string, value: unknown): boolean {
  if (name === 'PidsLimit' || name === 'MemorySwappiness' || name === 'OomKillDisable') return value !== undefined
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

function conflict(reason: string): PockerError {
  return new PockerError('InvalidParameter', `limit CPUs: ${reason}`, { code: 'cpu-limits-conflict' })
}
