/** v1's numbers as Docker's. */
import { parseFlat, parseNumber } from './parse.ts'
import type { BlockEntry, GroupStats } from './stats.ts'

/** The text of a controller's file in the container's group; empty when there is none. */
export type Read = (controller: string, file: string) => string

/** Reads one sample. A limit above the host's memory (v1's word for none) shows as the host's memory, as in Docker. */
export function readLegacyStats(read: Read, hostMemory: number): GroupStats {
  const throttled = parseFlat(read('cpu', 'cpu.stat'))
  const perCpu = read('cpuacct', 'cpuacct.usage_percpu')
    .split(' ')
    .flatMap((text) => (text.trim() === '' ? [] : Number(text)))
  const pidsLimit = parseNumber(read('pids', 'pids.max'))
  return {
    cpu: {
      cpu_usage: {
        total_usage: perCpu.reduce((sum, usage) => sum + usage, 0),
        percpu_usage: perCpu,
        usage_in_kernelmode: parseNumber(read('cpuacct', 'cpuacct.usage_sys')) ?? 0,
        usage_in_usermode: parseNumber(read('cpuacct', 'cpuacct.usage_user')) ?? 0,
      },
      throttling_data: {
        periods: throttled.nr_periods ?? 0,
        throttled_periods: throttled.nr_throttled ?? 0,
        throttled_time: throttled.throttled_time ?? 0,
      },
    },
    memory: {
      usage: parseNumber(read('memory', 'memory.usage_in_bytes')) ?? 0,
      max_usage: parseNumber(read('memory', 'memory.max_usage_in_bytes')) ?? 0,
      stats: parseFlat(read('memory', 'memory.stat')),
      failcnt: parseNumber(read('memory', 'memory.failcnt')) ?? 0,
      limit: Math.min(hostMemory, parseNumber(read('memory', 'memory.limit_in_bytes')) ?? hostMemory),
    },
    pids: { current: parseNumber(read('pids', 'pids.current')) ?? 0, ...(pidsLimit !== undefined && { limit: pidsLimit }) },
    blkio: {
      io_service_bytes_recursive: parseBlockTable(read('blkio', 'blkio.throttle.io_service_bytes_recursive')),
      io_serviced_recursive: parseBlockTable(read('blkio', 'blkio.throttle.io_serviced_recursive')),
    },
  }
}

/** Lines such as `8:0 Read 4096`; the last line, the total of all devices, has no device and is left out. */
export function parseBlockTable(text: string): BlockEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, major, minor, op, value] = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line) ?? []
    return op === undefined ? [] : { major: Number(major), minor: Number(minor), op, value: Number(value) }
  })
}
