export interface TableOptions {
  /** The least width of a column, padding included. */
  readonly minWidth: number
  readonly padding: number
}

/** Docker's lists. */
export const LIST_TABLE: TableOptions = { minWidth: 10, padding: 3 }

/**
 * Rows of cells in columns, each line ended. The last cell of a row is not padded. Follows Go's text/tabwriter as Docker uses it; control
 * characters become a replacement sign, for names and labels come from anybody.
 */
export function formatTable(rows: readonly (readonly string[])[], options: TableOptions): string {
  const clean = rows.map((row) => row.map(harmlessCell))
  const widths: number[] = []
  for (const row of clean) {
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? options.minWidth, displayWidth(cell) + options.padding)
    }
  }
  return clean
    .map(
      (row) =>
        `${row.map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)))).join('')}\n`,
    )
    .join('')
}

/** How many positions of a terminal a text takes: East Asian wide characters take two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1
  return width
}

/** The text cut to a number of positions, its last one an ellipsis. Follows formatter.Ellipsis of the Docker CLI. */
export function ellipsis(text: string, most: number): string {
  if (displayWidth(text) <= most) return text
  let kept = ''
  let width = 0
  for (const character of text) {
    width += displayWidth(character)
    if (width > most - 1) break
    kept += character
  }
  return `${kept}…`
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}

function harmlessCell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
}
