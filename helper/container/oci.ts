/** The part of the OCI runtime-spec configuration that Pocker makes containers from. Field names and meanings are the specification's. */

export interface Spec {
  readonly ociVersion: '1.2.0'
  readonly root: Root
  readonly process: Process
  readonly hostname?: string
  readonly domainname?: string
  /** In mount order; the container's own /proc, /dev and so on are among them. */
  readonly mounts: readonly Mount[]
  readonly linux: Linux
}

export interface Root {
  readonly readonly: boolean
  /** Absolute host folders, the uppermost layer first. */
  readonly layers: readonly string[]
  /** Absolute host folders of this container's own changes. */
  readonly upper: string
  readonly work: string
  /** The container goes away at its end, so its changes need not reach the disk. */
  readonly volatile: boolean
}

export interface Process {
  readonly terminal: boolean
  readonly consoleSize?: { readonly width: number; readonly height: number }
  readonly user: User
  /** Program and arguments, never empty; the program is looked up in the PATH of `env` when it holds no slash. */
  readonly args: readonly string[]
  /** `NAME=value` each. */
  readonly env: readonly string[]
  readonly cwd: string
  readonly capabilities: Capabilities
  readonly rlimits: readonly Rlimit[]
  readonly noNewPrivileges: boolean
  readonly oomScoreAdj?: number
  /** PID 1 is Pocker's own init, which runs `args` as its child. */
  readonly init: boolean
}

export interface User {
  readonly uid: number
  readonly gid: number
  readonly additionalGids: readonly number[]
  readonly umask: number
}

/** Capability numbers by set, as the kernel knows them. */
export interface Capabilities {
  readonly bounding: readonly number[]
  readonly effective: readonly number[]
  readonly permitted: readonly number[]
  readonly inheritable: readonly number[]
  readonly ambient: readonly number[]
}

export interface Rlimit {
  /** Such as `RLIMIT_NOFILE`. */
  readonly type: string
  readonly soft: number
  readonly hard: number
}

export interface Mount {
  /** Absolute path in the container. */
  readonly destination: string
  readonly type: 'bind' | 'proc' | 'sysfs' | 'tmpfs' | 'devpts' | 'mqueue' | 'cgroup'
  /** Absolute host path for binds; with `container`, a path in that container. */
  readonly source: string
  /** What is mounted is at this path in `source`, found without ever leaving it: its content is a container's. */
  readonly subpath?: string
  /** The container whose mount at `source` is bound. */
  readonly container?: string
  /** mount(8) words: `ro`, `nosuid`, `rbind`, `rprivate`, `size=64m`, … */
  readonly options: readonly string[]
}

export type NamespaceType = 'mount' | 'pid' | 'uts' | 'ipc' | 'network' | 'cgroup'

export interface Namespace {
  readonly type: NamespaceType
  /** Join this container's namespace instead of making one. A namespace type that is not listed stays the host's. */
  readonly container?: string
}

export interface Device {
  readonly path: string
  readonly type: 'c' | 'b' | 'p'
  readonly major: number
  readonly minor: number
  readonly fileMode: number
  readonly uid: number
  readonly gid: number
}

export interface Linux {
  readonly namespaces: readonly Namespace[]
  /** Made in /dev. */
  readonly devices: readonly Device[]
  /** Below the cgroup root, such as `/pocker/<id>`. */
  readonly cgroupsPath: string
  readonly resources: Resources
  readonly sysctl: Readonly<Record<string, string>>
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
  /** A compiled filter (an array of sock_filter, 8 bytes each); absent: unconfined. */
  readonly seccomp?: Uint8Array
}

export interface DeviceRule {
  readonly allow: boolean
  /** `a` is all devices. */
  readonly type: 'a' | 'c' | 'b'
  /** Absent: every one. */
  readonly major?: number
  readonly minor?: number
  /** Of `r`, `w`, `m`. */
  readonly access: string
}

/** Limits; an absent one is not set. Bytes, microseconds and counts. */
export interface Resources {
  readonly devices: readonly DeviceRule[]
  readonly memory?: {
    readonly limit?: number
    readonly reservation?: number
    /** Memory plus swap, Docker's MemorySwap; -1 is unlimited. */
    readonly swap?: number
    readonly swappiness?: number
    readonly disableOOMKiller?: boolean
  }
  readonly cpu?: {
    readonly shares?: number
    /** Microseconds of each period. */
    readonly quota?: number
    readonly period?: number
    readonly cpus?: string
    readonly mems?: string
  }
  readonly pids?: { readonly limit: number }
  readonly blockIO?: {
    readonly weight?: number
    readonly throttleReadBps?: readonly BlockLimit[]
    readonly throttleWriteBps?: readonly BlockLimit[]
    readonly throttleReadIops?: readonly BlockLimit[]
    readonly throttleWriteIops?: readonly BlockLimit[]
  }
}

export interface BlockLimit {
  readonly major: number
  readonly minor: number
  readonly rate: number
}
