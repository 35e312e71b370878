/** What is to be copied, wherever it lies. */
import type { Readable } from 'node:stream'
import type { FileKind } from '../../../helper/api/files.ts'

/** Names and links are whatever the other side says: hostile when it is a container. */
export interface SourceEntry {
  readonly name: string
  readonly kind: FileKind
  /** Bytes of a file; may be wrong by the time it is read. */
  readonly size: number
  /** Permission bits. */
  readonly mode?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** Milliseconds since 1970. */
  readonly modified?: number
  /** Of a link its text. */
  readonly link?: string
  /** What is in a folder. */
  entries(signal: AbortSignal): Promise<SourceList>
  /** The bytes of a file. */
  content(signal: AbortSignal): Promise<Readable>
}

export interface SourceList {
  readonly entries: readonly SourceEntry[]
  /** There are more, which are not listed. */
  readonly isCut: boolean
}
