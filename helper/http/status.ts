import { z } from 'zod'
import type { ErrorKind } from '../api/errors.ts'
import { PockerError } from '../api/errors.ts'

const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  NotModified: 304,
  InvalidParameter: 400,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  // nginx's number; the client that cancelled does not see it, a log may.
  Cancelled: 499,
  Internal: 500,
  NotImplemented: 501,
  Unavailable: 503,
}

/** Errors for which HTTP has a number of its own. */
const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  // Of credentials that a registry has refused: Docker's own command line asks for others then.
  ['auth-failed', 401],
  ['method-not-allowed', 405],
  ['request-timeout', 408],
  ['request-too-large', 413],
  ['header-too-large', 431],
])

export interface ErrorAnswer {
  readonly status: number
  readonly body: { readonly message: string; readonly code: string; readonly hint?: string; readonly container?: string }
  /** Nobody foresaw it, or the engine itself is at fault: to be reported once. */
  readonly unexpected: boolean
}

/** The HTTP number and JSON body of whatever a handler threw. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof PockerError) {
    return {
      status: STATUS_OF_CODE.get(error.code) ?? STATUS_OF_KIND[error.kind],
      body: {
        message: error.message,
        code: error.code,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(error.container === undefined ? {} : { container: error.container }),
      },
      unexpected: error.kind === 'Internal',
    }
  }
  if (error instanceof z.ZodError) {
    return { status: 400, body: { message: invalidRequestSentence(error), code: 'invalid-request' }, unexpected: false }
  }
  const cause = error instanceof Error && error.message !== '' ? error.message : 'the helper failed without a reason'
  return { status: 500, body: { message: `answer request: ${cause}`, code: 'internal' }, unexpected: true }
}

/** True for what an abort signal makes of a waiting operation: the client has gone, and nobody is to be told. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || (error instanceof PockerError && error.kind === 'Cancelled'))
}

const LONGEST_PATH = 200

/** One sentence about the first thing that is wrong: `read "HostConfig.Binds": expected array, received string`. */
function invalidRequestSentence(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'read request: it is not valid'
  const place = issue.path.length === 0 ? 'request' : JSON.stringify(issue.path.map(String).join('.').slice(0, LONGEST_PATH))
  return `read ${place}: ${issue.message.replace(/^Invalid (input|option): /, '')}`
}
