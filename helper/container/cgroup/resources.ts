/** Checked limits as the specification's resources. */
import { PockerError } from '../../api/errors.ts'
import type { ThrottleDevice } from '../../api/host-config.ts'
import type { BlockLimit, Resources } from '../oci.ts'
import type { HostLimits, LimitContext } from './limits.ts'
import { CPU_PERIOD, nanoCpusToQuota, SHARES } from './values.ts'

/**
 * The resources of limits that `checkLimits` has passed.
 * Errors: InvalidParameter `block-device-not-found`.
 */
export function toResources(limits: HostLimits, { features, blockDevice, purpose }: LimitContext): Omit<Resources, 'devices'> {
  const rates = (entries: readonly ThrottleDevice[] | undefined): { list?: BlockLimit[] } => {
    const list = (entries ?? []).map((entry) => toBlockLimit(entry, blockDevice))
    return list.length === 0 ? {} : { list }
  }
  const [readBps, writeBps, readIops, writeIops] = [
    rates(limits.BlkioDeviceReadBps),
    rates(limits.BlkioDeviceWriteBps),
    rates(limits.BlkioDeviceReadIOps),
    rates(limits.BlkioDeviceWriteIOps),
  ]
  const memory = {
    ...(limits.Memory && { limit: limits.Memory }),
    ...(limits.MemoryReservation && { reservation: limits.MemoryReservation }),
    ...(features.swap && limits.MemorySwap && { swap: limits.MemorySwap }),
    ...(isSwappiness(limits.MemorySwappiness) && { swappiness: limits.MemorySwappiness }),
    ...(limits.OomKillDisable && { disableOOMKiller: true }),
  }
  const cpu = {
    ...(limits.CpuShares && { shares: Math.min(SHARES.max, Math.max(SHARES.min, limits.CpuShares)) }),
    ...(limits.CpuPeriod && { period: limits.CpuPeriod }),
    ...(limits.CpuQuota && { quota: limits.CpuQuota }),
    ...(limits.NanoCpus && { period: CPU_PERIOD, quota: nanoCpusToQuota(limits.NanoCpus) }),
    ...(limits.CpusetCpus && { cpus: limits.CpusetCpus }),
    ...(limits.CpusetMems && { mems: limits.CpusetMems }),
  }
  const blockIO = {
    ...(limits.BlkioWeight && { weight: limits.BlkioWeight }),
    ...(readBps.list && { throttleReadBps: readBps.list }),
    ...(writeBps.list && { throttleWriteBps: writeBps.list }),
    ...(readIops.list && { throttleReadIops: readIops.list }),
    ...(writeIops.list && { throttleWriteIops: writeIops.list }),
  }
  const pids = limits.PidsLimit ?? 0
  // A new group has no limit; a running container's may have to be taken away.
  const writesPids = features.pids && (pids > 0 || (purpose === 'update' && limits.PidsLimit !== undefined))
  return {
    ...(Object.keys(memory).length > 0 && { memory }),
    ...(Object.keys(cpu).length > 0 && { cpu }),
    ...(Object.keys(blockIO).length > 0 && { blockIO }),
    ...(writesPids && { pids: { limit: pids > 0 ? pids : -1 } }),
  }
}

function isSwappiness(value: number | undefined): value is number {
  return typeof value === 'number' && value >= 0
}

function toBlockLimit({ Path, Rate }: ThrottleDevice, blockDevice: LimitContext['blockDevice']): BlockLimit {
  const device = blockDevice(Path)
  if (device === undefined) {
    const message = `limit block I/O: ${JSON.stringify(Path)} is not a block device`
    throw new PockerError('InvalidParameter', message, { code: 'block-device-not-found' })
  }
  return { ...device, rate: Rate }
}
