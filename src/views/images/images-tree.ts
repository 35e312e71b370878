/** The tree of images: names in their order, what has none in one row, and the work that goes on. */
import * as l10n from '@vscode/l10n'
import type { Disposable } from 'vscode'
import { type ImageRef, imageRowOf } from '../../commands/refs.ts'
import { Emitter } from '../../events/emitter.ts'
import type { Host } from '../../hosts/host.ts'
import { isHostImage } from '../../hosts/host-image.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { ImageRow } from '../../model/rows.ts'
import type { ActivePulls } from '../../run/active-pulls.ts'
import { AdoptedRows } from '../adopted-rows.ts'
import { type ChildRow, childrenOf, type ImageChildren, rowsOrWords } from '../child-rows.ts'
import { GatheredChanges } from '../gathered-changes.ts'
import { listenToHosts } from '../host-events.ts'
import { hostRowLook } from '../host-row.ts'
import type { ItemLook } from '../item-look.ts'
import { rootsOf } from '../usable-hosts.ts'
import type { ViewContent } from '../view-state.ts'
import type { ViewTree } from '../view-tree.ts'
import { danglingLook, imageLook, pullLook } from './image-look.ts'
import { readTooltip } from './image-tooltip.ts'
import { ImageUsers } from './image-users.ts'
import { type ImagesNode, ImagesNodes, idOf, isChildRow, type OwnNode } from './nodes.ts'

export interface ImagesTreeParts {
  readonly hosts: Hosts
  readonly pulls: ActivePulls
  readonly sources: readonly ImageChildren[]
}

/** Milliseconds: a pull reports many times a second, and nobody reads that fast. */
const PULL_INTERVAL = 200

export class ImagesTree implements ViewTree<ImagesNode> {
  readonly #parts: ImagesTreeParts
  readonly #listening: readonly Disposable[]
  readonly #redrawn = new Emitter<readonly ImagesNode[] | undefined>()
  readonly #changes = new GatheredChanges(({ isAll, rows }) => this.#onChanges(isAll ? undefined : rows))
  readonly #nodes = new ImagesNodes()
  readonly #adopted = new AdoptedRows<OwnNode>()
  readonly #users = new ImageUsers()
  #pullIds = ''
  #pullTimer: NodeJS.Timeout | undefined
  readonly onDidRedraw = this.#redrawn.event

  constructor(parts: ImagesTreeParts) {
    this.#parts = parts
    this.#listening = [
      listenToHosts(parts.hosts, {
        hosts: () => this.#changes.all(),
        state: () => this.#changes.all(),
        model: (host, change) => {
          if (change.kind === 'all' || change.kind === 'images') this.#changes.all()
          else if (change.kind === 'container' && change.change !== 'changed') this.#changes.row(host, change.id)
        },
      }),
      parts.pulls.onDidChange(() => this.#onPulls()),
      ...parts.sources.flatMap((source) => source.onDidChange?.((what) => this.#onChild(what)) ?? []),
    ]
  }

  /** Of all hosts that are shown. */
  get content(): ViewContent {
    const roots = rootsOf(this.#parts.hosts.all)
    const hosts = roots.kind === 'hosts' ? roots.hosts : roots.host === undefined ? [] : [roots.host]
    const images = hosts.reduce((sum, { model }) => sum + model.images.length, 0)
    return { shown: images + this.#parts.pulls.list.length, total: images }
  }

  roots(): readonly ImagesNode[] {
    const roots = rootsOf(this.#parts.hosts.all)
    const pulls = this.#parts.pulls.list.map(({ id }) => this.#nodes.of({ kind: 'pull', pullId: id }))
    if (roots.kind === 'hosts') return [...pulls, ...roots.hosts.map((host) => this.#nodes.of({ kind: 'host', host }))]
    return [...pulls, ...(roots.host === undefined ? [] : this.#inHost(roots.host))]
  }

  children(node: ImagesNode): readonly ImagesNode[] | Promise<readonly ImagesNode[]> {
    if (isChildRow(node))
      return this.#adopted.below(
        node,
        rowsOrWords(async () => (await node.children?.()) ?? []),
      )
    switch (node.kind) {
      case 'host':
        return this.#inHost(node.host)
      case 'dangling':
        return dangling(node.host).map(({ id }) => this.#nodes.of({ kind: 'image', host: node.host, imageId: id }))
      case 'image':
        return this.#adopted.below(node, childrenOf(this.#parts.sources, node))
      case 'pull':
        return []
    }
  }

  parent(node: ImagesNode): ImagesNode | undefined {
    if (isChildRow(node)) return this.#adopted.parent(node)
    if (node.kind === 'host' || node.kind === 'pull') return undefined
    if (node.kind === 'image' && node.tag === undefined) return this.#nodes.of({ kind: 'dangling', host: node.host })
    return rootsOf(this.#parts.hosts.all).kind === 'hosts' ? this.#nodes.of({ kind: 'host', host: node.host }) : undefined
  }

  idOf(node: ImagesNode): string {
    return isChildRow(node) ? this.#adopted.idOf(node, (parent) => this.idOf(parent)) : idOf(node)
  }

  look(node: ImagesNode): ItemLook {
    if (isChildRow(node)) return node.look
    switch (node.kind) {
      case 'host':
        return hostRowLook(node.host, countText(node.host))
      case 'dangling':
        return danglingLook(dangling(node.host), node.host)
      case 'image':
        return this.#imageLook(node)
      case 'pull': {
        const pull = this.#parts.pulls.list.find(({ id }) => id === node.pullId)
        return pull === undefined ? { id: String(node.pullId), label: l10n.t('(done)'), flags: [] } : pullLook(pull)
      }
    }
  }

  async tooltip(node: ImagesNode, signal: AbortSignal): Promise<string | undefined> {
    if (isChildRow(node) || node.kind !== 'image') return undefined
    const row = imageRowOf(node)
    return row === undefined ? undefined : await readTooltip(node, row, this.#users.namesOf(node), signal)
  }

  /** Everything may look different. */
  redraw(): void {
    this.#changes.all()
  }

  dispose(): void {
    clearTimeout(this.#pullTimer)
    this.#changes.dispose()
    for (const each of this.#listening) each.dispose()
    this.#redrawn.dispose()
  }

  #imageLook(node: ImageRef): ItemLook {
    const { host, tag } = node
    const row = imageRowOf(node)
    if (row === undefined) return { id: node.imageId, label: l10n.t('(removed)'), flags: [] }
    return imageLook(row, { host, tag, users: this.#users.namesOf(node).length, hasChildren: this.#parts.sources.length > 0 })
  }

  #inHost(host: Host): readonly ImagesNode[] {
    const named = host.model.images.flatMap(({ id, tags }) => tags.map((tag) => ({ id, tag })))
    const rank = (tag: string) => (isHostImage(host, tag) ? 0 : 1)
    named.sort((a, b) => rank(a.tag) - rank(b.tag) || collator.compare(a.tag, b.tag))
    const nodes = named.map(({ id, tag }) => this.#nodes.of({ kind: 'image', host, imageId: id, tag }))
    return dangling(host).length === 0 ? nodes : [...nodes, this.#nodes.of({ kind: 'dangling', host })]
  }

  /** By host, the containers that came or went; without, everything. */
  #onChanges(rows: ReadonlyMap<Host, ReadonlySet<string>> | undefined): void {
    if (rows === undefined) {
      this.#users.clear()
      this.#nodes.clear()
      this.#redrawn.fire(undefined)
      return
    }
    const nodes = [...rows.keys()].flatMap((host) => {
      const changed = this.#users.update(host)
      return host.model.images
        .filter(({ id }) => changed.has(id))
        .flatMap(({ id, tags }) =>
          tags.length === 0
            ? [this.#nodes.of({ kind: 'image', host, imageId: id })]
            : tags.map((tag) => this.#nodes.of({ kind: 'image', host, imageId: id, tag })),
        )
    })
    this.#redrawn.fire(nodes)
  }

  #onPulls(): void {
    this.#pullTimer ??= setTimeout(() => {
      this.#pullTimer = undefined
      const { list } = this.#parts.pulls
      const ids = list.map(({ id }) => id).join()
      const isSame = ids === this.#pullIds
      this.#pullIds = ids
      this.#redrawn.fire(isSame ? list.map(({ id }) => this.#nodes.of({ kind: 'pull', pullId: id })) : undefined)
    }, PULL_INTERVAL)
  }

  #onChild(what: ChildRow | ImageRef): void {
    if ('look' in what) this.#redrawn.fire([what])
    else this.#redrawn.fire([this.#nodes.of({ ...what, kind: 'image' })])
  }
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function countText({ model: { images } }: Host): string {
  return images.length === 1 ? l10n.t('1 image') : l10n.t('{0} images', images.length)
}

function dangling({ model }: Host): readonly ImageRow[] {
  return model.images.filter(({ tags }) => tags.length === 0)
}
