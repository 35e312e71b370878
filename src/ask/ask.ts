/** The questions that flows ask, without saying how: VS Code's quick picks, or a script in a test. */

export interface PickRow {
  /** What the answer names; unique within the list. */
  readonly id: string
  readonly label: string
  readonly description?: string
  readonly detail?: string
  /** Name of a product icon. */
  readonly icon?: string
  readonly buttons?: readonly RowButton[]
}

export interface RowButton {
  readonly id: string
  readonly icon: string
  readonly tooltip: string
}

/** A heading between rows. */
export interface PickHeading {
  readonly heading: string
}

export interface PickQuestion {
  readonly title: string
  readonly placeholder: string
  readonly rows: readonly (PickRow | PickHeading)[]
  /** Selected at first. */
  readonly active?: string
  readonly canGoBack?: boolean
  readonly step?: { readonly at: number; readonly of: number }
  /** The row for what was typed, shown above the others. */
  readonly typed?: (text: string) => PickRow | undefined
}

export interface InputQuestion {
  readonly title: string
  readonly prompt: string
  readonly value: string
  readonly placeholder?: string
  /** What is wrong with the text, if anything. */
  readonly check?: (text: string) => string | undefined
  readonly isSecret?: boolean
}

export type PickAnswer =
  | { readonly kind: 'picked'; readonly id: string }
  | { readonly kind: 'button'; readonly id: string; readonly button: string }
  | { readonly kind: 'back' }
  /** Escape, or the list was closed. */
  | { readonly kind: 'left' }

/** Questions to the user. */
export interface Ask {
  pick(question: PickQuestion): Promise<PickAnswer>
  /** Several at once; nothing when it was left. `picked` are ticked at first. */
  pickMany(question: PickQuestion & { readonly picked?: readonly string[] }): Promise<readonly string[] | undefined>
  /** The text, checked; nothing when it was left or taken back. */
  input(question: InputQuestion): Promise<string | undefined>
  /** A question before something is lost: its button names the act. */
  confirm(question: { readonly text: string; readonly detail: string; readonly button: string }): Promise<boolean>
  /** An offer that does not take the focus; true when it is taken. */
  offer(text: string, button: string): Promise<boolean>
  /** Says what no row shows; nothing is asked and nobody waits. */
  tell(text: string): void
  copy(text: string): Promise<void>
}
