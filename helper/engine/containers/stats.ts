/** Samples of what a container uses. */
import { readFileSync } from 'node:fs'
import type { CpuStats, NetworkStats, StatsSample } from '../../api/stats.ts'
import { StatsReader } from '../../container/cgroup/stats.ts'
import { networkSharing } from '../../container/spec/namespaces.ts'
import type { EngineContext } from '../context.ts'
import { cgroupOf } from './cgroup-of.ts'
import type { Container } from './container.ts'

const PERIOD = 1000
const NEVER = '0001-01-01T00:00:00Z'
const NO_CPU: CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
}

/** A sample each second while the container is there; without `stream` one, compared with one a second before unless `oneShot`. */
export async function* sampleStats(
  context: EngineContext,
  container: Container,
  options: { stream: boolean; oneShot: boolean },
): AsyncGenerator<StatsSample, void, void> {
  using reader = new StatsReader(cgroupOf(context, container))
  let previous: StatsSample | undefined
  let life: Container['running']
  for (;;) {
    // Each life has a cgroup of its own: what was opened of the one before says nothing any more.
    if (container.running !== life) reader.close()
    life = container.running
    const sample = takeSample(context, container, { reader, previous })
    const compared = options.stream || options.oneShot || previous !== undefined || container.running === undefined
    if (compared) yield sample
    if (!options.stream && compared) return
    if (container.removing) return
    previous = sample
    await new Promise<void>((resolve) => setTimeout(resolve, PERIOD))
  }
}

function takeSample(
  context: EngineContext,
  container: Container,
  at: { reader: StatsReader; previous: StatsSample | undefined },
): StatsSample {
  const { previous } = at
  const stats = container.running === undefined ? undefined : at.reader.read(context.systemCpu.read())
  const base = {
    id: container.id,
    name: `/${container.record.name}`,
    read: stats === undefined ? NEVER : new Date().toISOString(),
    preread: previous?.read ?? NEVER,
    num_procs: 0,
    storage_stats: {},
    precpu_stats: previous?.cpu_stats ?? NO_CPU,
  }
  if (stats === undefined) return { ...base, pids_stats: {}, blkio_stats: NO_BLOCK_IO, cpu_stats: NO_CPU, memory_stats: {} }
  const networks = readNetworks(container)
  return {
    ...base,
    pids_stats: stats.pids,
    blkio_stats: { ...NO_BLOCK_IO, ...stats.blkio },
    cpu_stats: stats.cpu,
    memory_stats: stats.memory,
    ...(networks === undefined ? {} : { networks }),
  }
}

const NO_BLOCK_IO: StatsSample['blkio_stats'] = {
  io_service_bytes_recursive: null,
  io_serviced_recursive: null,
  io_queue_recursive: null,
  io_service_time_recursive: null,
  io_wait_time_recursive: null,
  io_merged_recursive: null,
  io_time_recursive: null,
  sectors_recursive: null,
}

/** The interfaces in the container's own network namespace, but for the loopback. */
function readNetworks(container: Container): Readonly<Record<string, NetworkStats>> | undefined {
  if (container.running === undefined || networkSharing(container.hostConfig).with === 'host') return undefined
  const networks: Record<string, NetworkStats> = {}
  for (const line of readDevices(container.running.pid).split('\n').slice(2)) {
    const [name = '', rest = ''] = line.split(':').map((part) => part.trim())
    if (name === '' || name === 'lo') continue
    const numbers = rest.split(/\s+/).map(Number)
    const at = (index: number) => numbers[index] ?? 0
    networks[name] = {
      rx_bytes: at(0),
      rx_packets: at(1),
      rx_errors: at(2),
      rx_dropped: at(3),
      tx_bytes: at(8),
      tx_packets: at(9),
      tx_errors: at(10),
      tx_dropped: at(11),
    }
  }
  return networks
}

function readDevices(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/net/dev`, 'latin1')
  } catch {
    // It ended meanwhile: then it has no interfaces.
    return ''
  }
}
