import { z } from 'zod'
import { PockerError } from '../api/errors.ts'
import type { Filters } from './backend.ts'

// Docker writes {"label": {"a=b": true}} since API 1.22 and {"label": ["a=b"]} before; clients use both to this day.
const schema = z.record(
  z.string(),
  z.union([z.array(z.string()), z.record(z.string(), z.boolean())], 'must be a list of strings').nullable(),
)

const NONE: Filters = new Map()

/** The `filters` of a query. Errors: InvalidParameter `invalid-filters`. */
export function readFilters(query: URLSearchParams): Filters {
  const value = query.get('filters')
  if (value === null || value === '') return NONE
  const parsed = schema.safeParse(parse(value))
  if (!parsed.success) throw invalid('each filter must be a list of strings')
  return new Map(Object.entries(parsed.data ?? {}).map(([name, values]) => [name, accepted(values)]))
}

function accepted(values: readonly string[] | Readonly<Record<string, boolean>> | null): readonly string[] {
  if (values === null) return []
  if (isList(values)) return values
  return Object.entries(values).flatMap(([value, wanted]) => (wanted ? [value] : []))
}

function isList(values: readonly string[] | Readonly<Record<string, boolean>>): values is readonly string[] {
  return Array.isArray(values)
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch (cause) {
    throw invalid('not JSON', cause)
  }
}

function invalid(reason: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read filters: ${reason}`, { code: 'invalid-filters', cause })
}
