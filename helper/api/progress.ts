/** Docker's messages of work that takes its time, one JSON object a line (`jsonmessage`). */
export interface ProgressMessage {
  readonly status?: string
  /** The layer's short digest, or nothing for messages about the whole. */
  readonly id?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  /** The progress bar as old clients print it. */
  readonly progress?: string
  /** Text of `load`, and of builds. */
  readonly stream?: string
  readonly aux?: unknown
  /** Ends the work. */
  readonly errorDetail?: { readonly message: string; readonly code?: number }
  readonly error?: string
  /** Pocker's own: the error's, as in answers that are errors as a whole. */
  readonly code?: string
}
