/** The containers of one host in their groups and their order. */
import * as l10n from '@vscode/l10n'
import { isLive, isProblem } from '../../model/container-state.ts'
import type { ContainerRow, ContainerStatus } from '../../model/rows.ts'
import { imageName } from '../../text/image-name.ts'
import { plainText } from '../../text/plain-text.ts'
import type { ContainersOptions, SortBy } from './options.ts'
import { selection } from './select-rows.ts'

export interface Group {
  /** What its containers have in common, as the engine says it. */
  readonly key: string
  /** Fit to be shown. */
  readonly label: string
  readonly ids: readonly string[]
  readonly running: number
}

export interface Arrangement {
  readonly groups: readonly Group[]
  /** Those in no group; shown after the groups. */
  readonly loose: readonly string[]
  readonly shown: number
  /** Of all containers, shown or not. */
  readonly total: number
  readonly running: number
  readonly problems: number
}

export const NOTHING: Arrangement = { groups: [], loose: [], shown: 0, total: 0, running: 0, problems: 0 }

/** Selects, groups and sorts. */
export function arrange(rows: Iterable<ContainerRow>, options: ContainersOptions): Arrangement {
  const isSelected = selection(options)
  const selected: ContainerRow[] = []
  let [total, running, problems] = [0, 0, 0]
  for (const row of rows) {
    total++
    if (row.status === 'running') running++
    if (isProblem(row)) problems++
    if (isSelected(row)) selected.push(row)
  }
  selected.sort(ORDERS[options.sortBy])
  const byKey = Map.groupBy(selected, (row) => groupKey(row, options))
  const loose = byKey.get(undefined) ?? []
  const groups = [...byKey.entries()].flatMap(([key, members]) => (key === undefined ? [] : [groupOf(key, members, options)]))
  const isByStatus = options.groupBy === 'status'
  groups.sort((a, b) => (isByStatus ? STATUSES.indexOf(a.key) - STATUSES.indexOf(b.key) : collator.compare(a.label, b.label)))
  return { groups, loose: loose.map(({ id }) => id), shown: selected.length, total, running, problems }
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const STATUSES: readonly string[] = ['running', 'restarting', 'paused', 'created', 'exited', 'dead', 'removing'] satisfies ContainerStatus[]

type Order = (a: ContainerRow, b: ContainerRow) => number

const byName: Order = (a, b) => collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1)

const ORDERS: Readonly<Record<SortBy, Order>> = {
  name: byName,
  created: (a, b) => b.created - a.created || byName(a, b),
  state: (a, b) => urgency(a) - urgency(b) || STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) || byName(a, b),
}

// What runs and should be looked at, what runs, what has failed, and the rest.
function urgency(row: ContainerRow): number {
  if (isLive(row)) return isProblem(row) ? 0 : 1
  return isProblem(row) ? 2 : 3
}

function groupKey({ labels, image, status }: ContainerRow, { groupBy, groupLabel }: ContainersOptions): string | undefined {
  switch (groupBy) {
    case 'compose':
      return labels['com.docker.compose.project'] ?? labels['io.podman.compose.project']
    case 'label':
      return Object.hasOwn(labels, groupLabel) ? labels[groupLabel] : undefined
    case 'image':
      return image
    case 'status':
      return status
    case 'none':
      return undefined
  }
}

function groupOf(key: string, members: readonly ContainerRow[], { groupBy }: ContainersOptions): Group {
  const label = groupBy === 'status' ? statusWord(key) : groupBy === 'image' ? imageName(key) : plainText(key, 100)
  return {
    key,
    label: label === '' ? l10n.t('(empty)') : label,
    ids: members.map(({ id }) => id),
    running: members.filter(({ status }) => status === 'running').length,
  }
}

function statusWord(status: string): string {
  switch (status) {
    case 'running':
      return l10n.t('Running')
    case 'restarting':
      return l10n.t('Restarting')
    case 'paused':
      return l10n.t('Paused')
    case 'created':
      return l10n.t('Created')
    case 'dead':
      return l10n.t('Dead')
    case 'removing':
      return l10n.t('Being removed')
    default:
      return l10n.t('Stopped')
  }
}
