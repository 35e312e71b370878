/** What in a line of a terminal leads somewhere: an address that the container listens on, a file of the container. */

export type TerminalSpot = { readonly start: number; readonly length: number } & (
  | { readonly kind: 'port'; readonly port: number; readonly scheme: 'http' | 'https'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number; readonly column: number }
)

// The container's own loopback, or "all addresses" as servers call it. Other addresses are the same from everywhere, and VS Code's own.
const ADDRESS =
  /(?:(https?):\/\/)?(?<![\w.-])(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|(?<=:\/\/)\*)(?::(\d{1,5}))?(?![\w:]|\.\w)(\/[^\s"'<>`|\\^{}()[\]]*)?/gi
const FILE =
  /(?:(?<!\w)file:\/\/|(?<![\w.~:/\\-]))(\/(?:[\p{L}\p{N}._@+%~=-]+\/)*[\p{L}\p{N}._@+%~=-]+)(?:"?, line (\d{1,7})|:(\d{1,7})(?::(\d{1,5}))?|\((\d{1,7}),(\d{1,5})\))?/gu
/** In a line that long there is something else than text. */
const LONGEST_LINE = 2_000

/** All of them, the first one first. */
export function terminalSpots(text: string): readonly TerminalSpot[] {
  const line = text.slice(0, LONGEST_LINE)
  const ports = [...line.matchAll(ADDRESS)].flatMap((match) => portSpot(match) ?? [])
  const isTaken = (at: number) => ports.some(({ start, length }) => at >= start && at < start + length)
  const files = [...line.matchAll(FILE)].flatMap((match) => (isTaken(match.index) ? [] : [fileSpot(match)]))
  return [...ports, ...files].sort((a, b) => a.start - b.start)
}

function portSpot(match: RegExpExecArray): TerminalSpot | undefined {
  const [text, scheme, digits, path = ''] = match
  if (scheme === undefined && digits === undefined) return undefined
  const isSecure = scheme?.toLowerCase() === 'https'
  const port = digits === undefined ? (isSecure ? 443 : 80) : Number(digits)
  if (port < 1 || port > 65_535) return undefined
  // A full stop or a comma ends the sentence and not the address.
  const ending = /[.,;:!?]+$/.exec(path)?.[0].length ?? 0
  return {
    kind: 'port',
    start: match.index,
    length: text.length - ending,
    port,
    scheme: isSecure ? 'https' : 'http',
    path: path.slice(0, path.length - ending),
  }
}

function fileSpot(match: RegExpExecArray): TerminalSpot {
  const [text, path = '', python, line, column, otherLine, otherColumn] = match
  const ending = text.endsWith(path) ? (/\.+$/.exec(path)?.[0].length ?? 0) : 0
  return {
    kind: 'file',
    start: match.index,
    length: text.length - ending,
    path: path.slice(0, path.length - ending),
    line: Number(python ?? line ?? otherLine ?? 1),
    column: Number(column ?? otherColumn ?? 1),
  }
}
