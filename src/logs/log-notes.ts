/** What a log's document says above and below the lines. */
import * as l10n from '@vscode/l10n'
import type { Host } from '../hosts/host.ts'
import { plainText } from '../text/plain-text.ts'
import type { FeedState } from './log-feed.ts'
import { rule } from './rule-text.ts'
import { momentText } from './shown-time.ts'

export interface NotedFeed {
  readonly name: string
  readonly host: Host
  readonly state: FeedState
  /** Its removal is told by a rule. */
  readonly hasRemoval: boolean
}

export interface NoteFacts {
  readonly isBegin: boolean
  /** The moment of the first line that is there, and of the container's making. */
  readonly firstTime: bigint | undefined
  readonly createdAt: bigint | undefined
  readonly now: number
  readonly isEnd: boolean
  readonly isEmpty: boolean
  readonly filter: string
  readonly feeds: readonly NotedFeed[]
  readonly words: (error: unknown) => string
}

/** Above. It says the same as long as lines only come below. */
export function headNotes({ isBegin, firstTime, createdAt, now, filter }: NoteFacts): readonly string[] {
  const first = firstTime === undefined ? undefined : momentText(firstTime, now)
  const begin = createdAt === undefined ? undefined : momentText(createdAt, now)
  const earlier =
    first === undefined
      ? l10n.t('earlier lines are not shown')
      : begin === undefined
        ? l10n.t('lines before {0} are not shown', first)
        : l10n.t('lines before {0} are not shown, the container is from {1}', first, begin)
  const notes = [...(isBegin ? [] : [earlier]), ...(filter === '' ? [] : [l10n.t('only lines that match {0}', plainText(filter, 100))])]
  return notes.length === 0 ? [] : [rule(notes.join(' · '))]
}

/** Below. */
export function footNotes({ isEnd, isEmpty, isBegin, filter, feeds, words }: NoteFacts): readonly string[] {
  const notes = feeds.flatMap((feed) => feedNote(feed, words) ?? [])
  if (!isEnd) return [rule(l10n.t('later lines are not shown')), ...notes.map(rule)]
  if (notes.length > 0 || !isEmpty) return notes.map(rule)
  if (feeds.some(({ state }) => state.kind === 'connecting')) return [rule(l10n.t('reading the log…'))]
  if (filter !== '' || !isBegin) return []
  const isOver = feeds.every(({ state }) => state.kind === 'ended')
  return [rule(isOver ? l10n.t('nothing was written') : l10n.t('nothing has been written yet'))]
}

function feedNote({ name, host, state, hasRemoval }: NotedFeed, words: (error: unknown) => string): string | undefined {
  const shown = plainText(name)
  switch (state.kind) {
    case 'lost':
      return l10n.t('{0} does not answer. The log goes on when it does.', plainText(host.label))
    case 'gone':
      return hasRemoval
        ? undefined
        : l10n.t('There is no container {0} on {1}. Its log is shown when there is one.', shown, plainText(host.label))
    case 'without-log':
      return l10n.t('{0} has no log: it was made with the log driver “none”.', shown)
    case 'failed':
      return l10n.t('The log of {0} cannot be read. {1}', shown, words(state.error))
    case 'connecting':
    case 'live':
    case 'ended':
      return undefined
  }
}
