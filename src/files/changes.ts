/** What a container has changed of its image, as any engine tells it, and as a tree. */
import { posix } from 'node:path'
import { z } from 'zod'
import type { EngineClient } from '../client/engine-client.ts'
import { normalPath } from './place-uri.ts'

export type ChangeKind = 'added' | 'modified' | 'deleted'

export interface FileDifference {
  readonly path: string
  readonly kind: ChangeKind
}

const KINDS: readonly ChangeKind[] = ['modified', 'added', 'deleted']

/** Of `GET /containers/{id}/changes`. */
const changesSchema = z
  .array(z.object({ Path: z.string(), Kind: z.number() }))
  .nullable()
  .transform((list) =>
    (list ?? []).flatMap(({ Path, Kind }): FileDifference[] => {
      const kind = KINDS[Kind]
      return kind === undefined ? [] : [{ path: normalPath(Path), kind }]
    }),
  )

/** Errors: EngineError. */
export async function readChanges(client: EngineClient, containerId: string): Promise<readonly FileDifference[]> {
  return await client.ask('GET', `/containers/${encodeURIComponent(containerId)}/changes`, changesSchema)
}

export interface ChangeNode {
  /** Several parts where folders have nothing else in them. */
  readonly name: string
  readonly path: string
  /** Absent for a folder that is only on the way to what has changed. */
  readonly kind?: ChangeKind
  readonly children: readonly ChangeNode[]
}

export interface ChangeTree {
  readonly nodes: readonly ChangeNode[]
  /** Files and folders that differ, without the folders that they are in. */
  readonly count: number
}

interface Building {
  readonly path: string
  kind: ChangeKind | undefined
  readonly children: Map<string, Building>
}

/** The changes as a tree, folders first. */
export function changeTree(changes: readonly FileDifference[]): ChangeTree {
  const root: Building = { path: '/', kind: undefined, children: new Map() }
  for (const { path, kind } of changes) if (path !== '/') nodeAt(root, path).kind = kind
  return { nodes: nodesOf(root), count: countOf(root) }
}

function nodeAt(root: Building, path: string): Building {
  let at = root
  for (const name of path.slice(1).split('/')) {
    let next = at.children.get(name)
    if (next === undefined) {
      next = { path: posix.join(at.path, name), kind: undefined, children: new Map() }
      at.children.set(name, next)
    }
    at = next
  }
  return at
}

function countOf({ children }: Building): number {
  let count = 0
  for (const child of children.values()) count += child.children.size === 0 ? 1 : countOf(child)
  return count
}

function nodesOf({ children }: Building): readonly ChangeNode[] {
  const nodes = [...children].map(([name, child]) => nodeOf(name, child))
  const rank = (node: ChangeNode) => (node.children.length > 0 ? 0 : 1)
  return nodes.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

function nodeOf(name: string, building: Building): ChangeNode {
  const [only] = building.children
  // Engines tell of each folder that something in it has changed.
  const isOnTheWay = building.kind === undefined || (building.kind === 'modified' && building.children.size > 0)
  if (isOnTheWay && only !== undefined && building.children.size === 1 && only[1].children.size > 0)
    return nodeOf(`${name}/${only[0]}`, only[1])
  const { path, kind } = building
  return { name, path, ...(isOnTheWay || kind === undefined ? {} : { kind }), children: nodesOf(building) }
}
