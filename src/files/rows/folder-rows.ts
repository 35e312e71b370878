/** The rows of folders that are unfolded, kept true while somebody sees them. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import type { FileEntry } from '../../../helper/api/files.ts'
import { Emitter } from '../../events/emitter.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { ChildRow } from '../../views/child-rows.ts'
import type { ItemLook } from '../../views/item-look.ts'
import { type FileRef, keyOf } from '../place.ts'
import { filesOf } from '../place-access.ts'
import type { PlaceNames } from '../place-uri.ts'
import type { Watches } from '../watches.ts'
import { type FileRow, fileLook, kindOf } from './file-row.ts'

export interface FolderRowsParts {
  readonly hosts: Hosts
  readonly watches: Watches
  readonly names: PlaceNames
}

/** Each is a connection to the engine. */
const MOST_WATCHED = 40
/** Milliseconds: a program that makes files makes many. */
const GATHER = 150

export class FolderRows {
  readonly #parts: FolderRowsParts
  readonly #changed = new Emitter<FileRow>()
  readonly #rows = new Map<string, FileRow>()
  readonly #watched = new Map<string, Disposable>()
  readonly #waiting = new Map<string, NodeJS.Timeout>()
  #isSeen = true
  #unseen: readonly string[] = []
  /** What is in a folder is different now. */
  readonly onDidChange = this.#changed.event

  constructor(parts: FolderRowsParts) {
    this.#parts = parts
  }

  /** A row that is not in a list of files, such as a place's uppermost folder. */
  root(file: FileRef, look: ItemLook): FileRow {
    return this.#keep(file, look, 'folder')
  }

  /** The row of a file by what is known of it. */
  row(file: FileRef, entry: FileEntry): FileRow {
    return this.#keep({ ...file, place: this.#parts.names.adopt(file.place) }, fileLook(file, entry), kindOf(entry))
  }

  /** Shown rows are watched no longer, until they are seen again. */
  set isSeen(isSeen: boolean) {
    if (this.#isSeen === isSeen) return
    this.#isSeen = isSeen
    const keys = [...this.#watched.keys()]
    for (const key of keys) {
      this.#watched.get(key)?.dispose()
      this.#watched.delete(key)
    }
    // Whoever looks again reads them again, which watches them.
    if (!isSeen) this.#unseen = keys
    else for (const key of this.#unseen) this.#tell(key)
  }

  /** The row of a file as it was shown last. */
  find(file: FileRef): FileRow | undefined {
    return this.#rows.get(keyOfFile(file))
  }

  /** A row was folded. */
  fold(row: FileRow): void {
    const key = keyOfFile(row.file)
    this.#watched.get(key)?.dispose()
    this.#watched.delete(key)
  }

  /** What is in a folder is to be read again, where it is shown. */
  refresh(folder: FileRef): void {
    this.#tell(keyOfFile(folder))
  }

  dispose(): void {
    for (const watch of this.#watched.values()) watch.dispose()
    for (const timer of this.#waiting.values()) clearTimeout(timer)
    this.#watched.clear()
    this.#changed.dispose()
  }

  #keep(file: FileRef, look: ItemLook, kind: FileRow['kind']): FileRow {
    const row: FileRow = { look, file, kind, ...(look.fold === undefined ? {} : { children: () => this.#children(file) }) }
    this.#rows.set(keyOfFile(file), row)
    return row
  }

  async #children(file: FileRef): Promise<readonly ChildRow[]> {
    // Before it is read: what happens in between is told.
    this.#watch(file)
    const { entries, isCut } = await (await filesOf(this.#parts.hosts, file.place)).list(file.path)
    const rows = sorted(entries).map((entry) => this.row({ place: file.place, path: posix.join(file.path, entry.name) }, entry))
    return isCut ? [...rows, cutRow()] : rows
  }

  #watch(file: FileRef): void {
    const key = keyOfFile(file)
    if (!this.#isSeen || this.#watched.has(key) || this.#watched.size >= MOST_WATCHED || isFixed(file)) return
    const watch = this.#parts.watches.watch(file, { recursive: false }, ({ kind }) => {
      if (kind !== 'changed' && kind !== 'ready') this.#tell(key)
    })
    this.#watched.set(key, watch)
  }

  #tell(key: string): void {
    if (this.#waiting.has(key)) return
    const timer = setTimeout(() => {
      this.#waiting.delete(key)
      const row = this.#rows.get(key)
      if (row !== undefined) this.#changed.fire(row)
    }, GATHER)
    this.#waiting.set(key, timer)
  }
}

function keyOfFile({ place, path }: FileRef): string {
  return `${keyOf(place)}${path}`
}

/** What an image has does not change. */
function isFixed({ place }: FileRef): boolean {
  return place.kind !== 'container'
}

function sorted(entries: readonly FileEntry[]): readonly FileEntry[] {
  const rank = (entry: FileEntry) => (kindOf(entry) === 'folder' ? 0 : 1)
  return entries.toSorted((a, b) => rank(a) - rank(b) || compareNames(a.name, b.name))
}

const collator = new Intl.Collator(undefined, { numeric: true })

function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1)
}

function cutRow(): ChildRow {
  const label = l10n.t('There are more files here than can be shown.')
  return { look: { id: '/', label, icon: { name: 'info' }, flags: ['note'] } }
}
