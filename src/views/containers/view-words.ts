/** What the view says of itself: its badge, and beside its title what is hidden. */
import * as l10n from '@vscode/l10n'
import { plainText } from '../../text/plain-text.ts'
import type { ContainersOptions } from './options.ts'
import { isFiltered } from './options.ts'
import type { BadgeMode } from './options-store.ts'

export interface Counts {
  readonly shown: number
  readonly total: number
  readonly running: number
  readonly problems: number
}

/** The number on the activity bar, with what it means. Nothing for none. */
export function badgeOf({ running, problems }: Counts, mode: BadgeMode): { readonly value: number; readonly tooltip: string } | undefined {
  const value = mode === 'running' ? running : mode === 'problems' ? problems : 0
  if (value === 0) return undefined
  const runs = l10n.t('Containers running: {0}', running)
  const fails = problems === 0 ? [] : [l10n.t('With problems: {0}', problems)]
  return { value, tooltip: [runs, ...fails].join('. ') }
}

/** What is hidden and by what: `3 of 12 · “web” · this workspace`. Nothing where all is shown. */
export function filterText(options: ContainersOptions, { shown, total }: Counts): string | undefined {
  if (!isFiltered(options)) return undefined
  const { filter, hideStopped, onlyFolders } = options
  return [
    l10n.t('{0} of {1}', shown, total),
    ...(filter.trim() === '' ? [] : [l10n.t('“{0}”', plainText(filter.trim(), 40))]),
    ...(onlyFolders === undefined ? [] : [l10n.t('this workspace')]),
    ...(hideStopped ? [l10n.t('not the stopped')] : []),
  ].join(' · ')
}
