/** Containers and images as views show them: what the engine says, in one form for all engines. */

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
  /** Of one that has ended. */
  readonly exitCode?: number
  readonly isOutOfMemory: boolean
  /** Milliseconds since 1970. */
  readonly created: number
  readonly ports: readonly PortRow[]
  readonly labels: Readonly<Record<string, string>>
  readonly mounts: readonly { readonly type: string; readonly source: string; readonly destination: string; readonly isReadOnly: boolean }[]
  readonly networks: readonly string[]
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
