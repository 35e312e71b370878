/** What is kept of a container across helpers and reboots. */
import type { ContainerConfig, CreateRequest } from '../../api/container.ts'
import type { Health } from '../../api/health.ts'
import type { ImageConfig } from '../../api/image.ts'
import type { Life } from '../../api/lives.ts'
import type { Mount } from '../../container/oci.ts'
import type { ContainerMount } from '../../container/spec/container-mount.ts'
import type { EndpointRecord, PublishedPort } from '../networks/endpoint-record.ts'

export interface ContainerRecord {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly created: number
  readonly image: RecordedImage
  /** As asked for, with the limits that hold. */
  readonly request: CreateRequest
  /** The request over the image's configuration. */
  readonly config: ContainerConfig
  readonly hostname: string
  readonly mounts: readonly ContainerMount[]
  readonly foldersToMake: readonly string[]
  readonly anonymousVolumes: readonly string[]
  readonly restartCount: number
  /** Its connections to networks, the one that NetworkMode names first; absent of a container made before there were any. */
  readonly endpoints?: readonly EndpointRecord[]
  /** Its ports on this host, as of its last start. */
  readonly published?: readonly PublishedPort[]
  readonly state: RecordedState
  /** The runs that have ended, the oldest first; absent before the first end. */
  readonly lives?: readonly Life[]
}

export interface RecordedImage {
  /** Empty for a container made of a folder. */
  readonly id: string
  /** As the user named it. */
  readonly name: string
  readonly config: ImageConfig
  /** Absolute folders, uppermost first. */
  readonly layers: readonly string[]
  readonly mounts: readonly Mount[]
}

export interface RecordedState {
  readonly status: 'created' | 'running' | 'exited' | 'dead'
  readonly exitCode: number
  readonly error: string
  readonly oomKilled: boolean
  /** RFC 3339; empty: never. */
  readonly startedAt: string
  readonly finishedAt: string
  /** The user stopped it, so `unless-stopped` leaves it so. */
  readonly stoppedByUser: boolean
  /** Since the first start, of a container that has a health check. */
  readonly health?: Health
}

export const CREATED: RecordedState = {
  status: 'created',
  exitCode: 0,
  error: '',
  oomKilled: false,
  startedAt: '',
  finishedAt: '',
  stoppedByUser: false,
}

/** Reads a stored record; only this program writes them. Errors: TypeError for what is none. */
export function parseRecord(stored: unknown): ContainerRecord {
  if (typeof stored !== 'object' || stored === null || !('id' in stored) || !('state' in stored))
    throw new TypeError('not a container record')
  return stored as ContainerRecord
}
