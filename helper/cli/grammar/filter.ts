import { invalid } from './invalid.ts'

/** Docker's filter object as the API takes it in a query, from `name=value` words; undefined when there are none. Errors: `invalid-filter`. */
export function parseFilters(words: readonly string[]): Record<string, string[]> {
  const filters: Record<string, string[]> = Object.create(null)
  for (const word of words) {
    if (word === '') continue
    const equals = word.indexOf('=')
    if (equals < 0) throw invalid('invalid-filter', 'bad format of filter (expected name=value)')
    const name = word.slice(0, equals).trim().toLowerCase()
    const values = filters[name] ?? []
    filters[name] = values
    values.push(word.slice(equals + 1).trim())
  }
  return filters
}
