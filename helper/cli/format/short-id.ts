/** The first twelve digits of an ID, without its algorithm. */
export function shortId(id: string): string {
  return id.slice(id.indexOf(':') + 1).slice(0, 12)
}
