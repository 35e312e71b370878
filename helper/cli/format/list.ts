import { formatTable, LIST_TABLE } from './table.ts'
import { compileTemplate } from './template.ts'
import { HEADER_FUNCTIONS } from './template-functions.ts'

/** One row of a list: what a format can name. A function takes the format's words (`{{.Label "x"}}`). */
export type Row = Readonly<Record<string, string | ((name: string) => string)>>

export interface ListOptions {
  /** What the user asked for: undefined, `table`, `table TEMPLATE`, `json`, or `TEMPLATE`. */
  readonly format: string | undefined
  /** The columns of the table when no template is given. */
  readonly columns: readonly string[]
  /** A column's heading by the name of its field. */
  readonly headings: Row
}

/** A list in the format asked for, each line ended. Follows formatter.Context of the Docker CLI. Errors: `bad-template`, `template-mismatch`. */
export function formatList(rows: readonly Row[], options: ListOptions): string {
  const format = options.format ?? 'table'
  if (format === 'json') return rows.map((row) => `${forHtml(rowJson(row))}\n`).join('')
  if (!format.startsWith('table')) {
    const template = compileTemplate(unescaped(format))
    return rows.map((row) => `${template(withJson(row))}\n`).join('')
  }
  const columns = format.slice('table'.length).trim() || options.columns.map((column) => `{{.${column}}}`).join('\t')
  const heading = compileTemplate(unescaped(columns), HEADER_FUNCTIONS)(options.headings)
  const template = compileTemplate(unescaped(columns))
  const lines = [heading, ...rows.map((row) => template(withJson(row)))]
  return formatTable(
    lines.flatMap((line) => line.split('\n')).map((line) => line.split('\t')),
    LIST_TABLE,
  )
}

/** Whether a format shows a field, so that it must be asked for. */
export function namesField(format: string | undefined, field: string): boolean {
  return format !== undefined && new RegExp(`\\.${field}\\b`).test(format)
}

/** In a shell's single quotes a tab is two characters. */
function unescaped(format: string): string {
  return format.replaceAll('\\t', '\t').replaceAll('\\n', '\n')
}

/** Go's encoding/json makes its output safe to stand in a web page. */
function forHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function rowJson(row: Row): string {
  const names = Object.keys(row)
    .filter((name) => typeof row[name] === 'string')
    .sort()
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, row[name]])))
}

/** `{{json .}}` prints the fields in order, and no functions. */
function withJson(row: Row): object {
  return Object.create({ toJSON: () => JSON.parse(rowJson(row)) }, Object.getOwnPropertyDescriptors(row))
}
