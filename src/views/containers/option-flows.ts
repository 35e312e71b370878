/** The questions behind "Group By…" and "Sort By…". */
import * as l10n from '@vscode/l10n'
import type { Ask, PickRow } from '../../ask/ask.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import { plainText } from '../../text/plain-text.ts'
import { type ContainersOptions, GROUPINGS, type GroupBy, SORTINGS, type SortBy } from './options.ts'
import type { optionWriter } from './options-store.ts'

export interface OptionFlowParts {
  readonly ask: Ask
  readonly hosts: Hosts
  readonly options: () => ContainersOptions
  readonly write: ReturnType<typeof optionWriter>
}

const CURRENT = 'check'

/** Asks what containers are grouped by; of a label also which. */
export async function groupByFlow({ ask, hosts, options, write }: OptionFlowParts): Promise<void> {
  const { groupBy } = options()
  const rows = GROUPINGS.map((id): PickRow => ({ id, ...groupWords(id), icon: id === groupBy ? CURRENT : 'blank' }))
  const answer = await ask.pick({
    title: l10n.t('Group By'),
    placeholder: l10n.t('What do containers of a group share?'),
    rows,
    active: groupBy,
  })
  const chosen = answer.kind === 'picked' ? GROUPINGS.find((id) => id === answer.id) : undefined
  if (chosen === undefined) return
  if (chosen === 'label') {
    const label = await askLabel(ask, hosts)
    if (label === undefined) return
    await write.groupLabel(label)
  }
  await write.groupBy(chosen)
}

/** Asks for the order of the rows. */
export async function sortByFlow({ ask, options, write }: OptionFlowParts): Promise<void> {
  const { sortBy } = options()
  const rows = SORTINGS.map((id): PickRow => ({ id, ...sortWords(id), icon: id === sortBy ? CURRENT : 'blank' }))
  const answer = await ask.pick({ title: l10n.t('Sort By'), placeholder: l10n.t('Which container comes first?'), rows, active: sortBy })
  const chosen = answer.kind === 'picked' ? SORTINGS.find((id) => id === answer.id) : undefined
  if (chosen !== undefined) await write.sortBy(chosen)
}

/** The keys of all labels there are, the commonest first, and any that is typed. */
async function askLabel(ask: Ask, hosts: Hosts): Promise<string | undefined> {
  const counts = new Map<string, number>()
  for (const { model } of hosts.all)
    for (const { labels } of model.containers.values()) for (const key of Object.keys(labels)) counts.set(key, (counts.get(key) ?? 0) + 1)
  const keys = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b))
  const rows = keys.map(([key, count]) => ({
    id: key,
    label: plainText(key),
    description: count === 1 ? l10n.t('on one container') : l10n.t('on {0} containers', count),
    icon: 'tag',
  }))
  const answer = await ask.pick({
    title: l10n.t('Group By Label'),
    placeholder: l10n.t('Choose a label, or type its key'),
    rows,
    typed: (text) =>
      text.trim() === '' || counts.has(text.trim()) ? undefined : { id: text.trim(), label: plainText(text.trim()), icon: 'edit' },
  })
  return answer.kind === 'picked' ? answer.id : undefined
}

function groupWords(groupBy: GroupBy): Pick<PickRow, 'label' | 'description'> {
  switch (groupBy) {
    case 'compose':
      return { label: l10n.t('Compose Project') }
    case 'label':
      return { label: l10n.t('A Label…') }
    case 'image':
      return { label: l10n.t('Image') }
    case 'status':
      return { label: l10n.t('Status') }
    case 'none':
      return { label: l10n.t('Nothing'), description: l10n.t('all in one list') }
  }
}

function sortWords(sortBy: SortBy): Pick<PickRow, 'label' | 'description'> {
  switch (sortBy) {
    case 'name':
      return { label: l10n.t('Name') }
    case 'created':
      return { label: l10n.t('Created'), description: l10n.t('the newest first') }
    case 'state':
      return { label: l10n.t('State'), description: l10n.t('problems first, then what runs') }
  }
}
