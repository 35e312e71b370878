import { invalid } from './invalid.ts'

export interface Filter {
  readonly name: string
  readonly value: string
}

/** One `--filter` value, `name=value`; an empty one filters nothing. Errors: `invalid-filter`. */
export function parseFilter(text: string): Filter | undefined {
  if (text === '') return undefined
  const equals = text.indexOf('=')
  if (equals < 0) throw invalid('invalid-filter', 'bad format of filter (expected name=value)')
  return { name: text.slice(0, equals).trim().toLowerCase(), value: text.slice(equals + 1).trim() }
}
