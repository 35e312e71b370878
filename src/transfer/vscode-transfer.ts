import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { ActivePulls } from '../run/active-pulls.ts'
import { plainText } from '../text/plain-text.ts'
import type { ShowTransfer, TransferView } from './progress.ts'

export interface TransferParts {
  readonly pulls: ActivePulls
  /** The view under whose title a bar moves. */
  readonly progressView: string
}

/** Shows work in the status bar, under a view's title, and as a row of whoever shows `pulls`. */
export function vscodeTransfer(parts: TransferParts): ShowTransfer {
  return (title, work) => show(parts, title, work)
}

// The bar under the view's title has no words and no button: the status bar and the row have both.
async function show<T>({ pulls, progressView }: TransferParts, title: string, work: (view: TransferView) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const active = pulls.begin(title, () => stop.abort())
  const status = vscode.window.createStatusBarItem('pocker.pull', vscode.StatusBarAlignment.Left)
  const say = (text: string) => {
    status.text = `$(sync~spin) ${plainText(`${title} ${text}`.trim())}`
  }
  status.name = l10n.t('Pocker: Images')
  status.command = 'pocker.images.cancelPull'
  status.tooltip = l10n.t('Cancel')
  say('')
  status.show()
  const view: TransferView = {
    signal: stop.signal,
    report: (text, percent) => {
      say(text)
      active.report(text, percent)
    },
  }
  try {
    return await vscode.window.withProgress({ location: { viewId: progressView } }, () => work(view))
  } finally {
    active.end()
    status.dispose()
  }
}
