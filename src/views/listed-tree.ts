/** The tree of a kind of things that hosts list when they are asked: volumes, networks. */
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import { Emitter } from '../events/emitter.ts'
import type { Host } from '../hosts/host.ts'
import type { Hosts } from '../hosts/hosts.ts'
import type { HostLists } from '../model/host-lists.ts'
import type { ModelChange } from '../model/host-model.ts'
import { AdoptedRows } from './adopted-rows.ts'
import { type ChildRow, type ChildSource, childrenOf, rowsOrWords } from './child-rows.ts'
import { GatheredChanges } from './gathered-changes.ts'
import { listenToHosts } from './host-events.ts'
import { type HostNode, hostRowLook } from './host-row.ts'
import type { ItemLook } from './item-look.ts'
import { rootsOf } from './usable-hosts.ts'
import type { ViewContent } from './view-state.ts'
import type { ViewTree } from './view-tree.ts'

/** What the kind is: its rows, and how they look. */
export interface ListedKind<Row, Ref extends HostPart> {
  readonly lists: Pick<HostLists<Row>, 'known' | 'isKnown' | 'stale' | 'onDidChange'>
  /** The host's events that make its list another. */
  readonly change: ModelChange['kind']
  /** Whether what happens to a container that was there before shows in these rows. */
  readonly showsContainers: boolean
  refOf(host: Host, row: Row): Ref
  /** Names it on its host. */
  keyOf(ref: Ref): string
  look(row: Row, ref: Ref, options: { readonly hasChildren: boolean }): ItemLook
  /** In Markdown. */
  tooltip(row: Row, ref: Ref): string
  /** So many of them, in words. */
  countText(count: number): string
}

interface HostPart {
  readonly host: Host
}

export interface ListedTreeParts<Ref> {
  readonly hosts: Hosts
  readonly sources: readonly ChildSource<Ref>[]
}

/** The row of one thing. Commands find in it what its `Ref` has. */
interface ThingNode extends HostPart {
  readonly kind: 'thing'
  readonly key: string
}

type OwnNode = HostNode | ThingNode
export type ListedNode = OwnNode | ChildRow

export class ListedTree<Row, Ref extends HostPart> implements ViewTree<ListedNode> {
  readonly #kind: ListedKind<Row, Ref>
  readonly #parts: ListedTreeParts<Ref>
  readonly #listening: readonly Disposable[]
  readonly #redrawn = new Emitter<readonly ListedNode[] | undefined>()
  readonly #changes = new GatheredChanges(({ isAll, rows }) => this.#onChanges(isAll ? undefined : rows))
  readonly #nodes = new Map<string, OwnNode>()
  readonly #adopted = new AdoptedRows<OwnNode>()
  readonly onDidRedraw = this.#redrawn.event

  constructor(kind: ListedKind<Row, Ref>, parts: ListedTreeParts<Ref>) {
    this.#kind = kind
    this.#parts = parts
    const { lists } = kind
    this.#listening = [
      listenToHosts(parts.hosts, {
        hosts: () => {
          this.#nodes.clear()
          this.#changes.all()
        },
        state: (host) => {
          if (host.state.kind === 'ready') lists.stale(host)
          this.#changes.all()
        },
        model: (host, change) => {
          if (change.kind === kind.change || change.kind === 'all') lists.stale(host)
          // Who uses them is known by the containers.
          if (change.kind === 'all') this.#changes.all()
          else if (change.kind === 'container' && (kind.showsContainers || change.change !== 'changed')) this.#changes.row(host, '')
        },
      }),
      lists.onDidChange(() => this.#changes.all()),
      ...parts.sources.flatMap(
        (source) => source.onDidChange?.((what) => this.#redrawn.fire(['look' in what ? what : this.#thing(what)])) ?? [],
      ),
    ]
  }

  /** Of all hosts that are shown. A host whose list is not known yet counts as one that has some: nothing is said of it. */
  get content(): ViewContent {
    const shown = this.#hosts().reduce((sum, host) => sum + this.#kind.lists.known(host).length, 0)
    return { shown, total: shown }
  }

  /** Whether it is known what there is. */
  get isKnown(): boolean {
    return this.#hosts().every((host) => host.state.kind !== 'ready' || this.#kind.lists.isKnown(host))
  }

  roots(): readonly ListedNode[] {
    const roots = rootsOf(this.#parts.hosts.all)
    if (roots.kind === 'hosts') return roots.hosts.map((host) => this.#hostNode(host))
    return roots.host === undefined ? [] : this.#inHost(roots.host)
  }

  children(node: ListedNode): readonly ListedNode[] | Promise<readonly ListedNode[]> {
    if (isChildRow(node))
      return this.#adopted.below(
        node,
        rowsOrWords(async () => (await node.children?.()) ?? []),
      )
    if (node.kind === 'host') return this.#inHost(node.host)
    const row = this.#rowOf(node)
    return row === undefined ? [] : this.#adopted.below(node, childrenOf(this.#parts.sources, this.#kind.refOf(node.host, row)))
  }

  parent(node: ListedNode): ListedNode | undefined {
    if (isChildRow(node)) return this.#adopted.parent(node)
    if (node.kind === 'host') return undefined
    return rootsOf(this.#parts.hosts.all).kind === 'hosts' ? this.#hostNode(node.host) : undefined
  }

  idOf(node: ListedNode): string {
    return isChildRow(node) ? this.#adopted.idOf(node, (parent) => this.idOf(parent)) : idOf(node)
  }

  look(node: ListedNode): ItemLook {
    if (isChildRow(node)) return node.look
    const { lists, countText, refOf, look } = this.#kind
    if (node.kind === 'host') return hostRowLook(node.host, countText(lists.known(node.host).length))
    const row = this.#rowOf(node)
    if (row === undefined) return { id: node.key, label: l10n.t('(removed)'), flags: [] }
    return look(row, refOf(node.host, row), { hasChildren: this.#parts.sources.length > 0 })
  }

  async tooltip(node: ListedNode): Promise<string | undefined> {
    if (isChildRow(node) || node.kind === 'host') return undefined
    const row = this.#rowOf(node)
    return row === undefined ? undefined : this.#kind.tooltip(row, this.#kind.refOf(node.host, row))
  }

  /** Everything may look different. */
  redraw(): void {
    this.#changes.all()
  }

  dispose(): void {
    this.#changes.dispose()
    for (const each of this.#listening) each.dispose()
    this.#redrawn.dispose()
  }

  #rowOf({ host, key }: ThingNode): Row | undefined {
    const { lists, keyOf, refOf } = this.#kind
    return lists.known(host).find((row) => keyOf(refOf(host, row)) === key)
  }

  #inHost(host: Host): readonly ListedNode[] {
    if (host.state.kind === 'stopped') return []
    return this.#kind.lists.known(host).map((row) => this.#thing(this.#kind.refOf(host, row)))
  }

  #hosts(): readonly Host[] {
    const roots = rootsOf(this.#parts.hosts.all)
    return roots.kind === 'hosts' ? roots.hosts : roots.host === undefined ? [] : [roots.host]
  }

  #hostNode(host: Host): OwnNode {
    return this.#node({ kind: 'host', host })
  }

  #thing(ref: Ref): OwnNode {
    return this.#node({ ...ref, kind: 'thing', key: this.#kind.keyOf(ref) })
  }

  /** VS Code tells rows apart by their objects: each row has one for as long as it is there. */
  #node(fresh: OwnNode): OwnNode {
    const id = idOf(fresh)
    const there = this.#nodes.get(id)
    if (there !== undefined && there.host === fresh.host) return there
    this.#nodes.set(id, fresh)
    return fresh
  }

  /** By host, what came or went; without, everything. */
  #onChanges(rows: ReadonlyMap<Host, ReadonlySet<string>> | undefined): void {
    if (rows === undefined) this.#redrawn.fire(undefined)
    else this.#redrawn.fire([...rows.keys()].flatMap((host) => (this.#kind.lists.isKnown(host) ? this.#inHost(host) : [])))
  }
}

/** Whether another part of the extension has made the row. */
function isChildRow(node: ListedNode): node is ChildRow {
  return 'look' in node
}

/** A row's place in the tree, as text that no other row has. */
function idOf(node: OwnNode): string {
  const host = encodeURIComponent(node.host.id)
  return node.kind === 'thing' ? `thing ${host}/${node.key}` : `host ${host}`
}
