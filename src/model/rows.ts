/** Containers and images as views show them: what the engine says, in one form for all engines. Texts are as the engine gives them: hostile. */

export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'

export interface ContainerRow {
  readonly id: string
  /** Without the slash. */
  readonly name: string
  /** As the user named it. */
  readonly image: string
  readonly imageId: string
  readonly command: string
  readonly status: ContainerStatus
  /** Absent without a health check. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy'
  /** How many probes have failed in a row, and the first line of what the last one said. */
  readonly healthFailures?: { readonly count: number; readonly output: string }
  /** Of one that has ended. */
  readonly exitCode?: number
  readonly isOutOfMemory: boolean
  /** Milliseconds since 1970. */
  readonly created: number
  /** Such as `Up 2 hours`: true when it was asked for, and no change of it is told. */
  readonly statusText: string
  readonly ports: readonly PortRow[]
  readonly labels: Readonly<Record<string, string>>
  readonly mounts: readonly MountRow[]
  readonly networks: readonly JoinedNetwork[]
  /** The network it shares or none: `host`, `none`, `container:…`; otherwise a network's name. */
  readonly networkMode: string
}

export interface JoinedNetwork {
  readonly name: string
  /** Of IPv4 and IPv6; none while it does not run. */
  readonly addresses: readonly string[]
}

export interface MountRow {
  readonly type: string
  /** Of a volume its name, otherwise the host's path. */
  readonly source: string
  readonly destination: string
  readonly isReadOnly: boolean
}

export interface PortRow {
  readonly container: number
  readonly protocol: string
  readonly host?: { readonly address: string; readonly port: number }
}

export interface ImageRow {
  readonly id: string
  /** Familiar names with tags; empty for a dangling one. */
  readonly tags: readonly string[]
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly created: number
  readonly labels: Readonly<Record<string, string>>
}

export interface VolumeRow {
  readonly name: string
  readonly driver: string
  /** It was given no name. */
  readonly isAnonymous: boolean
  readonly labels: Readonly<Record<string, string>>
  /** The driver's. */
  readonly options: Readonly<Record<string, string>>
}

export interface NetworkRow {
  readonly id: string
  readonly name: string
  readonly driver: string
  /** Such as `172.18.0.0/16`. */
  readonly subnets: readonly string[]
  /** Nothing in it reaches anything outside. */
  readonly isInternal: boolean
  /** The engine's own: it cannot be removed. */
  readonly isPredefined: boolean
  readonly labels: Readonly<Record<string, string>>
  /** The driver's. */
  readonly options: Readonly<Record<string, string>>
}
