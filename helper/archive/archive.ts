/**
 * Reading and writing tar archives of folders that nobody trusts. All of it happens in a process of its own, confined to the folder:
 * what it could be talked into, it could not do. Types only; each function has the file of its name.
 */
import type { Readable } from 'node:stream'

/** Bounds of what one archive may cost. Errors name the bound: `archive-too-large`, `archive-too-many-entries`, … */
export interface UnpackLimits {
  /** Bytes of all files. */
  readonly bytes: number
  readonly entries: number
  /** Output bytes for each input byte, looked at above 16 MiB of output. */
  readonly ratio: number
}

export interface UnpackLayerOptions {
  /** A descriptor of the blob (tar, gzip or zstd: told by its first bytes), read from its beginning. The caller closes it. */
  readonly blob: number
  /** An empty folder. */
  readonly folder: string
  readonly limits?: Partial<UnpackLimits>
  /** Compressed bytes read so far. */
  readonly onProgress?: (bytes: number) => void
  readonly signal?: AbortSignal
}

export interface UnpackedLayer {
  /** Of the uncompressed archive, `sha256:…`. */
  readonly diffId: string
  /** Of the blob's own bytes as they were read. */
  readonly digest: string
  /** Bytes of its files. */
  readonly size: number
}

/** `unpackLayer(options): Promise<UnpackedLayer>`. Whiteouts become overlayfs's own. Errors: PockerError `bad-archive`, `archive-…`, `no-space`, Cancelled. */
export type UnpackLayer = (options: UnpackLayerOptions) => Promise<UnpackedLayer>

/** Where a container's (or image's) files are seen as it sees them. */
export type RootView =
  /** One folder of the host, with nothing mounted in it: a volume. */
  | { readonly folder: string }
  /** A running container, by the descriptor of one of its processes: its own mounts are seen too. */
  | { readonly process: number }
  /** Folders to be overlaid for the length of the job, the uppermost first; `upper` takes the changes. */
  | {
      readonly layers: readonly string[]
      readonly upper?: string
      readonly work?: string
      readonly mounts?: readonly ViewMount[]
      /** Nothing can be changed but in what is mounted. */
      readonly readOnlyRoot?: boolean
    }

/** What is mounted in a container that does not run: a folder or file of the host, the outer mounts before those in them. */
export interface ViewMount {
  readonly source: string
  /** What is mounted is at this path in `source`, found without leaving it. */
  readonly subpath?: string
  /** Absolute, in the container. */
  readonly destination: string
  readonly readOnly: boolean
}

export interface PathStat {
  readonly name: string
  readonly size: number
  /** Go's os.FileMode: permission bits, and its own bits for type, setuid, setgid and sticky. */
  readonly mode: number
  /** RFC 3339 with nanoseconds. */
  readonly mtime: string
  readonly linkTarget: string
}

/** `docker cp` out: what lies at `path`, as a tar whose first entry is its base name. Errors: NotFound `path-missing`. */
export type ReadPath = (root: RootView, path: string, options: { signal?: AbortSignal }) => Promise<{ stat: PathStat; archive: Readable }>

/** HEAD of the archive endpoint. Errors: NotFound `path-missing`. */
export type StatPath = (root: RootView, path: string) => Promise<PathStat>

export interface WritePathOptions {
  readonly archive: Readable
  /** A folder must not take the place of a file, nor a file of a folder. */
  readonly noOverwriteDirNonDir: boolean
  /** Keep the archive's owners; otherwise files become root's. */
  readonly copyUidGid: boolean
  readonly signal?: AbortSignal
}

/** `docker cp` in: unpacks an archive (plain, gzip, zstd) into the folder `path`. Errors: NotFound `path-missing`, InvalidParameter `not-a-folder`. */
export type WritePath = (root: RootView, path: string, options: WritePathOptions) => Promise<void>

/** `docker export`: the whole root as one tar. */
export type PackRoot = (root: RootView, options: { signal?: AbortSignal }) => Promise<Readable>

/** A layer's folder (or a container's upper one) as a layer archive: overlayfs's whiteouts become `.wh.` files. */
export type PackLayer = (folder: string, options: { signal?: AbortSignal }) => Promise<Readable>
