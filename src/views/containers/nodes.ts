/** The rows of the view "Containers", as commands get them. */
import type { ContainerRef } from '../../commands/refs.ts'
import type { Host } from '../../hosts/host.ts'
import type { ChildRow } from '../child-rows.ts'
import type { HostNode } from '../host-row.ts'

export interface GroupNode {
  readonly kind: 'group'
  readonly host: Host
  readonly key: string
  /** Those that are in it now: what is done to the group is done to them. */
  readonly containers: readonly ContainerRef[]
}

export interface ContainerNode extends ContainerRef {
  readonly kind: 'container'
  /** The key of its group; absent: it is in none. */
  readonly group?: string
}

export type OwnNode = HostNode | GroupNode | ContainerNode
export type ContainersNode = OwnNode | ChildRow

/** Whether another part of the extension has made the row. */
export function isChildRow(node: ContainersNode): node is ChildRow {
  return 'look' in node
}

/** A row's place in the tree, as text that no other row has. */
export function idOf(node: OwnNode): string {
  const host = encodeURIComponent(node.host.id)
  switch (node.kind) {
    case 'host':
      return `host ${host}`
    case 'group':
      return `group ${host}/${node.key}`
    case 'container':
      return `container ${host}/${node.group === undefined ? '' : `${node.group}/`}${node.containerId}`
  }
}

/** VS Code tells rows apart by their objects: each row has one for as long as it is there. */
export class ContainersNodes {
  readonly #idsOf: (host: Host, group: string) => readonly string[]
  readonly #hosts = new Map<Host, HostNode>()
  readonly #groups = new Map<string, GroupNode>()
  readonly #containers = new Map<string, ContainerNode>()

  /** `idsOf` says which containers are in a group. */
  constructor(idsOf: (host: Host, group: string) => readonly string[]) {
    this.#idsOf = idsOf
  }

  host(host: Host): HostNode {
    return known(this.#hosts, host, { kind: 'host', host })
  }

  group(host: Host, key: string): GroupNode {
    const idsIn = this.#idsOf
    const node: GroupNode = {
      kind: 'group',
      host,
      key,
      get containers(): readonly ContainerRef[] {
        return idsIn(host, key).map((containerId) => ({ host, containerId }))
      },
    }
    return known(this.#groups, idOf(node), node)
  }

  container(host: Host, containerId: string, group?: string): ContainerNode {
    const node: ContainerNode = { kind: 'container', host, containerId, ...(group === undefined ? {} : { group }) }
    return known(this.#containers, idOf(node), node)
  }

  clear(): void {
    this.#hosts.clear()
    this.#groups.clear()
    this.#containers.clear()
  }
}

function known<K, V>(map: Map<K, V>, key: K, fresh: V): V {
  const there = map.get(key)
  if (there !== undefined) return there
  map.set(key, fresh)
  return fresh
}
