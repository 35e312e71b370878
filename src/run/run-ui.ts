/** What the flow needs of the editor beyond questions. */
import type { Ask } from '../ask/ask.ts'
import type { Page } from '../page/page.ts'
import type { ShowTransfer } from '../transfer/progress.ts'

export interface RunUi extends Ask {
  show(page: Page): void
  /** Shows that work goes on in the view; whoever looks can cancel it. */
  readonly progress: ShowTransfer
}
