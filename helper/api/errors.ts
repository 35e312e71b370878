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
  /** ID of the container that was made before this went wrong. */
  readonly container?: string
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
  readonly container: string | undefined

  constructor(kind: ErrorKind, message: string, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.code = options.code
    this.hint = options.hint
    this.container = options.container
  }
}

/** Why a container that has just been made did not start, with its ID. */
export function startFailure(cause: unknown, container: string): PockerError {
  if (!(cause instanceof PockerError)) {
    const message = `start container: ${cause instanceof Error ? cause.message : String(cause)}`
    return new PockerError('Internal', message, { code: 'internal', container, cause })
  }
  const hint = cause.hint === undefined ? {} : { hint: cause.hint }
  return new PockerError(cause.kind, cause.message, { code: cause.code, ...hint, container, cause })
}
