/** What a container uses, in the words of Docker's stats. */
import { closeSync, openSync } from 'node:fs'
import { totalmem } from 'node:os'
import { type Cgroup, controllerFolder } from './cgroup.ts'
import { isGone } from './control-file.ts'
import { readWhole } from './read-whole.ts'
import { type Read, readLegacyStats } from './stats-v1.ts'
import { readUnifiedStats } from './stats-v2.ts'
import { type SystemCpu, SystemCpuReader } from './system-cpu.ts'

/** One moment of a container. Times in nanoseconds, sizes in bytes; the field names are the Engine API's. */
export interface CgroupStats {
  /** Nanoseconds since 1970. */
  readonly at: bigint
  readonly cpu: CpuStats
  readonly memory: MemoryStats
  readonly pids: PidsStats
  readonly blkio: BlockStats
}

export interface CpuStats extends CpuUsage {
  readonly system_cpu_usage: number
  readonly online_cpus: number
}

export interface CpuUsage {
  readonly cpu_usage: {
    readonly total_usage: number
    /** v1 only. */
    readonly percpu_usage?: readonly number[]
    readonly usage_in_kernelmode: number
    readonly usage_in_usermode: number
  }
  readonly throttling_data: { readonly periods: number; readonly throttled_periods: number; readonly throttled_time: number }
}

export interface MemoryStats {
  readonly usage: number
  /** v1 only. */
  readonly max_usage?: number
  readonly stats: Readonly<Record<string, number>>
  readonly failcnt: number
  /** The host's memory where there is no lower limit. */
  readonly limit: number
}

export interface PidsStats {
  readonly current: number
  /** Absent: no limit. */
  readonly limit?: number
}

export interface BlockStats {
  readonly io_service_bytes_recursive: readonly BlockEntry[]
  readonly io_serviced_recursive: readonly BlockEntry[]
}

export interface BlockEntry {
  readonly major: number
  readonly minor: number
  readonly op: string
  readonly value: number
}

/** Everything but the moment and the host's part. */
export interface GroupStats {
  readonly cpu: CpuUsage
  readonly memory: MemoryStats
  readonly pids: PidsStats
  readonly blkio: BlockStats
}

/** Samples one container through about ten files that it keeps open (v1: twelve descriptors, v2: eight). */
export class StatsReader {
  readonly #cgroup: Cgroup
  readonly #hostMemory: number
  readonly #descriptors = new Map<string, number | undefined>()

  constructor(cgroup: Cgroup, options: { readonly hostMemory?: number } = {}) {
    this.#cgroup = cgroup
    this.#hostMemory = options.hostMemory ?? totalmem()
  }

  /** A sample; undefined when the container's groups are gone. Numbers whose controller the host lacks are 0. */
  read(system: SystemCpu): CgroupStats | undefined {
    try {
      const group =
        this.#cgroup.host.mode === 'v2' ? readUnifiedStats(this.#read, this.#hostMemory) : readLegacyStats(this.#read, this.#hostMemory)
      if ([...this.#descriptors.values()].every((descriptor) => descriptor === undefined)) return undefined
      return {
        ...group,
        at: BigInt(Date.now()) * 1_000_000n,
        cpu: { ...group.cpu, system_cpu_usage: system.usage, online_cpus: system.online },
      }
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) if (descriptor !== undefined) closeSync(descriptor)
    this.#descriptors.clear()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  readonly #read: Read = (controller, file) => {
    const key = `${controller}/${file}`
    if (!this.#descriptors.has(key)) this.#descriptors.set(key, this.#open(controller, file))
    const descriptor = this.#descriptors.get(key)
    return descriptor === undefined ? '' : readWhole(descriptor)
  }

  #open(controller: string, file: string): number | undefined {
    const folder = controllerFolder(this.#cgroup, controller)
    if (folder === undefined) return undefined
    try {
      return openSync(`${folder}/${file}`, 'r')
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }
}

/** One sample for which nothing is kept open. */
export function readStats(cgroup: Cgroup): CgroupStats | undefined {
  const system = new SystemCpuReader()
  const reader = new StatsReader(cgroup)
  try {
    return reader.read(system.read())
  } finally {
    reader.close()
    system.close()
  }
}
