/** The two simple forms of control files. */

/** Lines of a name and a number, such as memory.stat. */
export function parseFlat(text: string): Record<string, number> {
  const values: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const blank = line.indexOf(' ')
    if (blank > 0) values[line.slice(0, blank)] = Number(line.slice(blank + 1))
  }
  return values
}

/** A single number; undefined for an empty file and for `max`. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim()
  return trimmed === '' || trimmed === 'max' ? undefined : Number(trimmed)
}
