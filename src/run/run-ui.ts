/** What the flow needs of the editor beyond questions. */
import type { Ask } from '../ask/ask.ts'

export interface PullView {
  /** In words for a row of the view: `18 of 45 MB`. */
  report(text: string, percent: number | undefined): void
  readonly signal: AbortSignal
}

export interface RunUi extends Ask {
  show(document: { readonly name: string; readonly text: string }): Promise<void>
  /** Shows that work goes on in the view; whoever looks can cancel it. */
  progress<T>(title: string, work: (view: PullView) => Promise<T>): Promise<T>
}
