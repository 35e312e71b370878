/** A log's document: the window's lines, with the rules where they belong, as text, and what each of its rows is. */
import * as l10n from '@vscode/l10n'
import { sizeText } from '../text/size.ts'
import type { Rule } from './lives.ts'
import { isLine, type LogEntry, type LogLine } from './log-line.ts'
import type { StampFormat } from './shown-time.ts'

export type Row =
  /** `offset` is where the line's own text begins, `prefix` how long the name before it is. */
  { readonly kind: 'line'; readonly line: LogLine; readonly offset: number; readonly prefix: number } | { readonly kind: 'note' }

export interface LogText {
  readonly text: string
  /** One for each line of the text. */
  readonly rows: readonly Row[]
}

export interface LogContent {
  readonly entries: readonly LogEntry[]
  readonly open: readonly LogLine[]
  /** Sorted by time. */
  readonly rules: readonly (Rule & { readonly text: string })[]
  readonly isBegin: boolean
  readonly isEnd: boolean
}

export interface LogLook {
  readonly stamp: StampFormat
  /** Before the lines of each member, where there are several. */
  readonly prefixes: readonly string[]
  /** What stands above all lines. It must not change while lines are added below: VS Code would take in the whole text anew. */
  readonly head: readonly string[]
  readonly foot: readonly string[]
}

/** Writes it. There is no line end behind the last row: it would be shown as an empty one. */
export function logText({ entries, open, rules, isBegin, isEnd }: LogContent, { stamp, prefixes, head, foot }: LogLook): LogText {
  const texts: string[] = [...head]
  const rows: Row[] = head.map(() => NOTE)
  const note = (text: string) => {
    texts.push(text)
    rows.push(NOTE)
  }
  const first = entries[0]?.time ?? open[0]?.time
  let next = isBegin || first === undefined ? 0 : rules.findIndex(({ time }) => time >= first)
  if (next === -1) next = rules.length
  const rulesUntil = (time: bigint) => {
    for (let rule = rules[next]; rule !== undefined && rule.time <= time; rule = rules[++next]) note(rule.text)
  }
  const write = (line: LogLine) => {
    rulesUntil(line.time)
    const prefix = prefixes[line.member] ?? ''
    const before = stamp(line.time) + prefix
    texts.push(before + line.text + (line.isCut ? cutText(line) : ''))
    rows.push({ kind: 'line', line, offset: before.length, prefix: prefix.length })
  }
  for (const entry of entries) {
    if (isLine(entry)) write(entry)
    else note(skippedText(entry.skipped))
  }
  if (isEnd) {
    for (const line of open) write(line)
    for (let rule = rules[next]; rule !== undefined; rule = rules[++next]) note(rule.text)
  }
  for (const text of foot) note(text)
  return { text: texts.join('\n'), rows }
}

const NOTE: Row = { kind: 'note' }

/** What stands behind the beginning of a line that is not shown whole. */
export function cutText({ length }: Pick<LogLine, 'length'>): string {
  return ` … ${l10n.t('{0} in one line. Show the whole line', sizeText(length))}`
}

function skippedText(count: number | undefined): string {
  return count === undefined
    ? l10n.t('… lines skipped, too fast to show')
    : l10n.t('… {0} lines skipped, too fast to show', count.toLocaleString())
}
