/** A log by Docker's own request for it, `GET /containers/{id}/logs`: what every engine can do. It knows times and counts from the end, no places. */

import { frameSplitter, type Piece, splitRaw } from '../client/docker-frames.ts'
import type { EngineClient, EngineRequest } from '../client/engine-client.ts'
import { EngineError, errorOfConnection } from '../client/engine-error.ts'
import { withoutKnown } from './known-lines.ts'
import { LineAssembler, type Origin } from './line-assembler.ts'
import { LineIntake } from './line-intake.ts'
import { LineSplitter } from './line-splitter.ts'
import type { LogLine } from './log-line.ts'
import type { FollowFrom, LogPlace, LogSource, PageRequest } from './log-source.ts'
import { queryTime } from './log-time.ts'
import type { LogPage } from './log-window.ts'

export interface DockerLogOptions extends Origin {
  readonly client: EngineClient
  /** Its log is not in frames. */
  readonly isTerminal: boolean
}

/** Of a page, whatever its lines are. */
const PAGE_BYTES = 8 << 20
/** So many lines from the end are asked for at most when a page before them is wanted; after that, all. */
const DEEPEST = 5_000_000
/** Lines found by a search are few, or of no use. */
const LONGEST_NEEDLE = 1000

type Query = NonNullable<EngineRequest['query']>

/** Reads it with the client's connections. */
export function dockerLog({ client, isTerminal, member, containerId }: DockerLogOptions): LogSource {
  const path = `/containers/${encodeURIComponent(containerId)}/logs`
  const assembler = () => new LineAssembler({ member, containerId })
  /** How many lines from the end the last page began: the next one begins further on. */
  let depth = 0

  async function* read(query: Query, signal: AbortSignal): AsyncGenerator<readonly Piece[], void, void> {
    const split = isTerminal ? splitRaw : frameSplitter('fail')
    const stream = await client.stream('GET', path, {
      query: { stdout: true, stderr: true, timestamps: true, ...query },
      signal,
      timeout: 0,
    })
    try {
      yield []
      for await (const chunk of stream) yield split(chunk)
    } catch (error) {
      throw errorOfConnection(error)
    } finally {
      stream.destroy()
    }
  }

  /** The last lines of what is asked for; `total` is how many there are in all. A line whose end is not among it is left out. */
  async function last(query: Query, { count, signal }: PageRequest): Promise<{ lines: readonly LogLine[]; total: number }> {
    const intake = new LineIntake({ member, containerId }, { bytes: PAGE_BYTES, lines: count })
    for await (const pieces of read(query, signal)) intake.add(pieces)
    const { lines, skipped } = intake.take()
    return { lines, total: lines.length + skipped }
  }

  /** The first lines of what is asked for, without those that are known. */
  async function first(
    query: Query,
    known: readonly LogLine[],
    { count, signal }: PageRequest,
  ): Promise<{ lines: readonly LogLine[]; isEnd: boolean }> {
    const lines = assembler()
    const found: LogLine[] = []
    let bytes = 0
    let isEnd = true
    for await (const pieces of read(query, signal)) {
      for (const line of lines.take(pieces)) found.push(line)
      for (const piece of pieces) bytes += piece.bytes.length
      // At least one that is not known: a line may be longer than a page.
      isEnd = found.length <= known.length || (found.length - known.length <= count && bytes < PAGE_BYTES)
      if (!isEnd) break
    }
    if (isEnd) found.push(...lines.takeRest())
    const fresh = withoutKnown(found, known)
    return { lines: fresh.slice(0, count), isEnd: isEnd && fresh.length <= count }
  }

  // An engine counts from the end of the log and leaves out what is too late afterwards: how far from the end a moment is has to be found out.
  async function before({ time, known }: LogPlace, request: PageRequest): Promise<LogPage> {
    const count = request.count + known.length
    let tail = depth + count
    for (let before = 0; ; ) {
      const isAll = tail > DEEPEST
      const { lines, total } = await last({ until: queryTime(time), tail: isAll ? 'all' : tail }, { ...request, count })
      // From the end: of lines that are alike the last ones are those that are known.
      const fresh = withoutKnown(lines.toReversed(), known).toReversed()
      const isEnough = fresh.length >= request.count
      if (isEnough && !isAll) depth = tail - total + request.count
      // Whoever asks for more and gets no more has it all.
      if (isEnough || isAll || (total > 0 && total === before))
        return { lines: fresh.slice(-request.count), isBegin: !isEnough, isEnd: false }
      // Of so many lines as were asked for these are not too late, so that it is known how many are; or else nothing is known.
      tail = total > 0 ? tail - total + count : tail * 4 + 100_000
      before = total
    }
  }

  return {
    // With a number of lines it reads from the end: by the moment alone dockerd would read all of the log.
    follow: ({ lines, since }: FollowFrom, signal) =>
      read({ follow: true, tail: lines, ...(since === undefined ? {} : { since: queryTime(since) }) }, signal),

    last: async (request) => {
      const { lines, total } = await last({ tail: request.count + 1 }, request)
      return { lines, isBegin: total <= request.count, isEnd: true }
    },

    before,

    after: async ({ time, known }, request): Promise<LogPage> => {
      const { lines, isEnd } = await first({ since: queryTime(time) }, known, request)
      return { lines, isBegin: false, isEnd }
    },

    begin: async (request): Promise<LogPage> => ({ ...(await first({}, [], request)), isBegin: true }),

    // What is read from the line's moment on has all lines of that moment in their order: those before the line are among them.
    around: async (line, request) => {
      const later = await first({ since: queryTime(line.time) }, [], request)
      const known = later.lines.filter(({ time }) => time === line.time)
      const earlier = await before({ time: line.time, known }, request)
      return { lines: [...earlier.lines, ...later.lines], isBegin: earlier.isBegin, isEnd: later.isEnd }
    },

    whole: (signal) => read({}, signal),

    search: async function* (text, signal, onProgress) {
      const needle = text.slice(0, LONGEST_NEEDLE).toLowerCase()
      const lines = assembler()
      let bytes = 0
      for await (const pieces of read({}, signal)) {
        for (const piece of pieces) bytes += piece.bytes.length
        onProgress(bytes)
        for (const line of lines.take(pieces)) if (line.text.toLowerCase().includes(needle)) yield line
      }
      for (const line of lines.takeRest()) if (line.text.toLowerCase().includes(needle)) yield line
    },

    wholeLine: async (line, limit, signal) => await findWholeLine(read({ since: queryTime(line.time) }, signal), line, limit),
  }
}

/** The bytes of the first line that is like `line`. */
async function findWholeLine(
  all: AsyncIterable<readonly Piece[]>,
  { time, stream, length }: Pick<LogLine, 'time' | 'stream' | 'length'>,
  limit: number,
): Promise<Buffer> {
  let parts: Buffer[] = []
  let isOf = false
  let size = 0
  let found: Buffer | undefined
  const splitter = new LineSplitter({
    begin: (its, at) => {
      if (its !== stream) return
      parts = []
      size = 0
      isOf = at === time && found === undefined
    },
    add: (its, bytes) => {
      if (its !== stream || !isOf) return
      if (size < limit) parts.push(bytes.subarray(0, limit - size))
      size += bytes.length
    },
    end: (its) => {
      const isReturned = parts.at(-1)?.at(-1) === 13
      if (its === stream && isOf && size - (isReturned ? 1 : 0) === length) found ??= Buffer.concat(parts)
    },
  })
  for await (const pieces of all) {
    for (const piece of pieces) splitter.take(piece)
    if (found !== undefined) return found
  }
  throw new EngineError('log-line-gone', 'read the line: the log has it no more')
}
