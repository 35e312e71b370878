import type { BlkioEntry, MemoryStats, StatsSample } from '../../api/stats.ts'
import { humanMemory, humanSize } from './human.ts'
import type { Row } from './list.ts'
import { shortId } from './short-id.ts'

export const STATS_COLUMNS = ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs'] as const

export const STATS_HEADINGS: Row = {
  Container: 'CONTAINER',
  ID: 'CONTAINER ID',
  Name: 'NAME',
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET I/O',
  BlockIO: 'BLOCK I/O',
  PIDs: 'PIDS',
}

/** A row of `stats`; without a sample there is nothing to show but the name. Follows statsContext of the Docker CLI. */
export function statsRow(container: string, sample: StatsSample | undefined, options: { truncate: boolean }): Row {
  if (sample === undefined) {
    return {
      Container: container,
      ID: container,
      Name: '--',
      CPUPerc: '--',
      MemUsage: '-- / --',
      MemPerc: '--',
      NetIO: '--',
      BlockIO: '--',
      PIDs: '--',
    }
  }
  const memory = usedMemory(sample.memory_stats)
  const limit = sample.memory_stats.limit ?? 0
  const networks = Object.values(sample.networks ?? {})
  const blocks = sample.blkio_stats.io_service_bytes_recursive ?? []
  return {
    Container: container,
    ID: options.truncate ? shortId(sample.id) : sample.id,
    Name: sample.name.replace(/^\//, '') || '--',
    CPUPerc: percentage(cpuShare(sample)),
    MemUsage: `${humanMemory(memory)} / ${humanMemory(limit)}`,
    MemPerc: percentage(limit === 0 ? 0 : memory / limit),
    NetIO: `${humanSize(sum(networks.map((network) => network.rx_bytes)), 3)} / ${humanSize(sum(networks.map((network) => network.tx_bytes)), 3)}`,
    BlockIO: `${humanSize(bytesOf(blocks, 'r'), 3)} / ${humanSize(bytesOf(blocks, 'w'), 3)}`,
    PIDs: String(sample.pids_stats.current ?? 0),
  }
}

/** The share of one CPU that was used between the two readings of a sample. */
function cpuShare({ cpu_stats: now, precpu_stats: before }: StatsSample): number {
  const used = (now.cpu_usage?.total_usage ?? 0) - (before.cpu_usage?.total_usage ?? 0)
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0)
  const cpus = now.online_cpus || now.cpu_usage?.percpu_usage?.length || 0
  return used > 0 && passed > 0 ? (used / passed) * cpus : 0
}

/** Without the cache that the kernel would give back first. */
function usedMemory({ usage = 0, stats = {} }: MemoryStats): number {
  const cache = stats.total_inactive_file ?? stats.inactive_file ?? 0
  return cache < usage ? usage - cache : usage
}

function bytesOf(entries: readonly BlkioEntry[], letter: string): number {
  return sum(entries.filter((entry) => entry.op.toLowerCase().startsWith(letter)).map((entry) => entry.value))
}

function percentage(share: number): string {
  return `${(share * 100).toFixed(2)}%`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
