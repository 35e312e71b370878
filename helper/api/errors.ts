/** The nine ways a request can fail. `helper/http/status.ts` alone knows their HTTP numbers. */
export type ErrorKind =
  | 'NotFound'
  | 'Conflict'
  | 'InvalidParameter'
  | 'NotModified'
  | 'NotImplemented'
  | 'Forbidden'
  | 'Unavailable'
  | 'Internal'
  | 'Cancelled'

export interface ErrorOptions {
  /** Stable, for programs: tests and the extension go by it, never by the text. Kebab-case, such as `no-such-container`. */
  readonly code: string
  /** What the user can do about it. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * An error to be told to the user: one clear sentence of the form `verb object: cause`.
 * The engine throws it, the HTTP layer turns it into a status and a JSON body.
 */
export class PockerError extends Error {
  override readonly name = 'PockerError'
  readonly kind: ErrorKind
  readonly code: string
  readonly hint: string | undefined

  constructor(kind: ErrorKind, message: string, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.code = options.code
    this.hint = options.hint
  }
}
