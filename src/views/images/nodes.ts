/** The rows of the view "Images", as commands get them. */
import type { ImageRef } from '../../commands/refs.ts'
import type { Host } from '../../hosts/host.ts'
import type { ChildRow } from '../child-rows.ts'
import type { HostNode } from '../host-row.ts'

/** One name of an image, or an image without any. */
export interface ImageNode extends ImageRef {
  readonly kind: 'image'
}

/** All images of a host that have no name. */
export interface DanglingNode {
  readonly kind: 'dangling'
  readonly host: Host
}

/** Work that goes on. */
export interface PullNode {
  readonly kind: 'pull'
  readonly pullId: number
}

export type OwnNode = HostNode | ImageNode | DanglingNode | PullNode
export type ImagesNode = OwnNode | ChildRow

/** Whether another part of the extension has made the row. */
export function isChildRow(node: ImagesNode): node is ChildRow {
  return 'look' in node
}

/** A row's place in the tree, as text that no other row has. */
export function idOf(node: OwnNode): string {
  if (node.kind === 'pull') return `pull ${node.pullId}`
  const host = encodeURIComponent(node.host.id)
  if (node.kind === 'image') return `image ${host}/${node.imageId}/${node.tag ?? ''}`
  return `${node.kind} ${host}`
}

/** VS Code tells rows apart by their objects: each row has one for as long as it is there. */
export class ImagesNodes {
  readonly #known = new Map<string, OwnNode>()

  /** The object of the row that `fresh` describes. */
  of(fresh: OwnNode): OwnNode {
    const id = idOf(fresh)
    const there = this.#known.get(id)
    if (there !== undefined) return there
    this.#known.set(id, fresh)
    return fresh
  }

  clear(): void {
    this.#known.clear()
  }
}
