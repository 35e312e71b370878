/** What is said of a container when the mouse rests on its row, in Markdown. Every text of the engine is escaped. */
import * as l10n from '@vscode/l10n'
import type { ContainerRef } from '../../commands/refs.ts'
import type { ContainerRow, MountRow } from '../../model/rows.ts'
import { limitsText } from '../../run/limits.ts'
import { escapeMarkdown } from '../../text/escape-markdown.ts'
import { imageName } from '../../text/image-name.ts'
import { type ContainerFacts, containerFactsSchema } from './container-facts.ts'
import { portText } from './ports-text.ts'
import { stateWords } from './state-look.ts'

/** A tooltip has room for so many mounts, ports and networks. */
const MOST = 8

/** Longer nobody rests on a row. */
const PATIENCE = 5000

/** Asks the engine for what the list does not tell, and words it all. */
export async function readTooltip({ host, containerId }: ContainerRef, row: ContainerRow, signal: AbortSignal): Promise<string> {
  const time = (milliseconds: number) => new Date(milliseconds).toLocaleString()
  try {
    const path = `/containers/${encodeURIComponent(containerId)}/json`
    return containerTooltip(row, await host.client.ask('GET', path, containerFactsSchema, { signal, timeout: PATIENCE }), time)
  } catch {
    // What the list has told is shown all the same; that the host is lost, its own row says.
    return containerTooltip(row, undefined, time)
  }
}

/** The tooltip; without `facts` as much of it as the list told. `time` writes milliseconds since 1970 as the user's local time. */
export function containerTooltip(row: ContainerRow, facts: ContainerFacts | undefined, time: (milliseconds: number) => string): string {
  const lines: readonly (readonly [name: string, value: string | undefined])[] = [
    [l10n.t('Image'), imageName(row.image)],
    [l10n.t('Command'), commandText(row, facts)],
    [l10n.t('State'), stateWords(row)],
    [l10n.t('Reason'), facts?.State.Error ?? undefined],
    [l10n.t('Last probe'), row.healthFailures?.output],
    [l10n.t('Started'), timeText(facts?.State.StartedAt, time)],
    [l10n.t('Ended'), row.status === 'running' || row.status === 'paused' ? undefined : timeText(facts?.State.FinishedAt, time)],
    [l10n.t('Created'), time(row.created)],
    [l10n.t('Restarts'), restartText(facts)],
    [l10n.t('Limits'), limitText(facts)],
    [l10n.t('Ports'), few(row.ports.map(portText))],
    [l10n.t('Mounts'), few(row.mounts.map(mountText))],
    [l10n.t('Networks'), networkText(row)],
    [l10n.t('Labels'), Object.keys(row.labels).length === 0 ? undefined : String(Object.keys(row.labels).length)],
    [l10n.t('ID'), row.id.slice(0, 12)],
  ]
  const title = `**${escapeMarkdown(row.name)}**`
  const warning = facts?.HostConfig.Privileged === true ? [l10n.t('Privileged: it can do what root can on the host.')] : []
  const shown = lines.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${escapeMarkdown(name)}: ${escapeMarkdown(value, 400)}`],
  )
  return [title, ...warning, ...shown].join('  \n')
}

function commandText({ command }: ContainerRow, facts: ContainerFacts | undefined): string {
  if (facts?.Path === undefined || facts.Path === null) return command
  return [facts.Path, ...(facts.Args ?? [])].join(' ')
}

/** Of RFC 3339. Docker's year 1 is never. */
function timeText(stamp: string | null | undefined, time: (milliseconds: number) => string): string | undefined {
  const milliseconds = Date.parse(stamp ?? '')
  return Number.isNaN(milliseconds) || milliseconds <= 0 ? undefined : time(milliseconds)
}

function restartText(facts: ContainerFacts | undefined): string | undefined {
  const { Name: name, MaximumRetryCount: most } = facts?.HostConfig.RestartPolicy ?? {}
  const count = facts?.RestartCount ?? 0
  const policy = name === undefined || name === null || name === '' || name === 'no' ? undefined : name
  const words = [
    ...(policy === undefined ? [] : [typeof most === 'number' && most > 0 ? l10n.t('{0}, at most {1} times', policy, most) : policy]),
    ...(count === 0 ? [] : [l10n.t('restarted so far: {0}', count)]),
    ...(facts?.HostConfig.AutoRemove === true ? [l10n.t('removed when it ends')] : []),
  ]
  return words.length === 0 ? undefined : words.join(', ')
}

function limitText(facts: ContainerFacts | undefined): string | undefined {
  const { Memory: memory, NanoCpus: cpus, PidsLimit: processes } = facts?.HostConfig ?? {}
  const limits = {
    ...(isLimit(memory) ? { memory } : {}),
    ...(isLimit(cpus) ? { cpus: cpus / 1e9 } : {}),
    ...(isLimit(processes) ? { processes } : {}),
  }
  return Object.keys(limits).length === 0 ? undefined : limitsText(limits)
}

function isLimit(value: number | null | undefined): value is number {
  return typeof value === 'number' && value > 0
}

function mountText({ type, source, destination, isReadOnly }: MountRow): string {
  const from = source === '' ? type : source
  return isReadOnly ? l10n.t('{0} at {1}, read-only', from, destination) : l10n.t('{0} at {1}', from, destination)
}

function networkText({ networks, networkMode }: ContainerRow): string | undefined {
  if (networks.length === 0) return networkMode === 'default' ? undefined : networkMode
  return few(networks.map(({ name, addresses }) => (addresses.length === 0 ? name : `${name} (${addresses.join(', ')})`)))
}

function few(texts: readonly string[]): string | undefined {
  if (texts.length === 0) return undefined
  const first = texts.slice(0, MOST).join(', ')
  return texts.length > MOST ? l10n.t('{0} and {1} more', first, texts.length - MOST) : first
}
