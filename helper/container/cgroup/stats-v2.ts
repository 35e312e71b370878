/** v2's numbers as Docker's. */
import { parseFlat, parseNumber } from './parse.ts'
import type { BlockEntry, GroupStats } from './stats.ts'
import type { Read } from './stats-v1.ts'

const NANOSECONDS_PER_MICROSECOND = 1000

/** Reads one sample. No memory limit shows as the host's memory, as in Docker. */
export function readUnifiedStats(read: Read, hostMemory: number): GroupStats {
  const cpu = parseFlat(read('cpu', 'cpu.stat'))
  const io = read('io', 'io.stat')
  const pidsLimit = parseNumber(read('pids', 'pids.max'))
  const nanoseconds = (name: string) => (cpu[name] ?? 0) * NANOSECONDS_PER_MICROSECOND
  return {
    cpu: {
      cpu_usage: {
        total_usage: nanoseconds('usage_usec'),
        usage_in_kernelmode: nanoseconds('system_usec'),
        usage_in_usermode: nanoseconds('user_usec'),
      },
      throttling_data: {
        periods: cpu.nr_periods ?? 0,
        throttled_periods: cpu.nr_throttled ?? 0,
        throttled_time: nanoseconds('throttled_usec'),
      },
    },
    memory: {
      usage: parseNumber(read('memory', 'memory.current')) ?? 0,
      stats: parseFlat(read('memory', 'memory.stat')),
      failcnt: parseFlat(read('memory', 'memory.events')).oom ?? 0,
      limit: Math.min(hostMemory, parseNumber(read('memory', 'memory.max')) ?? hostMemory),
    },
    pids: { current: parseNumber(read('pids', 'pids.current')) ?? 0, ...(pidsLimit !== undefined && { limit: pidsLimit }) },
    blkio: {
      io_service_bytes_recursive: parseIoStat(io, { rbytes: 'read', wbytes: 'write' }),
      io_serviced_recursive: parseIoStat(io, { rios: 'read', wios: 'write' }),
    },
  }
}

/** Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0`; `names` says which keys count, and as what. */
export function parseIoStat(text: string, names: Readonly<Record<string, string>>): BlockEntry[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', ...pairs] = line.split(' ')
    const [, major, minor] = /^(\d+):(\d+)$/.exec(device) ?? []
    if (major === undefined) return []
    return pairs.flatMap((pair) => {
      const [key = '', value] = pair.split('=')
      const op = Object.hasOwn(names, key) ? names[key] : undefined
      return op === undefined ? [] : { major: Number(major), minor: Number(minor), op, value: Number(value) }
    })
  })
}
