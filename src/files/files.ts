/** What can be done with the files of a place, whoever the engine is. */
import type { Readable } from 'node:stream'
import type { FileChange, FileList, FileStat } from '../../helper/api/files.ts'

/** Paths are absolute in the place. Errors of all: EngineError with the codes of `helper/api/files.ts`, `needs-pocker` for what an engine cannot do. */
export interface Files {
  /** Of a link itself, or of what it leads to with `follow`. */
  stat(path: string, options?: { readonly follow?: boolean; readonly signal?: AbortSignal }): Promise<FileStat>
  list(path: string, options?: { readonly signal?: AbortSignal }): Promise<FileList>
  /** The bytes of a file as they come; destroying the stream ends it. */
  content(path: string, options?: ContentOptions): Promise<Readable>
  write(path: string, content: Readable, options: WriteOptions): Promise<FileStat>
  makeFolder(path: string, owner?: Owner): Promise<FileStat>
  rename(from: string, to: string, options: { readonly overwrite: boolean }): Promise<FileStat>
  copy(from: string, to: string, options: { readonly overwrite: boolean }): Promise<FileStat>
  remove(path: string, options: { readonly recursive: boolean }): Promise<void>
  /** The first is `ready`. Ends when the place is gone. */
  watch(path: string, options: { readonly recursive: boolean; readonly signal: AbortSignal }): AsyncIterable<FileChange>
}

export interface ContentOptions {
  /** Bytes. */
  readonly offset?: number
  readonly length?: number
  readonly signal?: AbortSignal
}

/** What is to be so of a new file or folder; of one that is there it wins over what was. */
export interface Owner {
  /** Permission bits. */
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
}

export interface WriteOptions extends Owner {
  /** Makes what is missing. */
  readonly create: boolean
  /** Replaces what is there; without `create` that is what is done anyway. */
  readonly overwrite: boolean
  readonly signal?: AbortSignal
}
