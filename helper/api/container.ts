import { z } from 'zod'
import type { Health } from './health.ts'
import { healthcheckSchema } from './health.ts'
import type { HostConfig } from './host-config.ts'
import { hostConfigSchema, resourcesShape, restartPolicySchema } from './host-config.ts'
import type { Answered } from './json.ts'
import { integer, mapOf, nameSet, objectOf, text, words } from './json.ts'
import type { EndpointSettings, NetworkSettings, Port } from './network.ts'
import { networkingConfigSchema } from './network.ts'

const containerConfigShape = {
  Hostname: text.exactOptional(),
  Domainname: text.exactOptional(),
  User: text.exactOptional(),
  AttachStdin: z.boolean().exactOptional(),
  AttachStdout: z.boolean().exactOptional(),
  AttachStderr: z.boolean().exactOptional(),
  ExposedPorts: nameSet.exactOptional(),
  Tty: z.boolean().exactOptional(),
  OpenStdin: z.boolean().exactOptional(),
  StdinOnce: z.boolean().exactOptional(),
  /** `NAME=value`, or `NAME` alone to take one away. */
  Env: z.array(text).exactOptional(),
  Cmd: words.exactOptional(),
  Healthcheck: healthcheckSchema.exactOptional(),
  ArgsEscaped: z.boolean().exactOptional(),
  Image: text.exactOptional(),
  Volumes: nameSet.exactOptional(),
  WorkingDir: text.exactOptional(),
  /** Absent: the image's; an empty list, or one empty word: none. */
  Entrypoint: words.exactOptional(),
  NetworkDisabled: z.boolean().exactOptional(),
  MacAddress: text.exactOptional(),
  OnBuild: z.array(text).exactOptional(),
  Labels: mapOf(text).exactOptional(),
  StopSignal: text.exactOptional(),
  /** Seconds. */
  StopTimeout: integer.exactOptional(),
  Shell: z.array(text).exactOptional(),
}

/** Body of `POST /commit`, and part of that of `POST /containers/create`. */
export const containerConfigSchema = objectOf(containerConfigShape)

/**
 * Body of `POST /containers/create`: Docker's ContainerConfig, HostConfig and NetworkingConfig, and Pocker's `Rootfs`.
 * `POST /pocker/run` takes the same, and `name`, and starts it too: its answer is that of the creation. Where the start fails the answer is that
 * error, with the ID as `container`; the container stays, with the error on record, unless it was to be removed by itself.
 */
export const createRequestSchema = objectOf({
  ...containerConfigShape,
  HostConfig: hostConfigSchema.exactOptional(),
  NetworkingConfig: networkingConfigSchema.exactOptional(),
  /** Absolute host folder that serves as the image; `Image` is then only a label. */
  Rootfs: text.exactOptional(),
})

/** Body of `POST /containers/{id}/update`. */
export const containerUpdateSchema = objectOf({ ...resourcesShape, RestartPolicy: restartPolicySchema.exactOptional() })

export type ContainerConfig = z.infer<typeof containerConfigSchema>
export type CreateRequest = z.infer<typeof createRequestSchema>
export type ContainerUpdate = z.infer<typeof containerUpdateSchema>

export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'

export interface ContainerState {
  readonly Status: ContainerStatus
  readonly Running: boolean
  readonly Paused: boolean
  readonly Restarting: boolean
  readonly OOMKilled: boolean
  readonly Dead: boolean
  readonly Pid: number
  readonly ExitCode: number
  readonly Error: string
  /** RFC 3339 with nanoseconds; `0001-01-01T00:00:00Z` is never. */
  readonly StartedAt: string
  readonly FinishedAt: string
  readonly Health?: Health
}

export interface MountPoint {
  readonly Type: 'bind' | 'volume' | 'tmpfs'
  readonly Name?: string
  readonly Source: string
  readonly Destination: string
  readonly Driver?: string
  readonly Mode: string
  readonly RW: boolean
  readonly Propagation: string
}

export interface ContainerSummary {
  readonly Id: string
  /** Each with a leading slash. */
  readonly Names: readonly string[]
  readonly Image: string
  readonly ImageID: string
  readonly Command: string
  /** Seconds since 1970. */
  readonly Created: number
  readonly Ports: readonly Port[]
  readonly SizeRw?: number
  readonly SizeRootFs?: number
  readonly Labels: Readonly<Record<string, string>>
  readonly State: ContainerStatus
  /** Such as `Up 5 minutes`. */
  readonly Status: string
  readonly HostConfig: { readonly NetworkMode: string; readonly Annotations?: Readonly<Record<string, string>> }
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, Answered<EndpointSettings>>> }
  readonly Mounts: readonly MountPoint[]
  /** Pocker's own: how it ended last, so that a list of a thousand need not be inspected one by one. */
  readonly Pocker: { readonly ExitCode: number; readonly OOMKilled: boolean }
}

export interface ContainerInspect {
  readonly Id: string
  readonly Created: string
  readonly Path: string
  readonly Args: readonly string[]
  readonly State: ContainerState
  readonly Image: string
  readonly ResolvConfPath: string
  readonly HostnamePath: string
  readonly HostsPath: string
  readonly LogPath: string
  /** With a leading slash. */
  readonly Name: string
  readonly RestartCount: number
  readonly Driver: string
  readonly Platform: string
  readonly MountLabel: string
  readonly ProcessLabel: string
  readonly AppArmorProfile: string
  readonly ExecIDs: readonly string[] | null
  readonly HostConfig: Answered<HostConfig>
  readonly GraphDriver: { readonly Name: string; readonly Data: Readonly<Record<string, string>> | null }
  readonly SizeRw?: number
  readonly SizeRootFs?: number
  readonly Mounts: readonly MountPoint[]
  readonly Config: Answered<ContainerConfig>
  readonly NetworkSettings: NetworkSettings
}

/** Kind 0 is modified, 1 added, 2 deleted. */
export interface FilesystemChange {
  readonly Path: string
  readonly Kind: 0 | 1 | 2
}

export interface WaitResult {
  readonly StatusCode: number
  readonly Error?: { readonly Message: string }
}
