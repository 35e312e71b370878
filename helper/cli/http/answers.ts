import { PockerError } from '../../api/errors.ts'

/*
 * The edge where the engine's JSON gets its types. The engine is a process of root's that validates what it was told; schemas would cost
 * the command line more to load than the whole request takes. So only the outermost shape is checked here.
 */

/** The answer as a list. Errors: `bad-response`. */
export function answeredList<T>(value: unknown): readonly T[] {
  if (value === null) return []
  if (Array.isArray(value)) return value as readonly T[]
  throw unexpected('a list', value)
}

/** The answer as an object. Errors: `bad-response`. */
export function answeredObject<T extends object>(value: unknown): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T
  throw unexpected('an object', value)
}

function unexpected(wanted: string, value: unknown): PockerError {
  return new PockerError('Unavailable', `read response: expected ${wanted}, found ${value === null ? 'null' : typeof value}`, {
    code: 'bad-response',
  })
}
