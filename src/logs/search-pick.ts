/** The lines of a log that hold a text, as a list that grows while it is looked for. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { plainText } from '../text/plain-text.ts'
import { sizeText } from '../text/size.ts'
import type { LogLine } from './log-line.ts'
import type { FeedSource } from './log-pages.ts'
import { momentText } from './shown-time.ts'

/** More than anybody reads: who has so many looks for something else. */
const MOST = 1_000
/** Milliseconds between two changes of the list. */
const REDRAW = 150

interface Item extends vscode.QuickPickItem {
  readonly line: LogLine
}

/** The line that the user picks; nothing when the list was left. Errors: EngineError. */
export async function pickFoundLine(sources: readonly FeedSource[], text: string): Promise<LogLine | undefined> {
  const picker = vscode.window.createQuickPick<Item>()
  const searching = new AbortController()
  let items: readonly Item[] = []
  let bytes = 0
  let drawn = 0
  const draw = (isOver: boolean) => {
    drawn = performance.now()
    picker.items = items
    picker.busy = !isOver
    picker.placeholder = placeholder({ found: items.length, bytes, isOver })
  }
  picker.title = l10n.t('“{0}” in the whole log', plainText(text, 60))
  picker.ignoreFocusOut = true
  picker.matchOnDescription = true
  draw(false)
  const search = async ({ source }: FeedSource) => {
    let before = 0
    const onProgress = (now: number) => {
      bytes += now - before
      before = now
      if (performance.now() - drawn > REDRAW) draw(false)
    }
    for await (const line of source.search(text, searching.signal, onProgress)) {
      items = [...items, { line, label: plainText(line.text, 200), description: momentText(line.time, Date.now()) }]
      if (items.length === 1) draw(false)
      if (items.length >= MOST) return
    }
  }
  try {
    return await new Promise<LogLine | undefined>((resolve, reject) => {
      picker.onDidAccept(() => resolve(picker.activeItems[0]?.line))
      picker.onDidHide(() => resolve(undefined))
      picker.show()
      Promise.all(sources.map(search)).then(
        () => {
          if (!searching.signal.aborted) draw(true)
        },
        (error: unknown) => {
          if (!searching.signal.aborted) reject(error)
        },
      )
    })
  } finally {
    searching.abort()
    picker.dispose()
  }
}

function placeholder({ found, bytes, isOver }: { found: number; bytes: number; isOver: boolean }): string {
  if (found >= MOST) return l10n.t('The first {0} lines that have it. Type to filter them.', MOST.toLocaleString())
  if (!isOver && bytes === 0) return l10n.t('Searching. Lines found so far: {0}.', found.toLocaleString())
  if (!isOver) return l10n.t('Searching, {0} so far. Lines found: {1}.', sizeText(bytes), found.toLocaleString())
  return found === 0 ? l10n.t('No line of the log has it.') : l10n.t('Lines found: {0}. Choose one to go there.', found.toLocaleString())
}
