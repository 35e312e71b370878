import { PockerError } from '../api/errors.ts'

const FALSE_WORDS: ReadonlySet<string> = new Set(['', '0', 'no', 'false', 'none'])

/** Docker's truth value: everything but these words is true. [moby: httputils.BoolValue] */
export function flag(query: URLSearchParams, name: string): boolean {
  return isTrue(query.get(name) ?? '')
}

/** As `flag`, but true when the client did not say. */
export function flagOrTrue(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value === null || isTrue(value)
}

/** A whole number; undefined when absent or empty. Errors: InvalidParameter `invalid-query`. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  const number = /^[+-]?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(number)) throw invalidQuery(name, value, 'not a whole number')
  return number
}

/** A text; undefined when absent or empty. Errors: InvalidParameter `invalid-query` when it holds a NUL. */
export function word(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (value.includes('\0')) throw invalidQuery(name, value, 'it holds a NUL character')
  return value
}

/** As `word`, but it must be given. */
export function requiredWord(query: URLSearchParams, name: string): string {
  const value = word(query, name)
  if (value === undefined) throw new PockerError('InvalidParameter', `read query: "${name}" is missing`, { code: 'invalid-query' })
  return value
}

/** The object with the member, or an empty one when there is no value: for options whose absence means something. */
export function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  const object: { [P in K]?: V } = {}
  if (value !== undefined) object[name] = value
  return object
}

/** The refusal of a query parameter. */
export function invalidQuery(name: string, value: string, cause: string): PockerError {
  return new PockerError('InvalidParameter', `read query ${name}=${JSON.stringify(value.slice(0, 100))}: ${cause}`, {
    code: 'invalid-query',
  })
}

function isTrue(value: string): boolean {
  return !FALSE_WORDS.has(value.trim().toLowerCase())
}
