/** The tree of volumes: those with names in their order, then the others. */
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import { type VolumeRef, volumeUsers } from '../../commands/refs.ts'
import { Emitter } from '../../events/emitter.ts'
import type { Host } from '../../hosts/host.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { VolumeRow } from '../../model/rows.ts'
import type { VolumeLists } from '../../model/volume-lists.ts'
import { AdoptedRows } from '../adopted-rows.ts'
import { type ChildSource, childrenOf, rowsOrWords } from '../child-rows.ts'
import { GatheredChanges } from '../gathered-changes.ts'
import { listenToHosts } from '../host-events.ts'
import { hostRowLook } from '../host-row.ts'
import type { ItemLook } from '../item-look.ts'
import { rootsOf } from '../usable-hosts.ts'
import type { ViewContent } from '../view-state.ts'
import type { ViewTree } from '../view-tree.ts'
import { idOf, isChildRow, type OwnNode, type VolumeNode, type VolumesNode } from './nodes.ts'
import { volumeLook, volumeTooltip } from './volume-look.ts'

export interface VolumesTreeParts {
  readonly hosts: Hosts
  readonly lists: VolumeLists
  readonly sources: readonly ChildSource<VolumeRef>[]
}

export class VolumesTree implements ViewTree<VolumesNode> {
  readonly #parts: VolumesTreeParts
  readonly #listening: readonly Disposable[]
  readonly #redrawn = new Emitter<readonly VolumesNode[] | undefined>()
  readonly #changes = new GatheredChanges(({ isAll, rows }) => this.#onChanges(isAll ? undefined : rows))
  readonly #nodes = new Map<string, OwnNode>()
  readonly #adopted = new AdoptedRows<OwnNode>()
  readonly onDidRedraw = this.#redrawn.event

  constructor(parts: VolumesTreeParts) {
    const { hosts, lists, sources } = parts
    this.#parts = parts
    this.#listening = [
      listenToHosts(hosts, {
        hosts: () => {
          this.#nodes.clear()
          this.#changes.all()
        },
        state: (host) => {
          if (host.state.kind === 'ready') lists.stale(host)
          this.#changes.all()
        },
        model: (host, change) => {
          if (change.kind === 'volumes' || change.kind === 'all') lists.stale(host)
          // Who has a volume is known by the containers.
          if (change.kind === 'all') this.#changes.all()
          else if (change.kind === 'container' && change.change !== 'changed') this.#changes.row(host, '')
        },
      }),
      lists.onDidChange(() => this.#changes.all()),
      ...sources.flatMap(
        (source) => source.onDidChange?.((what) => this.#redrawn.fire(['look' in what ? what : this.#volume(what)])) ?? [],
      ),
    ]
  }

  /** Of all hosts that are shown. A host whose volumes are not known yet counts as one that has some: nothing is said of it. */
  get content(): ViewContent {
    const shown = this.#hosts().reduce((sum, host) => sum + this.#parts.lists.known(host).length, 0)
    return { shown, total: shown }
  }

  /** Whether it is known what there is. */
  get isKnown(): boolean {
    return this.#hosts().every((host) => host.state.kind !== 'ready' || this.#parts.lists.isKnown(host))
  }

  roots(): readonly VolumesNode[] {
    const roots = rootsOf(this.#parts.hosts.all)
    if (roots.kind === 'hosts') return roots.hosts.map((host) => this.#node({ kind: 'host', host }))
    return roots.host === undefined ? [] : this.#inHost(roots.host)
  }

  children(node: VolumesNode): readonly VolumesNode[] | Promise<readonly VolumesNode[]> {
    if (isChildRow(node))
      return this.#adopted.below(
        node,
        rowsOrWords(async () => (await node.children?.()) ?? []),
      )
    return node.kind === 'host' ? this.#inHost(node.host) : this.#adopted.below(node, childrenOf(this.#parts.sources, node))
  }

  parent(node: VolumesNode): VolumesNode | undefined {
    if (isChildRow(node)) return this.#adopted.parent(node)
    if (node.kind === 'host') return undefined
    return rootsOf(this.#parts.hosts.all).kind === 'hosts' ? this.#node({ kind: 'host', host: node.host }) : undefined
  }

  idOf(node: VolumesNode): string {
    return isChildRow(node) ? this.#adopted.idOf(node, (parent) => this.idOf(parent)) : idOf(node)
  }

  look(node: VolumesNode): ItemLook {
    if (isChildRow(node)) return node.look
    if (node.kind === 'host') return hostRowLook(node.host, countText(this.#parts.lists.known(node.host).length))
    const row = this.#rowOf(node)
    if (row === undefined) return { id: node.volume, label: l10n.t('(removed)'), flags: [] }
    return volumeLook(row, { host: node.host, ...this.#facts(node), hasChildren: this.#parts.sources.length > 0 })
  }

  async tooltip(node: VolumesNode): Promise<string | undefined> {
    if (isChildRow(node) || node.kind === 'host') return undefined
    const row = this.#rowOf(node)
    return row === undefined ? undefined : volumeTooltip(row, this.#facts(node))
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

  #facts(ref: VolumeRef): { readonly users: readonly string[]; readonly size: number | undefined } {
    return { users: volumeUsers(ref).map(({ name }) => name), size: this.#parts.lists.sizeOf(ref.host, ref.volume) }
  }

  #rowOf({ host, volume }: VolumeRef): VolumeRow | undefined {
    return this.#parts.lists.known(host).find(({ name }) => name === volume)
  }

  #inHost(host: Host): readonly VolumesNode[] {
    if (host.state.kind === 'stopped') return []
    return this.#parts.lists.known(host).map(({ name }) => this.#volume({ host, volume: name }))
  }

  #hosts(): readonly Host[] {
    const roots = rootsOf(this.#parts.hosts.all)
    return roots.kind === 'hosts' ? roots.hosts : roots.host === undefined ? [] : [roots.host]
  }

  #volume({ host, volume }: VolumeRef): OwnNode {
    return this.#node({ kind: 'volume', host, volume } satisfies VolumeNode)
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
    else this.#redrawn.fire([...rows.keys()].flatMap((host) => (this.#parts.lists.isKnown(host) ? this.#inHost(host) : [])))
  }
}

function countText(count: number): string {
  return count === 1 ? l10n.t('1 volume') : l10n.t('{0} volumes', count)
}
