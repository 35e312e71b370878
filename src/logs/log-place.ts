/** Where in a log an editor is to stand after its text has changed. */
import type { LogLine } from './log-line.ts'
import type { Row } from './log-text.ts'

/** The rows that an editor shows; from 0, both included. */
export interface Seen {
  readonly top: number
  readonly bottom: number
}

export interface Anchor {
  readonly line: LogLine
  readonly row: number
}

/** The first of the lines that are seen, and others below it for the case that it goes. */
export function anchorsOf(rows: readonly Row[], { top }: Seen): readonly Anchor[] {
  return rows.slice(top, top + FURTHER).flatMap((row, index) => (row.kind === 'line' ? [{ line: row.line, row: top + index }] : []))
}

/** The row that has to be at the top for the lines to stay where they were; undefined when nothing has moved, or all of them have gone. */
export function rowToRestore(anchors: readonly Anchor[], rows: readonly Row[]): number | undefined {
  const rowOf = new Map(rows.flatMap((row, index): [LogLine, number][] => (row.kind === 'line' ? [[row.line, index]] : [])))
  const [first] = anchors
  if (first === undefined) return undefined
  for (const { line, row } of anchors) {
    const now = rowOf.get(line)
    if (now === undefined) continue
    return now === row ? undefined : Math.max(0, now - (row - first.row))
  }
  return undefined
}

/** A change of a text: lines from one to another, both from 0 and included, that others take the place of. */
export interface TextChange {
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } }
  readonly text: string
}

/** Whether other lines are seen now at the same place: VS Code then moves the view by itself, and not the user. */
export function movesView(changes: readonly TextChange[], { top }: Seen): boolean {
  return changes.some(({ range: { start, end }, text }) => {
    if (start.line >= top) return false
    return end.line >= top || text.split('\n').length - 1 !== end.line - start.line
  })
}

/** How an editor's view has moved: only the user scrolls up. */
export function followAfterScroll(before: Seen | undefined, { top, bottom }: Seen, lineCount: number): boolean | undefined {
  if (bottom >= lineCount - 1) return true
  if (before !== undefined && top < before.top) return false
  return undefined
}

const FURTHER = 500
