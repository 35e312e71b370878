/** What the helper remembers of images. The engine keeps it in its database. */
import type { ImageConfig } from '../api/image.ts'
import type { Mount } from '../container/oci.ts'

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
  /** `host` is this machine's own; `folder` lies where the user has it and is never changed. */
  readonly origin: 'host' | 'folder'
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
