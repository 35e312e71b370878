/** What can be done at the two ends of a log, above its first and its last row. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { CommandId } from '../commands/ids.ts'
import type { OpenLog } from './open-log.ts'
import type { OpenLogs } from './open-logs.ts'

/** Lenses for logs. */
export function logLenses(logs: OpenLogs): vscode.CodeLensProvider {
  const changed = new vscode.EventEmitter<void>()
  logs.onDidChange(() => changed.fire())
  return {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => {
      const log = logs.find(document.uri)
      return log === undefined ? [] : lensesOf(log, document.lineCount)
    },
  }
}

function lensesOf({ uri, session }: OpenLog, lineCount: number): vscode.CodeLens[] {
  if (session === undefined) return []
  const { window, options } = session
  const lens = (row: number, title: string, command: CommandId) =>
    new vscode.CodeLens(new vscode.Range(row, 0, row, 0), { title, command, arguments: [uri] })
  const hasFilter = options.filter !== ''
  const last = lineCount - 1
  return [
    ...(window.isBegin
      ? []
      : [
          lens(0, hasFilter ? l10n.t('Look in Earlier Lines') : l10n.t('Show Earlier'), 'pocker.logs.showEarlier'),
          lens(0, l10n.t('Go to Beginning'), 'pocker.logs.showBeginning'),
          lens(0, l10n.t('Search in the Whole Log'), 'pocker.logs.search'),
        ]),
    ...(hasFilter ? [lens(0, l10n.t('Clear Filter'), 'pocker.logs.clearFilter')] : []),
    ...(window.isEnd
      ? []
      : [
          lens(last, hasFilter ? l10n.t('Look in Later Lines') : l10n.t('Show Later'), 'pocker.logs.showLater'),
          lens(last, l10n.t('Go to End'), 'pocker.logs.showEnd'),
        ]),
  ]
}
