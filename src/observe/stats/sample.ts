/** What a container uses, out of two samples of an engine. */
import { z } from 'zod'

const count = z.number().nullish()

/** Of `GET /containers/{id}/stats`. A container that does not run has a sample without numbers. */
export const sampleSchema = z.object({
  read: z.string(),
  pids_stats: z.object({ current: count }).nullish(),
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: count }).nullish() }).nullish(),
  memory_stats: z.object({ usage: count, limit: count, stats: z.record(z.string(), z.number()).nullish() }).nullish(),
  networks: z.record(z.string(), z.object({ rx_bytes: count, tx_bytes: count })).nullish(),
  blkio_stats: z.object({ io_service_bytes_recursive: z.array(z.object({ op: z.string(), value: z.number() })).nullish() }).nullish(),
})

export type Sample = z.infer<typeof sampleSchema>

export interface StatsPoint {
  /** Milliseconds since 1970, by the host's clock. */
  readonly time: number
  /** 1 is one processor, fully used. */
  readonly cpu: number
  /** Bytes, without the cache that the kernel gives back first. */
  readonly memory: number
  /** Bytes: its limit, or all that the host has. */
  readonly memoryLimit: number
  /** Bytes a second. */
  readonly received: number
  readonly sent: number
  readonly read: number
  readonly written: number
  readonly processes: number
}

/** What was used between two samples; nothing when one has no numbers, as of a container that does not run, or the second is not later. */
export function pointOf(before: Sample, now: Sample): StatsPoint | undefined {
  const usage = now.memory_stats?.usage
  const [from, to] = [Date.parse(before.read), Date.parse(now.read)]
  const seconds = (to - from) / 1000
  if (typeof usage !== 'number' || typeof before.memory_stats?.usage !== 'number' || !(seconds > 0)) return undefined
  // A container that has restarted counts from nothing again.
  const rate = (counter: (sample: Sample) => number) => Math.max(0, counter(now) - counter(before)) / seconds
  return {
    time: to,
    cpu: rate((sample) => sample.cpu_stats?.cpu_usage?.total_usage ?? 0) / 1e9,
    memory: Math.max(0, usage - cacheOf(now)),
    memoryLimit: now.memory_stats?.limit ?? 0,
    received: rate((sample) => networkBytes(sample, 'rx_bytes')),
    sent: rate((sample) => networkBytes(sample, 'tx_bytes')),
    read: rate((sample) => diskBytes(sample, 'r')),
    written: rate((sample) => diskBytes(sample, 'w')),
    processes: now.pids_stats?.current ?? 0,
  }
}

// The kernel's names on cgroup version 1 and 2; Docker's own clients subtract the same.
function cacheOf({ memory_stats: memory }: Sample): number {
  return memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0
}

function networkBytes({ networks }: Sample, direction: 'rx_bytes' | 'tx_bytes'): number {
  return Object.values(networks ?? {}).reduce((sum, network) => sum + (network[direction] ?? 0), 0)
}

function diskBytes({ blkio_stats: disk }: Sample, first: 'r' | 'w'): number {
  return (disk?.io_service_bytes_recursive ?? []).reduce(
    (sum, { op, value }) => (op.toLowerCase().startsWith(first) ? sum + value : sum),
    0,
  )
}
