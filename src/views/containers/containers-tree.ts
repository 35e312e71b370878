/** The tree of containers: what its rows are, in which order, and which of them have to be drawn anew. */
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import type { ContainerRef } from '../../commands/refs.ts'
import { Emitter } from '../../events/emitter.ts'
import type { Host } from '../../hosts/host.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import { AdoptedRows } from '../adopted-rows.ts'
import { type ChildRow, type ContainerChildren, childrenOf, rowsOrWords } from '../child-rows.ts'
import { type Changes, GatheredChanges } from '../gathered-changes.ts'
import { listenToHosts } from '../host-events.ts'
import { hostRowLook } from '../host-row.ts'
import { runningText } from '../hosts/host-look.ts'
import type { ItemLook } from '../item-look.ts'
import { rootsOf } from '../usable-hosts.ts'
import type { ViewTree } from '../view-tree.ts'
import { redrawOf } from './arrangement-changes.ts'
import { Arrangements } from './arrangements.ts'
import { containerLook } from './container-look.ts'
import { readTooltip } from './container-tooltip.ts'
import { groupLook } from './group-look.ts'
import { type ContainerNode, type ContainersNode, ContainersNodes, idOf, isChildRow, type OwnNode } from './nodes.ts'
import type { ContainersOptions } from './options.ts'

export interface ContainersTreeParts {
  readonly hosts: Hosts
  /** As they are now; whoever changes them calls `redraw`. */
  readonly options: () => ContainersOptions
  readonly sources: readonly ContainerChildren[]
}

export class ContainersTree implements ViewTree<ContainersNode> {
  readonly #parts: ContainersTreeParts
  readonly #listening: readonly Disposable[]
  readonly #redrawn = new Emitter<readonly ContainersNode[] | undefined>()
  readonly #changes = new GatheredChanges((changes) => this.#onChanges(changes))
  readonly #arrangements: Arrangements
  readonly #nodes: ContainersNodes
  readonly #adopted = new AdoptedRows<OwnNode>()
  readonly onDidRedraw = this.#redrawn.event

  constructor(parts: ContainersTreeParts) {
    this.#parts = parts
    this.#arrangements = new Arrangements(parts.options)
    this.#nodes = new ContainersNodes((host, group) => this.#arrangements.group(host, group).ids)
    this.#listening = [
      listenToHosts(parts.hosts, {
        hosts: () => this.#changes.all(),
        state: () => this.#changes.all(),
        model: (host, change) => {
          if (change.kind === 'all') this.#changes.all()
          else if (change.kind === 'container') this.#changes.row(host, change.id)
        },
      }),
      ...parts.sources.flatMap((source) => source.onDidChange?.((what) => this.#onChild(what)) ?? []),
    ]
  }

  /** Counts over all hosts that are shown. */
  get content(): ReturnType<Arrangements['sum']> {
    return this.#arrangements.sum(this.#parts.hosts.all)
  }

  roots(): readonly ContainersNode[] {
    const roots = rootsOf(this.#parts.hosts.all)
    if (roots.kind === 'hosts') return roots.hosts.map((host) => this.#nodes.host(host))
    return roots.host === undefined ? [] : this.#inHost(roots.host)
  }

  children(node: ContainersNode): readonly ContainersNode[] | Promise<readonly ContainersNode[]> {
    if (isChildRow(node))
      return this.#adopted.below(
        node,
        rowsOrWords(async () => (await node.children?.()) ?? []),
      )
    switch (node.kind) {
      case 'host':
        return this.#inHost(node.host)
      case 'group':
        return node.containers.map(({ containerId }) => this.#nodes.container(node.host, containerId, node.key))
      case 'container':
        return this.#adopted.below(node, childrenOf(this.#parts.sources, node))
    }
  }

  parent(node: ContainersNode): ContainersNode | undefined {
    if (isChildRow(node)) return this.#adopted.parent(node)
    if (node.kind === 'host') return undefined
    if (node.kind === 'container' && node.group !== undefined) return this.#nodes.group(node.host, node.group)
    return rootsOf(this.#parts.hosts.all).kind === 'hosts' ? this.#nodes.host(node.host) : undefined
  }

  idOf(node: ContainersNode): string {
    return isChildRow(node) ? this.#adopted.idOf(node, (parent) => this.idOf(parent)) : idOf(node)
  }

  look(node: ContainersNode): ItemLook {
    if (isChildRow(node)) return node.look
    switch (node.kind) {
      case 'host':
        return hostRowLook(node.host, runningText(node.host))
      case 'group':
        return groupLook(this.#arrangements.group(node.host, node.key), node.host)
      case 'container':
        return this.#containerLook(node)
    }
  }

  async tooltip(node: ContainersNode, signal: AbortSignal): Promise<string | undefined> {
    if (isChildRow(node) || node.kind !== 'container') return undefined
    const row = node.host.model.containers.get(node.containerId)
    return row === undefined ? undefined : await readTooltip(node, row, signal)
  }

  /** The row of a container, when it is shown. */
  find({ host, containerId }: ContainerRef): ContainerNode | undefined {
    const place = this.#arrangements.placeOf(host, containerId)
    return place === undefined ? undefined : this.#nodes.container(host, containerId, place.group)
  }

  /** Everything may look different, such as when the options have changed. */
  redraw(): void {
    this.#changes.all()
  }

  dispose(): void {
    this.#changes.dispose()
    for (const each of this.#listening) each.dispose()
    this.#redrawn.dispose()
  }

  #containerLook({ host, containerId }: ContainerNode): ItemLook {
    const row = host.model.containers.get(containerId)
    // It went in the moment it was asked for; the redrawing follows.
    if (row === undefined) return { id: containerId, label: l10n.t('(removed)'), flags: [] }
    const namesHost = rootsOf(this.#parts.hosts.all).kind === 'hosts'
    return containerLook(row, { host, namesHost, hasChildren: this.#parts.sources.length > 0 })
  }

  #onChanges({ isAll, rows }: Changes): void {
    const nodes = isAll ? undefined : this.#redrawnBy(rows)
    if (nodes === undefined) {
      this.#arrangements.clear()
      this.#nodes.clear()
    }
    this.#redrawn.fire(nodes)
  }

  #redrawnBy(rows: Changes['rows']): readonly ContainersNode[] | undefined {
    const nodes: ContainersNode[] = []
    for (const [host, ids] of rows) {
      const before = this.#arrangements.forget(host)
      const after = this.#arrangements.of(host)
      const redraw = redrawOf(before, after, ids)
      const isHostRow = rootsOf(this.#parts.hosts.all).kind === 'hosts'
      // A host's row counts what runs there.
      if (redraw.kind === 'all' || (isHostRow && before.running !== after.running)) {
        if (!isHostRow) return undefined
        nodes.push(this.#nodes.host(host))
        continue
      }
      nodes.push(...redraw.groups.map((key) => this.#nodes.group(host, key)))
      nodes.push(...redraw.containers.flatMap((containerId) => this.find({ host, containerId }) ?? []))
    }
    return nodes
  }

  #onChild(what: ChildRow | ContainerRef): void {
    const node = 'look' in what ? what : this.find(what)
    if (node !== undefined) this.#redrawn.fire([node])
  }

  #inHost(host: Host): readonly ContainersNode[] {
    const { groups, loose } = this.#arrangements.of(host)
    return [...groups.map(({ key }) => this.#nodes.group(host, key)), ...loose.map((id) => this.#nodes.container(host, id))]
  }
}
