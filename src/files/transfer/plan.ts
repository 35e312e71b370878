/** What a copy would do, found out before anything is done, so that it asks but once and knows how much there is. */
import { copyName } from './copy-name.ts'
import type { SourceEntry } from './source.ts'
import type { Target } from './target.ts'

/** Something to be copied and where it comes to lie. */
export interface PlanNode {
  readonly entry: SourceEntry
  readonly name: string
  /** `same`: there is a file by that name, which it could replace. `other`: what is there it cannot replace. */
  readonly conflict: 'none' | 'same' | 'other'
  readonly children: PlanNodes
}

/** The nodes of one folder. */
export interface PlanNodes {
  readonly nodes: readonly PlanNode[]
  /** Keys of what is there already or will be. */
  readonly taken: ReadonlySet<string>
}

export interface Plan {
  readonly top: PlanNodes
  readonly conflicts: number
  /** A few of their paths, to be shown. */
  readonly examples: readonly string[]
  readonly leftOut: readonly LeftOut[]
  /** Names that had to be changed. */
  readonly renamed: number
}

/** Something that is not copied. */
export interface LeftOut {
  readonly path: string
  readonly why: 'special' | 'link' | 'name' | 'cut'
}

export type Decision = 'replace' | 'both' | 'skip'

export interface Transfer {
  readonly sources: readonly SourceEntry[]
  readonly target: Target
  readonly folder: string
  readonly signal: AbortSignal
}

const EXAMPLES = 3

interface Planning extends Transfer {
  readonly examples: string[]
  readonly leftOut: LeftOut[]
  conflicts: number
  renamed: number
}

/** Looks at all that is to be copied, and at what is there. Errors: those of the source and the target. */
export async function planTransfer(transfer: Transfer): Promise<Plan> {
  const planning: Planning = { ...transfer, examples: [], leftOut: [], conflicts: 0, renamed: 0 }
  const existing = (await transfer.target.list(transfer.folder)) ?? new Map()
  const top = await planFolder(planning, transfer.sources, { folder: transfer.folder, shown: '', inside: [], existing })
  const { conflicts, examples, leftOut, renamed } = planning
  return { top, conflicts, examples, leftOut, renamed }
}

interface Folder {
  readonly folder: string
  /** Its path in the source, for people. */
  readonly shown: string
  /** The names of the folders that it is in, from the one that is copied on. */
  readonly inside: readonly string[]
  readonly existing: Awaited<ReturnType<Target['list']>> & {}
}

async function planFolder(planning: Planning, entries: readonly SourceEntry[], at: Folder): Promise<PlanNodes> {
  const { target, signal } = planning
  const nodes: PlanNode[] = []
  const taken = new Set(at.existing.keys())
  const planned = new Set<string>()
  for (const entry of entries) {
    signal.throwIfAborted()
    const shown = at.shown === '' ? entry.name : `${at.shown}/${entry.name}`
    const reason = reasonToLeaveOut(planning, entry, at.inside)
    const possible = reason === undefined ? target.nameFor(entry.name) : undefined
    if (possible === undefined) {
      planning.leftOut.push({ path: shown, why: reason ?? 'name' })
      continue
    }
    // Two names of the source may be one at the target, where letters' case does not matter or signs are left out.
    const name = planned.has(target.keyOf(possible)) ? copyName(possible, (other) => taken.has(target.keyOf(other))) : possible
    if (name !== entry.name) planning.renamed++
    planned.add(target.keyOf(name))
    const conflict = conflictOf(entry, at.existing.get(target.keyOf(name)))
    taken.add(target.keyOf(name))
    if (conflict !== 'none') {
      planning.conflicts++
      if (planning.examples.length < EXAMPLES) planning.examples.push(shown)
    }
    const children = entry.kind === 'folder' ? await planInside(planning, entry, { ...at, name, shown, conflict }) : NOTHING
    nodes.push({ entry, name, conflict, children })
  }
  return { nodes, taken }
}

const NOTHING: PlanNodes = { nodes: [], taken: new Set() }

interface Inside extends Folder {
  readonly name: string
  readonly conflict: PlanNode['conflict']
}

async function planInside(planning: Planning, entry: SourceEntry, at: Inside): Promise<PlanNodes> {
  const { target, signal } = planning
  const { entries, isCut } = await entry.entries(signal)
  if (isCut) planning.leftOut.push({ path: at.shown, why: 'cut' })
  const path = target.join(at.folder, at.name)
  const isMerged = at.conflict === 'none' && at.existing.has(target.keyOf(at.name))
  const existing = (isMerged ? await target.list(path) : undefined) ?? new Map()
  return await planFolder(planning, entries, { folder: path, shown: at.shown, inside: [...at.inside, at.name], existing })
}

function reasonToLeaveOut({ target }: Planning, entry: SourceEntry, inside: readonly string[]): LeftOut['why'] | undefined {
  if (entry.kind === 'other') return 'special'
  if (entry.kind !== 'link') return undefined
  return target.makeLink !== undefined && staysInside(entry.link ?? '', inside.length) ? undefined : 'link'
}

/**
 * Whether a link that lies `depth` folders deep leads to something that is copied with it, whatever other links it leads through: the way up
 * comes first, over folders that are ours, and after it there is none.
 */
export function staysInside(link: string, depth: number): boolean {
  if (link === '' || link.startsWith('/') || /[\\\0]/.test(link)) return false
  const parts = link.split('/').filter((part) => part !== '' && part !== '.')
  const down = parts.findIndex((part) => part !== '..')
  // The folder that is copied lies one deep: what is beside it is not ours.
  return down !== -1 && !parts.includes('..', down) && (down === 0 || depth - down >= 1)
}

function conflictOf({ kind }: SourceEntry, existing: SourceEntry['kind'] | undefined): PlanNode['conflict'] {
  if (existing === undefined || (kind === 'folder' && existing === 'folder')) return 'none'
  return kind === 'file' && existing === 'file' ? 'same' : 'other'
}
