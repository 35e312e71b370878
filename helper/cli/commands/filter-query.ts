import type { Flags } from '../flags.ts'
import type { Filter } from '../grammar/filter.ts'
import { parseFilter } from '../grammar/filter.ts'

/** Docker's `filters` query of a command's `--filter` values and of more; undefined when there are none. Errors: `invalid-flag-value`. */
export function filterQuery(flags: Flags, more: readonly Filter[] = []): string | undefined {
  const filters = [...flags.parsedList('filter', parseFilter).filter((filter) => filter !== undefined), ...more]
  if (filters.length === 0) return undefined
  const values = Map.groupBy(filters, (filter) => filter.name)
  return JSON.stringify(Object.fromEntries([...values].map(([name, list]) => [name, list.map((filter) => filter.value)])))
}
