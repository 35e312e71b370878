/** A plan with its conflicts decided, as the list of what is to be done. */
import { copyName } from './copy-name.ts'
import type { Decision, Plan, PlanNode, PlanNodes } from './plan.ts'
import type { SourceEntry } from './source.ts'
import type { Target } from './target.ts'

export interface Step {
  readonly entry: SourceEntry
  readonly path: string
  readonly replaces: boolean
}

/** In this order: a folder comes before what is in it, and links come last, so that nothing is ever written through one of them. */
export interface Steps {
  readonly folders: readonly Step[]
  readonly files: readonly Step[]
  readonly links: readonly Step[]
  /** Of the files. */
  readonly bytes: number
  /** Paths of what was to be replaced and cannot be: a folder by a file, or the other way round. */
  readonly refused: readonly string[]
}

/** The steps of a plan. What a file cannot replace stays as it is, with `replace` too. */
export function stepsOf({ top }: Plan, { target, folder, decision }: { target: Target; folder: string; decision: Decision }): Steps {
  const folders: Step[] = []
  const files: Step[] = []
  const links: Step[] = []
  const refused: string[] = []
  const add = ({ nodes, taken }: PlanNodes, at: string) => {
    const names = new Set(taken)
    for (const node of nodes) {
      const name = nameOf(node, decision, (other) => names.has(target.keyOf(other)))
      if (name === undefined) {
        if (decision === 'replace') refused.push(target.join(at, node.name))
        continue
      }
      names.add(target.keyOf(name))
      const { entry } = node
      const step = { entry, path: target.join(at, name), replaces: node.conflict === 'same' && decision === 'replace' }
      if (entry.kind === 'folder') folders.push(step)
      else if (entry.kind === 'link') links.push(step)
      else files.push(step)
      if (entry.kind === 'folder') add(node.children, step.path)
    }
  }
  add(top, folder)
  return { folders, files, links, bytes: files.reduce((sum, { entry }) => sum + entry.size, 0), refused }
}

function nameOf({ name, conflict }: PlanNode, decision: Decision, isTaken: (name: string) => boolean): string | undefined {
  if (conflict === 'none' || (conflict === 'same' && decision === 'replace')) return name
  return decision === 'both' ? copyName(name, isTaken) : undefined
}
