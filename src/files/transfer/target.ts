/** A folder that things are copied into, wherever it lies. */
import type { Readable } from 'node:stream'
import type { FileKind } from '../../../helper/api/files.ts'
import type { SourceEntry } from './source.ts'

/** Paths are made by `join` alone, of names that `nameFor` gave. */
export interface Target {
  /** What is in a folder by `keyOf` its names, links being links. Nothing when there is no such folder. */
  list(folder: string): Promise<ReadonlyMap<string, FileKind> | undefined>
  /** A name that is possible there and leads nowhere else, as like the given one as can be. Nothing where none is. */
  nameFor(name: string): string | undefined
  /** Names that are the same file have the same key. */
  keyOf(name: string): string
  join(folder: string, name: string): string
  makeFolder(path: string, entry: SourceEntry): Promise<void>
  /** Whole or not at all: what is there stays until the new one is complete. */
  writeFile(path: string, content: Readable, how: WriteHow): Promise<void>
  /** Where links can be made. Called when all files are written. */
  readonly makeLink?: (path: string, link: string) => Promise<void>
}

export interface WriteHow {
  readonly entry: SourceEntry
  /** Takes the place of a file that is there; otherwise one that has come meanwhile is an error. */
  readonly replaces: boolean
  readonly signal: AbortSignal
}
