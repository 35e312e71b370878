import type { ContainerSummary } from './container.ts'
import type { ImageSummary } from './image.ts'
import type { Volume } from './volume.ts'

export interface SystemVersion {
  readonly Platform: { readonly Name: string }
  readonly Components: readonly { readonly Name: string; readonly Version: string; readonly Details?: Readonly<Record<string, string>> }[]
  readonly Version: string
  readonly ApiVersion: string
  readonly MinAPIVersion: string
  readonly GitCommit: string
  /** Docker's clients print it; what runs the helper stands here. */
  readonly GoVersion: string
  readonly Os: string
  /** Go's words: `amd64`, `arm64`. */
  readonly Arch: string
  readonly KernelVersion: string
  readonly Experimental?: boolean
  readonly BuildTime: string
}

interface Commit {
  readonly ID: string
  readonly Expected: string
}

/** Docker's `GET /info`. */
export interface SystemInfo {
  readonly ID: string
  readonly Containers: number
  readonly ContainersRunning: number
  readonly ContainersPaused: number
  readonly ContainersStopped: number
  readonly Images: number
  /** Storage driver. */
  readonly Driver: string
  readonly DriverStatus: readonly (readonly [string, string])[]
  readonly DockerRootDir: string
  readonly Plugins: {
    readonly Volume: readonly string[]
    readonly Network: readonly string[]
    readonly Authorization: readonly string[] | null
    readonly Log: readonly string[]
  }
  readonly MemoryLimit: boolean
  readonly SwapLimit: boolean
  readonly KernelMemoryTCP?: boolean
  readonly CpuCfsPeriod: boolean
  readonly CpuCfsQuota: boolean
  readonly CPUShares: boolean
  readonly CPUSet: boolean
  readonly PidsLimit: boolean
  readonly OomKillDisable: boolean
  readonly IPv4Forwarding: boolean
  readonly BridgeNfIptables: boolean
  readonly BridgeNfIp6tables: boolean
  readonly Debug: boolean
  readonly NFd: number
  readonly NGoroutines: number
  /** RFC 3339 with nanoseconds. */
  readonly SystemTime: string
  readonly LoggingDriver: string
  readonly CgroupDriver: 'cgroupfs' | 'systemd' | 'none'
  readonly CgroupVersion: '1' | '2'
  readonly NEventsListener: number
  readonly KernelVersion: string
  readonly OperatingSystem: string
  readonly OSVersion: string
  readonly OSType: 'linux'
  /** uname's words: `x86_64`, `aarch64`. */
  readonly Architecture: string
  readonly NCPU: number
  readonly MemTotal: number
  readonly IndexServerAddress: string
  readonly RegistryConfig: unknown
  readonly GenericResources: null
  readonly HttpProxy: string
  readonly HttpsProxy: string
  readonly NoProxy: string
  readonly Name: string
  readonly Labels: readonly string[]
  readonly ExperimentalBuild: boolean
  readonly ServerVersion: string
  readonly Runtimes: Readonly<Record<string, { readonly path: string; readonly runtimeArgs?: readonly string[] }>>
  readonly DefaultRuntime: string
  readonly Swarm: {
    readonly NodeID: string
    readonly NodeAddr: string
    readonly LocalNodeState: 'inactive'
    readonly ControlAvailable: boolean
    readonly Error: string
    readonly RemoteManagers: null
  }
  readonly LiveRestoreEnabled: boolean
  readonly Isolation: ''
  readonly InitBinary: string
  readonly ContainerdCommit: Commit
  readonly RuncCommit: Commit
  readonly InitCommit: Commit
  /** Such as `name=seccomp,profile=builtin`. */
  readonly SecurityOptions: readonly string[]
  readonly ProductLicense?: string
  readonly CDISpecDirs: readonly string[]
  readonly Warnings: readonly string[] | null
}

/** Docker's `GET /system/df`; sizes in bytes. */
export interface SystemDataUsage {
  readonly LayersSize: number
  readonly Images: readonly ImageSummary[]
  readonly Containers: readonly ContainerSummary[]
  readonly Volumes: readonly Volume[]
  readonly BuildCache: readonly unknown[]
}

export interface EngineEvent {
  /** Docker's older names for the action, the actor's ID and its image; container and image events carry them. */
  readonly status?: string
  readonly id?: string
  readonly from?: string
  readonly Type: 'container' | 'image' | 'network' | 'volume' | 'daemon'
  /** Such as `start`, `exec_start: sh`. */
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly scope: 'local'
  /** Seconds since 1970. */
  readonly time: number
  /** Nanoseconds since 1970; a double keeps them to a quarter of a microsecond. */
  readonly timeNano: number
}
