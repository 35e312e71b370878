/** The rows of folders that are unfolded, kept true while somebody sees them. */
import { posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as l10n from '@vscode/l10n'
import type { FileEntry } from '../../../helper/api/files.ts'
import { Emitter } from '../../events/emitter.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { ChildRow } from '../../views/child-rows.ts'
import type { ItemLook } from '../../views/item-look.ts'
import { type FileRef, isBelow, isSamePlace, isWritable, keyOf, type Place } from '../place.ts'
import { filesOf } from '../place-access.ts'
import type { PlaceNames } from '../place-uri.ts'
import type { Watches, Watching } from '../watches.ts'
import { type FileRow, fileLook, kindOf } from './file-row.ts'

export interface FolderRowsParts {
  readonly hosts: Hosts
  readonly watches: Watches
  readonly names: PlaceNames
}

/** Each is a connection to the engine. */
const MOST_WATCHED = 40
/** The helper has a process for each place that is looked at, twelve in all, and editors need some too. */
const MOST_PLACES = 8
/** Milliseconds: a program that makes files makes many. */
const GATHER = 150
const PATIENCE = 2000

/** A folder whose rows have been asked for. VS Code keeps them while it is folded, and does not ask again when it is unfolded. */
interface Folder {
  readonly file: FileRef
  rows: ReadonlyMap<string, FileRow>
  /** What was read for them, as text; nothing when it is not known. */
  shown: string | undefined
  isFolded: boolean
  watch: Watching | undefined
  timer: NodeJS.Timeout | undefined
  /** To be looked at before it is drawn anew. */
  lookTimer: NodeJS.Timeout | undefined
  reading: Promise<unknown> | undefined
  /** Resolved when it has been read again. */
  redrawn: PromiseWithResolvers<void> | undefined
}

export class FolderRows {
  readonly #parts: FolderRowsParts
  readonly #changed = new Emitter<FileRow>()
  /** The uppermost row of each place. */
  readonly #roots = new Map<string, FileRow>()
  readonly #folders = new Map<string, Folder>()
  #isSeen = true
  /** What is in a folder is different now. */
  readonly onDidChange = this.#changed.event

  constructor(parts: FolderRowsParts) {
    this.#parts = parts
  }

  /** The row of a place's uppermost folder. */
  root(place: Place, look: ItemLook): FileRow {
    const file: FileRef = { place: this.#parts.names.adopt(place), path: '/' }
    const row: FileRow = { look, file, kind: 'folder', children: () => this.#children(file) }
    this.#roots.set(keyOf(place), row)
    return row
  }

  /** The row of a file as it was shown last, where the folder that it is in is unfolded. */
  find({ place, path }: FileRef): FileRow | undefined {
    if (path === '/') return this.#roots.get(keyOf(place))
    return this.#folders.get(keyOfFile({ place, path: posix.dirname(path) }))?.rows.get(posix.basename(path))
  }

  /** Shown rows are watched no longer, until they are seen again. */
  set isSeen(isSeen: boolean) {
    if (this.#isSeen === isSeen) return
    this.#isSeen = isSeen
    for (const folder of this.#folders.values()) {
      if (isSeen && !folder.isFolded) this.#tell(folder)
      else unwatch(folder)
    }
  }

  /** A row was folded: what is below it is watched no longer. */
  fold({ file }: FileRow): void {
    const own = this.#folders.get(keyOfFile(file))
    if (own !== undefined) own.isFolded = true
    for (const folder of this.#folders.values()) {
      if (isSamePlace(folder.file.place, file.place) && (folder === own || isBelow(folder.file.path, file.path))) unwatch(folder)
    }
  }

  /** A row was unfolded: what is below it is read again, where it has been read before. */
  unfold({ file }: FileRow): void {
    const folder = this.#folders.get(keyOfFile(file))
    if (folder?.isFolded !== true) return
    folder.isFolded = false
    this.#redraw(folder)
  }

  /**
   * Resolves when what a folder shows has been read since it was told to have changed, if it was. VS Code loses a row that is unfolded
   * while what is above it is read again. A folder that nobody looks at is not read: it is not waited for long.
   */
  async upToDate(file: FileRef): Promise<void> {
    const folder = this.#folders.get(keyOfFile(file))
    if (folder !== undefined) await Promise.race([folder.redrawn?.promise ?? folder.reading, sleep(PATIENCE)])
  }

  /** The row that a place is below was folded. */
  hide(place: Place): void {
    for (const folder of this.#folders.values()) if (isSamePlace(folder.file.place, place)) unwatch(folder)
  }

  /** The row that a place is below was unfolded. */
  show(place: Place): void {
    const folder = this.#folders.get(keyOfFile({ place, path: '/' }))
    if (folder?.isFolded === false && folder.watch === undefined) this.#redraw(folder)
  }

  /** The place is no more. */
  forget(place: Place): void {
    this.#leave(({ file }) => isSamePlace(file.place, place))
    this.#roots.delete(keyOf(place))
  }

  /** What is in a folder is to be read again, where it is shown. */
  refresh(file: FileRef): void {
    const folder = this.#folders.get(keyOfFile(file))
    if (folder !== undefined) this.#tell(folder)
  }

  dispose(): void {
    this.#leave(() => true)
    this.#changed.dispose()
  }

  #children(file: FileRef): Promise<readonly ChildRow[]> {
    const folder = this.#folderOf(file)
    folder.isFolded = false
    const reading = this.#read(folder).finally(() => {
      folder.redrawn?.resolve()
      folder.redrawn = undefined
    })
    folder.reading = reading.catch(() => {}) // whoever asked for the rows is told
    return reading
  }

  async #read(folder: Folder): Promise<readonly ChildRow[]> {
    const { file } = folder
    // Before it is read: what happens in between is told. By connections of their own one may overtake the other.
    this.#watch(folder)
    if (folder.watch !== undefined) await Promise.race([folder.watch.armed, sleep(PATIENCE, undefined, { ref: false })])
    folder.shown = undefined
    const { entries, isCut } = await this.#list(file)
    folder.shown = JSON.stringify([entries, isCut])
    const rows = sorted(entries).map((entry) => this.#row({ place: file.place, path: posix.join(file.path, entry.name) }, entry))
    folder.rows = new Map(rows.map((row) => [posix.basename(row.file.path), row]))
    return isCut ? [...rows, cutRow()] : rows
  }

  async #list({ place, path }: FileRef) {
    return await (await filesOf(this.#parts.hosts, place)).list(path)
  }

  #row(file: FileRef, entry: FileEntry): FileRow {
    const look = fileLook(file, entry)
    return { look, file, kind: kindOf(entry), ...(look.fold === undefined ? {} : { children: () => this.#children(file) }) }
  }

  #folderOf(file: FileRef): Folder {
    const key = keyOfFile(file)
    const known = this.#folders.get(key)
    if (known !== undefined) return known
    const folder: Folder = {
      file,
      rows: new Map(),
      shown: undefined,
      isFolded: false,
      watch: undefined,
      timer: undefined,
      lookTimer: undefined,
      reading: undefined,
      redrawn: undefined,
    }
    this.#folders.set(key, folder)
    return folder
  }

  #watch(folder: Folder): void {
    const { file } = folder
    const watched = [...this.#folders.values()].filter(({ watch }) => watch !== undefined)
    // What an image has does not change.
    if (!this.#isSeen || folder.watch !== undefined || watched.length >= MOST_WATCHED || !isWritable(file.place)) return
    const places = new Map(watched.map((each) => [keyOf(each.file.place), each.file.place]))
    const [first] = places.values()
    if (first !== undefined && places.size >= MOST_PLACES && !places.has(keyOf(file.place))) this.hide(first)
    folder.watch = this.#parts.watches.watch(file, { recursive: false }, ({ kind }) => {
      if (kind === 'overflow') this.#tell(folder)
      else if (kind !== 'changed' && kind !== 'ready') this.#tellOfWatch(folder)
    })
  }

  #tell(folder: Folder): void {
    folder.timer ??= setTimeout(() => this.#redraw(folder), GATHER)
  }

  /**
   * What this extension has done itself is seen by then, and rows that are drawn anew belong to no selection and know no key for a moment: those
   * that stay as they are are left alone.
   */
  #tellOfWatch(folder: Folder): void {
    folder.lookTimer ??= setTimeout(async () => {
      folder.lookTimer = undefined
      const isSame = await this.#list(folder.file).then(
        ({ entries, isCut }) => JSON.stringify([entries, isCut]) === folder.shown,
        () => false,
      )
      if (!isSame && this.#folders.get(keyOfFile(folder.file)) === folder) this.#redraw(folder)
    }, GATHER)
  }

  #redraw(folder: Folder): void {
    clearTimers(folder)
    const row = this.find(folder.file)
    if (row === undefined) return
    folder.redrawn ??= Promise.withResolvers()
    this.#changed.fire(row)
  }

  #leave(isLeft: (folder: Folder) => boolean): void {
    for (const [key, folder] of this.#folders) {
      if (!isLeft(folder)) continue
      unwatch(folder)
      clearTimers(folder)
      this.#folders.delete(key)
    }
  }
}

function clearTimers(folder: Folder): void {
  clearTimeout(folder.timer)
  clearTimeout(folder.lookTimer)
  folder.timer = undefined
  folder.lookTimer = undefined
}

function unwatch(folder: Folder): void {
  folder.watch?.dispose()
  folder.watch = undefined
}

function keyOfFile({ place, path }: FileRef): string {
  return `${keyOf(place)}${path}`
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
