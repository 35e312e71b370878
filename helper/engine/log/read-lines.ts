/** A log as clients page through it and search it. */
import type { LogLine, LogPage, LogPageOptions, LogSearch } from '../../http/backend.ts'
import { linesAfter } from './lines-after.ts'
import { linesBefore } from './lines-before.ts'
import type { LogFile } from './log-file.ts'
import { MAX_TEXT, type PendingLine } from './pending-line.ts'
import { endOfPosition, readPosition, START, writePosition } from './position.ts'
import { searchLines } from './search-lines.ts'
import { textMatcher } from './text-matcher.ts'

const EMPTY: LogPage = { lines: [], before: undefined, after: START }

/** A page of lines. Errors: InvalidParameter `bad-log-position`, NotFound `log-position-gone`, those of read(2). */
export async function readPage(file: LogFile, options: LogPageOptions): Promise<LogPage> {
  using held = new DisposableStack()
  const descriptor = file.acquire()
  held.defer(() => file.release())
  const { size } = file.look()
  const { before, after } = options
  if (after !== undefined) return await pageAfter(file, descriptor, { ...options, after, size })
  if (before === START) return EMPTY
  return await pageBefore(file, descriptor, { ...options, size })
}

/** Errors: as `readPage`. */
export function checkPosition(file: LogFile, position: string | undefined): void {
  if (position === undefined || position === START) return
  const place = readPosition(position)
  using held = new DisposableStack()
  const descriptor = file.acquire()
  held.defer(() => file.release())
  endOfPosition(descriptor, place)
}

async function pageAfter(file: LogFile, descriptor: number, request: LogPageOptions & { after: string; size: number }): Promise<LogPage> {
  const { after, lines, size, signal } = request
  const from = after === START ? {} : { after: readPosition(after) }
  const page = await linesAfter(descriptor, file.index, { ...from, lines, size, signal })
  const first = page.lines[0]?.position ?? (after === START ? undefined : after)
  return { lines: page.lines, before: first, after: page.end === undefined ? START : writePosition(page.end) }
}

async function pageBefore(file: LogFile, descriptor: number, request: LogPageOptions & { size: number }): Promise<LogPage> {
  const { before, lines, size, signal } = request
  const position = before === undefined ? undefined : readPosition(before)
  const from = position === undefined ? {} : { before: position }
  const page = await linesBefore(descriptor, file.index, { ...from, lines, size, signal })
  const [first] = page.lines
  const end = position === undefined ? page.end : (page.lines.at(-1)?.end ?? position)
  return {
    lines: page.lines.map(lineOf),
    before: page.hasOlder && first !== undefined ? writePosition(first.end) : undefined,
    after: end === undefined ? START : writePosition(end),
  }
}

/** The lines that a text is in, the last first, and then where the search can go on. Errors: as `readPage`. */
export async function* search(
  file: LogFile,
  { text, ignoreCase, before, limit }: LogSearch,
  signal: AbortSignal,
): AsyncGenerator<LogLine | { before: string | undefined }, void, void> {
  if (before === START) return yield { before: undefined }
  using held = new DisposableStack()
  const descriptor = file.acquire()
  held.defer(() => file.release())
  const { size } = file.look()
  const from = before === undefined ? {} : { before: readPosition(before) }
  let found = 0
  for await (const line of searchLines(descriptor, file.index, { ...from, matcher: textMatcher(text, { ignoreCase }), size, signal })) {
    yield lineOf(line)
    // An open line stands behind all others, wherever its last byte is: one cannot go on from there.
    if (!line.isOpen) found++
    if (found === limit) {
      yield { before: writePosition(line.end) }
      return
    }
  }
  yield { before: undefined }
}

function lineOf(line: PendingLine): LogLine {
  return {
    position: writePosition(line.end),
    time: line.first.time,
    stream: line.first.stream,
    text: line.text,
    length: line.length,
    isCut: line.length > MAX_TEXT,
    isOpen: line.isOpen,
    isContinued: false,
  }
}
