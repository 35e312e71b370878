/** What the helper asks a process that serves files. Paths are the client's: the process alone makes anything of them. */
import type { FileChange, FileStat } from '../api/files.ts'
import type { RootView } from '../archive/archive.ts'
import type { Access } from '../archive/enter-root.ts'

/** The first message. */
export interface ServeJob {
  readonly root: RootView
  readonly access: Access
  /** One layer alone, whose marks of overlayfs are to be told. */
  readonly isLayer: boolean
}

/** What is to be so of a new file or folder, or made so of one that is there. */
export interface WantedOwner {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

export interface FileRequests {
  readonly stat: { readonly path: string; readonly follow: boolean }
  /** The payload is a FileList. */
  readonly list: { readonly path: string }
  /** Opens a file and reads its first piece, the payload. */
  readonly open: { readonly path: string; readonly offset: number; readonly length: number | undefined }
  /** The next piece is the payload; the last one closes it. */
  readonly read: { readonly handle: number }
  /** Begins to write. Nothing is changed before `commit`. */
  readonly create: WantedOwner & { readonly path: string; readonly create: boolean; readonly overwrite: boolean }
  /** The payload comes next. */
  readonly write: { readonly handle: number }
  readonly commit: { readonly handle: number }
  /** Lets a handle go; what was written goes with it. */
  readonly close: { readonly handle: number }
  readonly folder: WantedOwner & { readonly path: string }
  readonly rename: { readonly from: string; readonly to: string; readonly overwrite: boolean }
  readonly copy: { readonly from: string; readonly to: string; readonly overwrite: boolean }
  readonly remove: { readonly path: string; readonly recursive: boolean }
  /** Answered when it watches; `Told` follows until it is cancelled. */
  readonly watch: { readonly path: string; readonly recursive: boolean }
  /** Ends the work, or the watch, of that number. */
  readonly cancel: { readonly request: number }
}

export interface FileResults {
  readonly stat: FileStat
  readonly list: null
  /** No handle when the first piece was all. */
  readonly open: { readonly stat: FileStat; readonly handle?: number | undefined }
  readonly read: { readonly isLast: boolean }
  readonly create: { readonly handle: number }
  readonly write: null
  readonly commit: FileStat
  readonly close: null
  readonly folder: FileStat
  readonly rename: FileStat
  readonly copy: FileStat
  readonly remove: null
  readonly watch: null
  readonly cancel: null
}

export type FileOperation = keyof FileRequests

export type FileRequest = { readonly [O in FileOperation]: FileRequests[O] & { readonly op: O } }[FileOperation]

/**
 * A process's message: an answer to a request, or news of a watch. With number 0: that it is still at work, that what is mounted in the
 * container has changed, or that it could not begin.
 */
export type Told =
  | { readonly result: unknown }
  | { readonly error: unknown }
  | { readonly changes: readonly FileChange[] }
  | { readonly alive: true }
  | { readonly stale: true }

/** Bytes of a file in one frame. */
export const PIECE = 256 << 10

/** The code of a refusal: what is mounted in the container has changed since it was entered. Nothing was begun, another process is to be asked. */
export const STALE_VIEW = 'stale-view'
