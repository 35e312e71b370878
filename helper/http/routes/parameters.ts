import { PockerError } from '../../api/errors.ts'
import { invalidQuery, wholeNumber } from '../query.ts'
import type { ApiRequest } from '../route.ts'

// Names and IDs both; nothing else is looked up, so nothing else can reach a path.
const REFERENCE = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** The container's ID, part of it, or name. Errors: NotFound `no-such-container` for what can be neither. */
export function containerId(request: ApiRequest): string {
  const id = request.parameter('id')
  if (REFERENCE.test(id)) return id
  throw new PockerError('NotFound', `No such container: ${id.slice(0, 100)}`, { code: 'no-such-container' })
}

/** The ID of an exec. Errors: NotFound `no-such-exec` for what can be none. */
export function execId(request: ApiRequest): string {
  const id = request.parameter('id')
  if (REFERENCE.test(id)) return id
  throw new PockerError('NotFound', `No such exec instance: ${id.slice(0, 100)}`, { code: 'no-such-exec' })
}

/** A terminal's size, `h` and `w` in characters. Errors: InvalidParameter `invalid-terminal-size`. */
export function terminalSize(request: ApiRequest): { width: number; height: number } {
  const height = wholeNumber(request.query, 'h')
  const width = wholeNumber(request.query, 'w')
  if (isTerminalLength(height) && isTerminalLength(width)) return { width, height }
  throw new PockerError('InvalidParameter', 'resize terminal: h and w must be numbers from 0 to 65535', { code: 'invalid-terminal-size' })
}

// struct winsize holds unsigned shorts.
function isTerminalLength(length: number | undefined): length is number {
  return length !== undefined && length >= 0 && length <= 0xffff
}

/** All of a parameter that may be given several times. Errors: InvalidParameter `invalid-query` when one holds a NUL. */
export function queryTexts(query: URLSearchParams, name: string): readonly string[] {
  const values = query.getAll(name).filter((value) => value !== '')
  const bad = values.find((value) => value.includes('\0'))
  if (bad !== undefined) throw invalidQuery(name, bad, 'it holds a NUL character')
  return values
}
