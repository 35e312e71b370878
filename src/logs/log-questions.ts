/** What is asked about a log that is open. */
import * as l10n from '@vscode/l10n'
import type { Ask, PickRow } from '../ask/ask.ts'
import { parseFilter } from './line-filter.ts'
import type { LogOptions } from './log-options.ts'
import type { LogView } from './log-session.ts'

/** Which times stand before the lines; nothing when it was left. */
export async function askTimestamps(ask: Ask, { timestamps }: LogOptions): Promise<LogOptions['timestamps'] | undefined> {
  const kinds = ['off', 'time', 'date', 'since'] as const
  const labels = {
    off: { label: l10n.t('None') },
    time: { label: l10n.t('Time'), description: '14:02:11.123' },
    date: { label: l10n.t('Date and time'), description: '2026-11-28 14:02:11.123' },
    since: { label: l10n.t('Since the start'), description: '+00:02.345' },
  }
  return await askOne(ask, {
    title: l10n.t('Timestamps'),
    placeholder: l10n.t('What stands before each line?'),
    kinds,
    labels,
    active: timestamps,
  })
}

/** Which streams are shown. */
export async function askStreams(ask: Ask, { streams }: LogOptions): Promise<LogOptions['streams'] | undefined> {
  const kinds = ['both', 'stdout', 'stderr'] as const
  const labels = {
    both: { label: l10n.t('Both') },
    stdout: { label: 'stdout', description: l10n.t('what it writes as its output; all that it writes to a terminal') },
    stderr: { label: 'stderr', description: l10n.t('what it writes as its errors') },
  }
  return await askOne(ask, {
    title: l10n.t('Streams'),
    placeholder: l10n.t('Which of the container’s streams?'),
    kinds,
    labels,
    active: streams,
  })
}

/** Which lines are shown. */
export async function askFilter(ask: Ask, { filter }: LogOptions): Promise<string | undefined> {
  return await ask.input({
    title: l10n.t('Filter Lines'),
    prompt: l10n.t('A text, or /a regular expression/i. After ! the lines that are not to be shown. Empty for all lines.'),
    value: filter,
    placeholder: l10n.t('error  ·  /time(d )?out/i  ·  !healthz'),
    check: (text) => {
      const parsed = parseFilter(text)
      return typeof parsed === 'string' ? parsed : undefined
    },
  })
}

export interface ViewFacts {
  /** Milliseconds since 1970. */
  readonly now: number
  /** When the container last began: nanoseconds since 1970. */
  readonly startedAt: bigint | undefined
}

/** From where on the log is shown. */
export async function askView(ask: Ask, { now, startedAt }: ViewFacts): Promise<LogView | undefined> {
  const ago = (minutes: number): LogView => ({ kind: 'since', time: BigInt(Math.round(now - minutes * 60_000)) * 1_000_000n })
  const views: readonly (readonly [label: string, view: LogView])[] = [
    [l10n.t('The last 100 lines'), { kind: 'tail', lines: 100 }],
    [l10n.t('The last 1,000 lines'), { kind: 'tail', lines: 1_000 }],
    [l10n.t('The last 10,000 lines'), { kind: 'tail', lines: 10_000 }],
    [l10n.t('The last 5 minutes'), ago(5)],
    [l10n.t('The last hour'), ago(60)],
    [l10n.t('The last day'), ago(24 * 60)],
    ...(startedAt === undefined ? [] : [[l10n.t('Since the container’s start'), { kind: 'since', time: startedAt }] as const]),
    [l10n.t('From the beginning'), { kind: 'begin' }],
  ]
  const rows = views.map(([label], index): PickRow => ({ id: String(index), label }))
  const answer = await ask.pick({ title: l10n.t('Show Log From'), placeholder: l10n.t('How much of the log?'), rows })
  return answer.kind === 'picked' ? views[Number(answer.id)]?.[1] : undefined
}

/** What to look for in the whole log. */
export async function askSearch(ask: Ask, value: string): Promise<string | undefined> {
  const text = await ask.input({
    title: l10n.t('Search in the Whole Log'),
    prompt: l10n.t('A text, in any case. The lines that have it are listed.'),
    value,
    check: (typed) => (typed.trim() === '' ? l10n.t('Type a text.') : undefined),
  })
  return text === undefined || text.trim() === '' ? undefined : text
}

/** How many lines to copy. */
export async function askCount(ask: Ask): Promise<number | undefined> {
  const check = (text: string) => (/^[1-9]\d{0,5}$/.test(text.trim()) ? undefined : l10n.t('Type a number of lines.'))
  const text = await ask.input({ title: l10n.t('Copy Last Lines'), prompt: l10n.t('How many lines?'), value: '100', check })
  return text === undefined ? undefined : Number(text.trim())
}

interface OneOf<T extends string> {
  readonly title: string
  readonly placeholder: string
  readonly kinds: readonly T[]
  readonly labels: Readonly<Record<T, { readonly label: string; readonly description?: string }>>
  readonly active: T
}

async function askOne<T extends string>(ask: Ask, { title, placeholder, kinds, labels, active }: OneOf<T>): Promise<T | undefined> {
  const rows = kinds.map((id): PickRow => ({ id, ...labels[id], ...(id === active ? { icon: 'check' } : {}) }))
  const answer = await ask.pick({ title, placeholder, rows, active })
  return answer.kind === 'picked' ? kinds.find((kind) => kind === answer.id) : undefined
}
