/** Limits as writes to the control files of v2. */
import type { BlockLimit, Resources } from '../oci.ts'
import type { CgroupRequest, ControlWrite } from './plan.ts'
import { blockWeightToIoWeight, cpuMax, orMax, sharesToWeight, swapMax } from './values.ts'

/** The writes for the limits that are set, to the files in `folder`. What v2 has no word for is left out. */
export function unifiedWrites(folder: string, { resources, blockWeight }: CgroupRequest): ControlWrite[] {
  const { memory, cpu, pids, blockIO } = resources
  const values: readonly (readonly [string, string | number | undefined])[] = [
    // Memory first, as on v1.
    ['memory.max', memory?.limit === undefined ? undefined : orMax(memory.limit)],
    ['memory.swap.max', memorySwap(memory)],
    ['memory.low', memory?.reservation],
    ['cpu.weight', cpu?.shares === undefined ? undefined : sharesToWeight(cpu.shares)],
    ['cpu.max', cpu?.quota === undefined && cpu?.period === undefined ? undefined : cpuMax(cpu)],
    ['cpuset.cpus', cpu?.cpus || undefined],
    ['cpuset.mems', cpu?.mems || undefined],
    ['pids.max', pids === undefined ? undefined : orMax(pids.limit)],
    ...(blockWeight === undefined || blockIO?.weight === undefined
      ? []
      : [[blockWeight, blockWeight === 'io.weight' ? blockWeightToIoWeight(blockIO.weight) : blockIO.weight] as const]),
    ...throttle('rbps', blockIO?.throttleReadBps),
    ...throttle('wbps', blockIO?.throttleWriteBps),
    ...throttle('riops', blockIO?.throttleReadIops),
    ...throttle('wiops', blockIO?.throttleWriteIops),
  ]
  return values.flatMap(([file, value]) => (value === undefined ? [] : [{ file: `${folder}/${file}`, value: String(value) }]))
}

function memorySwap(memory: Resources['memory']): string | undefined {
  if (memory?.swap === undefined) return undefined
  return swapMax({ limit: memory.limit ?? -1, swap: memory.swap })
}

function throttle(key: string, limits: readonly BlockLimit[] = []): (readonly [string, string])[] {
  return limits.map(({ major, minor, rate }) => ['io.max', `${major}:${minor} ${key}=${rate}`] as const)
}
