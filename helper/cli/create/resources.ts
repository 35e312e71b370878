import type { ContainerUpdate } from '../../api/container.ts'
import type { Flags } from '../flags.ts'
import { integerBetween, parseCpus, parseInteger } from '../grammar/number.ts'
import { parseSize, parseSizeOrUnlimited } from '../grammar/size.ts'
import { withoutUndefined } from './without-undefined.ts'

/** The limits that both `create` and `update` set. Errors: `invalid-flag-value`. */
export function commonResources(flags: Flags): ContainerUpdate {
  return withoutUndefined({
    Memory: flags.parsed('memory', parseSize),
    MemorySwap: flags.parsed('memory-swap', parseSizeOrUnlimited),
    MemoryReservation: flags.parsed('memory-reservation', parseSize),
    NanoCpus: flags.parsed('cpus', parseCpus),
    CpuShares: flags.parsed('cpu-shares', parseInteger),
    CpuPeriod: flags.parsed('cpu-period', parseInteger),
    CpuQuota: flags.parsed('cpu-quota', parseInteger),
    CpuRealtimePeriod: flags.parsed('cpu-rt-period', parseInteger),
    CpuRealtimeRuntime: flags.parsed('cpu-rt-runtime', parseInteger),
    CpusetCpus: flags.text('cpuset-cpus'),
    CpusetMems: flags.text('cpuset-mems'),
    PidsLimit: flags.parsed('pids-limit', parseInteger),
    BlkioWeight: flags.parsed('blkio-weight', integerBetween(0, 65535)),
  })
}
