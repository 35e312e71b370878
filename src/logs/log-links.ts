/** Places that a log's line names: ports of the container, and files of its filesystem. */

export type LogLink = {
  readonly start: number
  readonly end: number
} & (
  | { readonly kind: 'port'; readonly port: number; readonly scheme: 'http' | 'https'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly line?: number; readonly column?: number }
  /** A source that is known by the end of its path only: Java's stack frames. */
  | { readonly kind: 'source'; readonly path: string; readonly line: number }
)

// All of them look at each character a bounded number of times, whatever the line is: parts that may repeat are apart by what neither can hold.
const PORT =
  /(?<![\w.:/[\]-])(?:(https?):\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|::1?|\*)?:(\d{2,5})(?![\w:])(?!\.\d)(\/[^\s"'<>`|\\^{}\u0080-\uffff]{0,2000})?/gi
const NAMED_PORT = /\bport[ :=]{1,2}(\d{2,5})(?![\w:.-]*\d)/gi
const FILE =
  /(?<![\w./:@~%+-]|file:)(?:file:\/\/)?(\/(?:[\w@.+~%-]{1,255}\/){0,64}[\w@.+~%-]{1,255})(?:", line (\d{1,7})|:(\d{1,7})(?::(\d{1,5}))?|\((\d{1,7})(?:[,:](\d{1,5}))?\))?/g
const JAVA =
  /\bat (?:[\w$.-]{1,80}\/)?([\w$]{1,200}(?:\.[\w$]{1,200}){0,30})\.[\w$<>]{1,200}\(([\w$]{1,200}\.(?:java|kt|scala|groovy)):(\d{1,7})\)/g

/** Where in a line its file's name and what stands before it end, and at what in the line the rest begins. */
const LONGEST_LINE = 4000

/** The links of one line, sorted, not overlapping. */
export function findLinks(text: string): readonly LogLink[] {
  const line = text.slice(0, LONGEST_LINE)
  // Most lines have none of these, and looking costs a hundredth of matching.
  const hasColon = line.includes(':')
  const found: LogLink[] = []
  if (hasColon || /port/i.test(line)) found.push(...ports(line))
  if (line.includes('/')) found.push(...files(line))
  if (hasColon && line.includes('at ')) found.push(...javaFrames(line))
  found.sort((one, other) => one.start - other.start)
  return found.filter((link, index) => index === 0 || link.start >= (found[index - 1]?.end ?? 0))
}

function ports(line: string): LogLink[] {
  const addresses = [...line.matchAll(PORT)].flatMap((match): LogLink[] => {
    const [all, scheme, digits = '', path = ''] = match
    // A bare `:80` is a port after a space or a quote, but a part of something else at the beginning of a line.
    const isBare = all.startsWith(':') && all[1] !== ':'
    if (!isPort(digits) || (isBare && match.index === 0 && all.length < 4)) return []
    const kept = path.replace(/[.,;:!?)\]]+$/, '')
    const length = all.length - path.length + kept.length
    return [
      {
        kind: 'port',
        start: match.index,
        end: match.index + length,
        port: Number(digits),
        scheme: scheme?.toLowerCase() === 'https' ? 'https' : 'http',
        path: kept,
      },
    ]
  })
  const named = [...line.matchAll(NAMED_PORT)].flatMap((match): LogLink[] => {
    const digits = match[1] ?? ''
    const end = match.index + match[0].length
    return isPort(digits) ? [{ kind: 'port', start: end - digits.length, end, port: Number(digits), scheme: 'http', path: '' }] : []
  })
  return [...addresses, ...named]
}

function isPort(digits: string): boolean {
  return !digits.startsWith('0') && Number(digits) > 0 && Number(digits) < 65_536
}

function files(line: string): LogLink[] {
  return [...line.matchAll(FILE)].flatMap((match): LogLink[] => {
    const [all, path = '', pythonLine, plainLine, plainColumn, roundLine, roundColumn] = match
    const number = pythonLine ?? plainLine ?? roundLine
    const column = plainColumn ?? roundColumn
    // Without a line's number only what looks like a file's name: URLs' paths are in most logs of servers.
    if (number === undefined && !/\/[^/]*[^/.]\.[a-z]\w{0,9}$/i.test(path.replace(/\.+$/, ''))) return []
    const kept = number === undefined ? path.replace(/\.+$/, '') : path
    return [
      {
        kind: 'file',
        start: match.index,
        end: match.index + all.length - (path.length - kept.length),
        path: all.startsWith('file:') ? decoded(kept) : kept,
        ...(number === undefined ? {} : { line: Number(number) }),
        ...(column === undefined ? {} : { column: Number(column) }),
      },
    ]
  })
}

function javaFrames(line: string): LogLink[] {
  return [...line.matchAll(JAVA)].map((match): LogLink => {
    const [all, className = '', file = '', number = ''] = match
    const folders = className.split('.').slice(0, -1)
    const start = match.index + all.length - file.length - number.length - 2
    return { kind: 'source', start, end: match.index + all.length - 1, path: [...folders, file].join('/'), line: Number(number) }
  })
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path // a percent sign that is one
  }
}
