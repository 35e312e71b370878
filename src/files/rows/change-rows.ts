/** What a container has changed of its image, as rows. */
import * as l10n from '@vscode/l10n'
import type { ContainerRef } from '../../commands/refs.ts'
import { Emitter } from '../../events/emitter.ts'
import type { ChildRow } from '../../views/child-rows.ts'
import type { ItemLook } from '../../views/item-look.ts'
import { type ChangeKind, type ChangeNode, type ChangeTree, changeTree, type FileDifference, readChanges } from '../changes.ts'
import { type FileRef, isBelow, type Place } from '../place.ts'
import { uriTextOf } from '../place-uri.ts'
import { shownName } from '../shown-name.ts'
import { COPY_KEY } from './file-row.ts'

/** The row that has all changes of a container below it. */
export interface ChangesRow extends ChildRow {
  readonly changesOf: ContainerRef
}

/** The row of one change. */
export interface ChangeRow extends ChildRow {
  readonly change: { readonly file: FileRef; readonly kind: ChangeKind }
  readonly container: ContainerRef
}

/** Rows of one folder; a container may add a hundred thousand files. */
const MOST_ROWS = 2000
/** Milliseconds for which what was read is what there is: a row that is drawn again because of its number is not read again for it. */
const FRESH = 1000
/** Milliseconds. Engines look through all that a container has written, and a program may write all the time. */
const SOON = 150
const INTERVAL = 2000

/** Whether a file of a container is what its image has. */
type IsAsImage = (container: ContainerRef, path: string) => Promise<boolean>

interface Known {
  readonly tree: ChangeTree
  /** By `performance.now`. */
  readonly at: number
}

export class ChangeRows {
  readonly #changed = new Emitter<ChildRow>()
  readonly #rows = new Map<string, ChangesRow>()
  readonly #known = new Map<string, Known>()
  readonly #reading = new Map<string, Promise<ChangeTree>>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #putBack = new Map<string, readonly string[]>()
  readonly #isAsImage: IsAsImage
  /** They look different now. */
  readonly onDidChange = this.#changed.event

  constructor(isAsImage: IsAsImage) {
    this.#isAsImage = isAsImage
  }

  /** The row of a container's changes, which says how many there are once they have been read. `place` is the container. */
  root(container: ContainerRef, place: Place): ChangesRow {
    const key = keyOf(container)
    const known = this.#known
    const row: ChangesRow = {
      changesOf: container,
      get look() {
        return changesLook(known.get(key)?.tree.count)
      },
      children: () => this.#children(container, place),
    }
    this.#rows.set(key, row)
    return row
  }

  /** Counts them, so that the row says how many there are. What goes wrong is told when somebody wants to see them. */
  async count(container: ContainerRef): Promise<void> {
    await this.#read(container).catch(() => undefined)
  }

  /** Reads them again soon, where they have been read or are being read. */
  refresh(container: ContainerRef): void {
    const key = keyOf(container)
    const known = this.#known.get(key)
    if ((known === undefined && !this.#reading.has(key)) || this.#timers.has(key)) return
    const due = known === undefined ? 0 : known.at + INTERVAL - performance.now()
    const timer = setTimeout(() => void this.#refreshNow(container), Math.max(SOON, due))
    this.#timers.set(key, timer)
  }

  /** What lies at a path has been made as the image has it. Engines tell of it all the same: it is a file of the container's own now. */
  putBack(container: ContainerRef, path: string): void {
    const key = keyOf(container)
    this.#putBack.set(key, [...(this.#putBack.get(key) ?? []), path])
  }

  /** What is known of a container that is gone is of no use. */
  forget(container: ContainerRef): void {
    this.#rows.delete(keyOf(container))
    this.#known.delete(keyOf(container))
    this.#putBack.delete(keyOf(container))
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#changed.dispose()
  }

  async #children(container: ContainerRef, place: Place): Promise<readonly ChildRow[]> {
    const known = this.#known.get(keyOf(container))
    const tree = known !== undefined && performance.now() - known.at < FRESH ? known.tree : await this.#read(container)
    return tree.count === 0 ? [noteRow(l10n.t('Nothing differs from the image.'))] : rowsOf(tree.nodes, container, place)
  }

  async #refreshNow(container: ContainerRef): Promise<void> {
    const key = keyOf(container)
    this.#timers.delete(key)
    // What is being read may have been looked at before that which is to be seen.
    await this.#reading.get(key)?.catch(() => undefined)
    const known = this.#known.get(key)
    const row = this.#rows.get(key)
    if (known === undefined || row === undefined) return
    this.#known.set(key, { ...known, at: Number.NEGATIVE_INFINITY })
    this.#changed.fire(row)
    // A row that is folded is not read again by being drawn.
    void this.count(container)
  }

  #read(container: ContainerRef): Promise<ChangeTree> {
    const key = keyOf(container)
    const reading = this.#reading.get(key) ?? this.#readNow(container).finally(() => this.#reading.delete(key))
    this.#reading.set(key, reading)
    return reading
  }

  async #readNow(container: ContainerRef): Promise<ChangeTree> {
    const key = keyOf(container)
    const differences = await readChanges(container.host.client, container.containerId)
    const tree = changeTree(await this.#withoutPutBack(container, differences))
    const before = this.#known.get(key)?.tree.count
    this.#known.set(key, { tree, at: performance.now() })
    const row = this.#rows.get(key)
    if (before !== tree.count && row !== undefined) this.#changed.fire(row)
    return tree
  }

  async #withoutPutBack(container: ContainerRef, list: readonly FileDifference[]): Promise<readonly FileDifference[]> {
    const paths = this.#putBack.get(keyOf(container)) ?? []
    if (paths.length === 0) return list
    // The folders that they are in differed because of them.
    const isNear = (path: string) => paths.some((each) => path === each || isBelow(path, each) || isBelow(each, path))
    const isMaybe = ({ path, kind }: FileDifference) => kind === 'modified' && isNear(path)
    const kept = await Promise.all(
      list.map(async (difference) => !isMaybe(difference) || !(await this.#isAsImage(container, difference.path).catch(() => false))),
    )
    return list.filter((_difference, index) => kept[index])
  }
}

function changesLook(count: number | undefined): ItemLook {
  return {
    id: 'changes',
    label: count === undefined ? l10n.t('Changes') : l10n.t('Changes ({0})', count),
    spoken: count === undefined ? l10n.t('Changes') : l10n.t('Changes ({0})', count),
    icon: { name: 'diff' },
    tooltip: l10n.t('What differs from the image that the container was made of.'),
    flags: ['changes'],
    fold: 'folded',
  }
}

function rowsOf(nodes: readonly ChangeNode[], container: ContainerRef, place: Place): readonly ChildRow[] {
  const rows = nodes.slice(0, MOST_ROWS).map((node) => rowOf(node, container, place))
  const left = nodes.length - rows.length
  return left === 0 ? rows : [...rows, noteRow(l10n.t('… and {0} more', left))]
}

function rowOf(node: ChangeNode, container: ContainerRef, place: Place): ChildRow {
  const file: FileRef = { place, path: node.path }
  const isFolder = node.children.length > 0
  const children = isFolder ? { children: async () => rowsOf(node.children, container, place) } : {}
  const { kind } = node
  const look: ItemLook = {
    id: node.name,
    label: shownName(node.name, 255),
    icon: { name: isFolder ? 'folder' : 'file' },
    file: uriTextOf(file, kind ?? 'contains'),
    // The decoration's words come after it.
    tooltip: shownName(node.path, 1000),
    keys: COPY_KEY,
    flags: ['change', kind ?? 'unchanged', isFolder ? 'folder' : 'leaf'],
    spoken: kind === undefined ? shownName(node.name, 255) : `${shownName(node.name, 255)}, ${kindText(kind)}`,
    ...(isFolder ? { fold: 'folded' } : { command: { id: 'pocker.files.openChange', title: l10n.t('Open Change') } }),
  }
  if (kind === undefined) return { look, ...children }
  const row: ChangeRow = { look, change: { file, kind }, container, ...children }
  return row
}

function noteRow(label: string): ChildRow {
  return { look: { id: '/', label, flags: ['note'] } }
}

/** A change in words. */
export function kindText(kind: ChangeKind): string {
  switch (kind) {
    case 'added':
      return l10n.t('added since the image')
    case 'modified':
      return l10n.t('changed since the image')
    case 'deleted':
      return l10n.t('deleted since the image')
  }
}

function keyOf({ host, containerId }: ContainerRef): string {
  return JSON.stringify([host.id, containerId])
}
