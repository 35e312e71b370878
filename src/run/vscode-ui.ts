/** The flow's questions and progress in VS Code. */
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import { plainText } from '../text/plain-text.ts'
import type { ActivePulls } from './active-pulls.ts'
import type { PullView, RunUi } from './run-ui.ts'

export interface VscodeUiParts {
  readonly ask: Ask
  readonly pulls: ActivePulls
  /** The view under whose title progress is shown. */
  readonly progressView: string
  readonly show: RunUi['show']
}

/** Questions by `ask`; progress in the status bar, under a view's title and as rows of whoever shows pulls. */
export function vscodeUi({ ask, pulls, progressView, show }: VscodeUiParts): RunUi {
  return {
    ...ask,
    show,
    progress: (title, work) => showProgress({ title, pulls, progressView }, work),
  }
}

interface ProgressParts {
  readonly title: string
  readonly pulls: ActivePulls
  readonly progressView: string
}

// The bar under the view's title has no words and no button: the status bar has both, and the view's rows where they show pulls.
async function showProgress<T>({ title, pulls, progressView }: ProgressParts, work: (view: PullView) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const active = pulls.begin(title, () => stop.abort())
  const status = vscode.window.createStatusBarItem('pocker.pull', vscode.StatusBarAlignment.Left)
  status.name = 'Pocker: Pull'
  status.command = 'pocker.images.cancelPull'
  status.tooltip = 'Cancel'
  status.text = `$(sync~spin) ${plainText(title)}`
  status.show()
  const view: PullView = {
    signal: stop.signal,
    report: (text, percent) => {
      status.text = `$(sync~spin) ${plainText(title)} ${text}`
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
