/** What an engine refused or failed at, or why it could not be asked. */

export interface EngineErrorOptions {
  /** HTTP's number; absent when there was no answer. */
  readonly status?: number
  /** What the user can do about it, in the engine's words. */
  readonly hint?: string
  /** ID of the container that was made before this went wrong. */
  readonly container?: string
  readonly cause?: unknown
}

/** The code is Pocker's own where the engine is Pocker, otherwise one of those below. The message is the engine's and not for show as it is. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: string
  readonly status: number | undefined
  readonly hint: string | undefined
  readonly container: string | undefined

  constructor(code: string, message: string, options: EngineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status
    this.hint = options.hint
    this.container = options.container
  }
}

const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  304: 'not-modified',
  400: 'invalid-request',
  401: 'auth-failed',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  501: 'not-implemented',
}

/** The error of an answer's status and JSON body, whoever the engine is. */
export function errorOfAnswer(status: number, body: string): EngineError {
  const { message, code, hint, container } = membersOf(body)
  return new EngineError(
    typeof code === 'string' && code !== '' ? code : (CODE_OF_STATUS[status] ?? 'engine-failed'),
    typeof message === 'string' && message !== '' ? message : body.trim().slice(0, 1000) || `HTTP status ${status}`,
    { status, ...(typeof hint === 'string' ? { hint } : {}), ...(typeof container === 'string' ? { container } : {}) },
  )
}

/** The error of a connection that could not be made or did not hold. */
export function errorOfConnection(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (code === 'ABORT_ERR' || (cause instanceof Error && cause.name === 'AbortError'))
    return new EngineError('cancelled', message, { cause })
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return new EngineError('engine-not-there', message, { cause })
  if (code === 'EACCES' || code === 'EPERM') return new EngineError('engine-denied', message, { cause })
  return new EngineError('connection-lost', message, { cause })
}

function membersOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {} // not JSON: the text itself is the message
  }
}
