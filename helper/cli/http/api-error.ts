import type { ErrorKind } from '../../api/errors.ts'
import { PockerError } from '../../api/errors.ts'

/** The error that a failed request's body tells: Docker's `{message}`, and Pocker's `code`, `hint` and `container`. */
export function apiError(status: number, body: string): PockerError {
  const told = parseTold(body)
  const { hint, container } = told
  return new PockerError(kindOf(status), told.message ?? `request failed with status ${status}`, {
    code: told.code ?? `http-${status}`,
    ...(hint === undefined ? {} : { hint }),
    ...(container === undefined ? {} : { container }),
  })
}

/** Whether an engine does not have the endpoint at all: an older helper, or another engine, which has no word for it and says so by the status. */
export function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof PockerError && (error.code === 'page-not-found' || error.code === 'http-404')
}

interface Told {
  readonly message?: string
  readonly code?: string
  readonly hint?: string
  readonly container?: string
}

function parseTold(body: string): Told {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return {}
    return { ...word('message', value), ...word('code', value), ...word('hint', value), ...word('container', value) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return body.trim() === '' ? {} : { message: body.trim() }
  }
}

function word(name: keyof Told, from: object): Told {
  const value: unknown = Reflect.get(from, name)
  return typeof value === 'string' && value !== '' ? { [name]: value } : {}
}

function kindOf(status: number): ErrorKind {
  switch (status) {
    case 304:
      return 'NotModified'
    case 400:
      return 'InvalidParameter'
    case 401:
    case 403:
      return 'Forbidden'
    case 404:
      return 'NotFound'
    case 409:
      return 'Conflict'
    case 501:
      return 'NotImplemented'
    case 503:
      return 'Unavailable'
    default:
      return 'Internal'
  }
}
