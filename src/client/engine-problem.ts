/** What went wrong at the engine, read from whatever was thrown. */

/** The stable code of Pocker's errors, or of the client's. */
export function codeOf(error: unknown): string | undefined {
  const code = member(error, 'code')
  return typeof code === 'string' ? code : undefined
}

/** The engine's HTTP status. */
export function statusOf(error: unknown): number | undefined {
  const status = member(error, 'status')
  return typeof status === 'number' ? status : undefined
}

/** The container that was made before this went wrong. */
export function containerOf(error: unknown): string | undefined {
  const container = member(error, 'container')
  return typeof container === 'string' ? container : undefined
}

/** Whether the engine says that there is no such thing. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 || member(error, 'kind') === 'NotFound' || /^no-such-/.test(codeOf(error) ?? '')
}

/** Whether somebody gave up waiting. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || codeOf(error) === 'ABORT_ERR' || codeOf(error) === 'cancelled')
}

function member(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined
}
