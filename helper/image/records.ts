/** What the helper remembers of images. The engine keeps it in its database. */
import type { ImageConfig } from '../api/image.ts'
import type { Mount } from '../container/oci.ts'
import type { Digest } from './digest.ts'

export interface ImageRecord {
  /** `sha256:` and 64 hex digits. */
  readonly id: string
  /** Familiar names with tags, such as `busybox:1`. */
  readonly tags: readonly string[]
  /** Milliseconds since 1970. */
  readonly created: number
  readonly config: ImageConfig
  /** Absolute host folders, the uppermost first. */
  readonly layers: readonly string[]
  /** What every container of it gets mounted besides. */
  readonly mounts: readonly Mount[]
  /** Bytes of all layers; absent until somebody asks. */
  readonly size?: number
  /** `host` is this machine's own; `folder` lies where the user has it and is never changed; `layers` is in the stores. */
  readonly origin: 'host' | 'folder' | 'layers'
  /** Absent but for `layers`, whose ID is the digest of its configuration blob. */
  readonly content?: ImageContent
}

/** How an image of the stores is put together. */
export interface ImageContent {
  /** The image manifest's blob; made by the helper where the image came without (`load` of a docker-archive, `commit`). */
  readonly manifest: Digest
  /** Of the uncompressed layers, the lowest first. */
  readonly diffIds: readonly Digest[]
  /** The layers' blobs, the lowest first. */
  readonly blobs: readonly Digest[]
  /** `docker.io/library/busybox@sha256:…`: what registries call it. */
  readonly repoDigests: readonly string[]
  /** RFC 3339, as the configuration has it. */
  readonly created?: string
  readonly architecture: string
  readonly os: string
  readonly variant?: string
  readonly author?: string
  readonly comment?: string
  readonly history: readonly HistoryEntry[]
}

/** As in an OCI image configuration. */
export interface HistoryEntry {
  /** RFC 3339. */
  readonly created?: string
  readonly created_by?: string
  readonly author?: string
  readonly comment?: string
  readonly empty_layer?: boolean
}

export interface ImageRecords {
  get(id: string): ImageRecord | undefined
  /** Adds it, or replaces the one with its ID. */
  put(record: ImageRecord): void
  delete(id: string): void
  list(): readonly ImageRecord[]
}

/** Records in memory: for tests, and for `--explain` without a helper. */
export function memoryRecords(): ImageRecords {
  const records = new Map<string, ImageRecord>()
  return {
    get: (id) => records.get(id),
    put: (record) => void records.set(record.id, record),
    delete: (id) => void records.delete(id),
    list: () => [...records.values()],
  }
}

/** Reads a stored record; only this program writes them. Errors: TypeError for what is none. */
export function parseImageRecord(stored: unknown): ImageRecord {
  if (typeof stored !== 'object' || stored === null || !('id' in stored) || !('layers' in stored))
    throw new TypeError('not an image record')
  return stored as ImageRecord
}
