import { invalid } from './invalid.ts'

/**
 * The fields of one comma-separated record. A field in double quotes may hold commas, and quotes written twice (RFC 4180, as Go's
 * encoding/csv reads it). Errors: `invalid-csv`.
 */
export function parseCsv(text: string): string[] {
  const fields: string[] = []
  let at = 0
  for (;;) {
    const match = /"((?:[^"]|"")*)"(?=,|$)|([^",\n]*)(?=,|$)/y
    match.lastIndex = at
    const found = match.exec(text)
    if (found === null) throw invalid('invalid-csv', `parse error on column ${at + 1}: bare " in "${text}"`)
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    at = match.lastIndex
    if (at >= text.length) return fields
    at++
  }
}
