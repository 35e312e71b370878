/** One sample of `GET /containers/{id}/stats`. Times in nanoseconds, sizes in bytes; a stopped container's sample has empty objects. */
export interface StatsSample {
  readonly id: string
  /** With a leading slash. */
  readonly name: string
  /** RFC 3339 with nanoseconds. */
  readonly read: string
  /** `0001-01-01T00:00:00Z` when there is no preceding sample. */
  readonly preread: string
  readonly pids_stats: { readonly current?: number; readonly limit?: number }
  readonly blkio_stats: BlkioStats
  /** Windows only; 0. */
  readonly num_procs: number
  /** Windows only; empty. */
  readonly storage_stats: Readonly<Record<string, never>>
  readonly cpu_stats: CpuStats
  /** The preceding sample's, to compute a percentage from. */
  readonly precpu_stats: CpuStats
  readonly memory_stats: MemoryStats
  /** By interface name; absent without a network namespace of its own. */
  readonly networks?: Readonly<Record<string, NetworkStats>>
}

export interface CpuStats {
  readonly cpu_usage: {
    readonly total_usage: number
    /** cgroup v1 only. */
    readonly percpu_usage?: readonly number[]
    readonly usage_in_kernelmode: number
    readonly usage_in_usermode: number
  }
  /** All of the host's CPU time, idle included. */
  readonly system_cpu_usage?: number
  readonly online_cpus?: number
  readonly throttling_data: { readonly periods: number; readonly throttled_periods: number; readonly throttled_time: number }
}

export interface MemoryStats {
  readonly usage?: number
  /** cgroup v1 only. */
  readonly max_usage?: number
  /** The cgroup's memory.stat by name. */
  readonly stats?: Readonly<Record<string, number>>
  /** cgroup v1 only. */
  readonly failcnt?: number
  /** The container's limit, or the host's memory without one. */
  readonly limit?: number
}

export interface BlkioEntry {
  readonly major: number
  readonly minor: number
  /** Such as `read`, `write`. */
  readonly op: string
  readonly value: number
}

export interface BlkioStats {
  readonly io_service_bytes_recursive: readonly BlkioEntry[] | null
  readonly io_serviced_recursive: readonly BlkioEntry[] | null
  readonly io_queue_recursive: readonly BlkioEntry[] | null
  readonly io_service_time_recursive: readonly BlkioEntry[] | null
  readonly io_wait_time_recursive: readonly BlkioEntry[] | null
  readonly io_merged_recursive: readonly BlkioEntry[] | null
  readonly io_time_recursive: readonly BlkioEntry[] | null
  readonly sectors_recursive: readonly BlkioEntry[] | null
}

export interface NetworkStats {
  readonly rx_bytes: number
  readonly rx_packets: number
  readonly rx_errors: number
  readonly rx_dropped: number
  readonly tx_bytes: number
  readonly tx_packets: number
  readonly tx_errors: number
  readonly tx_dropped: number
}
