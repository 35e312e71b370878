/** The colours of a log's own escape codes, as decorations of what is seen: of all of ten thousand lines they would cost a second. */
import * as vscode from 'vscode'
import type { LogEditors } from './log-editors.ts'
import { editorsOf } from './log-editors.ts'
import { type LookName, looksOf } from './looks.ts'
import type { OpenLog } from './open-log.ts'

/** Rows above and below what is seen: a page's turn shows them before the extension host knows. */
const MARGIN = 60
/** Milliseconds; scrolling tells of each row. */
const DELAY = 30

/** Keeps the colours of all logs that are seen. */
export function colourLogs(editors: LogEditors): vscode.Disposable {
  const types = new Map<LookName, vscode.TextEditorDecorationType>()
  const used = new WeakMap<vscode.TextEditor, Set<LookName>>()
  const waiting = new Map<OpenLog, NodeJS.Timeout>()

  const typeOf = (name: LookName, options: () => vscode.DecorationRenderOptions): vscode.TextEditorDecorationType => {
    const type = types.get(name) ?? vscode.window.createTextEditorDecorationType(options())
    types.set(name, type)
    return type
  }
  const colour = (log: OpenLog, editor: vscode.TextEditor) => {
    const ranges = new Map<LookName, vscode.Range[]>()
    const { rows } = log.shown
    // A text that is being taken up has other rows for a moment; its own change comes.
    if (rows.length !== editor.document.lineCount) return
    for (const seen of editor.visibleRanges) {
      for (let index = Math.max(0, seen.start.line - MARGIN); index <= Math.min(rows.length - 1, seen.end.line + MARGIN); index++) {
        const row = rows[index]
        if (row?.kind !== 'line') continue
        for (const { look, start, end } of looksOf(row)) {
          typeOf(look.name, () => renderOptions(look.options))
          const list = ranges.get(look.name) ?? []
          list.push(new vscode.Range(index, start, index, end))
          ranges.set(look.name, list)
        }
      }
    }
    const before = used.get(editor) ?? new Set()
    used.set(editor, new Set(ranges.keys()))
    for (const name of new Set([...before, ...ranges.keys()])) {
      const type = types.get(name)
      if (type !== undefined) editor.setDecorations(type, ranges.get(name) ?? [])
    }
  }
  const listening = editors.onDidShow((log) => {
    if (waiting.has(log)) return
    waiting.set(
      log,
      setTimeout(() => {
        waiting.delete(log)
        for (const editor of editorsOf(log)) colour(log, editor)
      }, DELAY),
    )
  })
  return {
    dispose: () => {
      listening.dispose()
      for (const timer of waiting.values()) clearTimeout(timer)
      for (const type of types.values()) type.dispose()
    },
  }
}

function renderOptions({
  foreground,
  background,
  ...others
}: ReturnType<typeof looksOf>[number]['look']['options']): vscode.DecorationRenderOptions {
  const colourOf = (value: string) => (value.startsWith('#') ? value : new vscode.ThemeColor(value))
  return {
    ...others,
    ...(foreground === undefined ? {} : { color: colourOf(foreground) }),
    ...(background === undefined ? {} : { backgroundColor: colourOf(background) }),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  }
}
