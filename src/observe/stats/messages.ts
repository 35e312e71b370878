/** What the extension tells the statistics page; the page says only that it is ready. Types alone: nothing of it is in the page's program. */
import type { StatsPoint } from './sample.ts'

export interface ShownContainer {
  readonly key: string
  readonly name: string
  readonly state: ShownState
  readonly points: readonly StatsPoint[]
}

export interface ShownState {
  /** Such as `running`, in words. */
  readonly words: string
  /** Numbers come, or will in a moment. */
  readonly isLive: boolean
}

/** The page's own texts, in the user's language. */
export interface PageTexts {
  readonly cpu: string
  readonly memory: string
  readonly network: string
  readonly disk: string
  readonly received: string
  readonly sent: string
  readonly read: string
  readonly written: string
  /** With `{0}` for the size. */
  readonly limit: string
  readonly waiting: string
  readonly idle: string
  readonly past: string
  readonly now: string
  /** With `{0}` for the number. */
  readonly processes: string
  readonly oneProcess: string
}

/** To the page, which believes it: nobody but the extension can send it a message. */
export type ToPage =
  | { readonly kind: 'all'; readonly containers: readonly ShownContainer[]; readonly texts: PageTexts }
  | { readonly kind: 'point'; readonly key: string; readonly point: StatsPoint }
  | { readonly kind: 'state'; readonly key: string; readonly state: ShownState }
