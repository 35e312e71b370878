/** Shows that Pocker is being started: in its view, and what sudo says meanwhile when the user has to act on it. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { AskPassword } from './strategy.ts'

/** Milliseconds: a greeting is followed by a question at once, "place your finger on the reader" is not. */
const PATIENCE = 1_500

export interface StartProgress {
  readonly progress: <T>(work: (tell: (text: string) => void) => Promise<T>) => Promise<T>
  /** Asks; what was told before was no more than a greeting. */
  readonly askPassword: AskPassword
}

/** `ask` shows the question. */
export function startProgress(ask: AskPassword): StartProgress {
  let waiting: NodeJS.Timeout | undefined
  return {
    askPassword: (question) => {
      clearTimeout(waiting)
      return ask(question)
    },
    progress: async (work) => {
      const over = Promise.withResolvers<void>()
      const tell = (text: string) => {
        clearTimeout(waiting)
        waiting = setTimeout(() => showUntil(over.promise, text), PATIENCE)
      }
      try {
        return await vscode.window.withProgress({ location: { viewId: 'pocker.containers' } }, () => work(tell))
      } finally {
        clearTimeout(waiting)
        over.resolve()
      }
    },
  }
}

function showUntil(over: Promise<void>, text: string): void {
  const options = { location: vscode.ProgressLocation.Notification, title: l10n.t('Starting Pocker: {0}', text) }
  void vscode.window.withProgress(options, () => over)
}
