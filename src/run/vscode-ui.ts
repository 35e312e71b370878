/** The flow's questions and progress in VS Code. */
import type { Ask } from '../ask/ask.ts'
import type { ShowTransfer } from '../transfer/progress.ts'
import type { RunUi } from './run-ui.ts'

export interface VscodeUiParts {
  readonly ask: Ask
  readonly transfer: ShowTransfer
  readonly show: RunUi['show']
}

/** Questions by `ask`, progress by `transfer`. */
export function vscodeUi({ ask, transfer, show }: VscodeUiParts): RunUi {
  return { ...ask, show, progress: transfer }
}
