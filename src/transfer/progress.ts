/** Work that takes its time, shown as a row that says how far it is and has a ✕. */
export interface TransferView {
  /** In words for a row: `18 of 45 MB`. */
  report(text: string, percent: number | undefined): void
  /** Aborted when somebody presses ✕. */
  readonly signal: AbortSignal
}

/** Does the work while it is shown. */
export type ShowTransfer = <T>(title: string, work: (view: TransferView) => Promise<T>) => Promise<T>
