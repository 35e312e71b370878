/** A log by Pocker's own requests for it, which know each line by a position: pages and a search anywhere in it, however long it is. */
import { foundLineSchema, type LogLineAnswer, type LogPageAnswer, logPageSchema } from '../../helper/api/log.ts'
import { codeOf } from '../client/engine-problem.ts'
import { cleanLine } from './clean-line.ts'
import { type DockerLogOptions, dockerLog } from './docker-log.ts'
import { cutToShown } from './line-assembler.ts'
import type { LogLine, LogStream } from './log-line.ts'
import type { LogPlace, LogSource, PageRequest } from './log-source.ts'
import { parseTime } from './log-time.ts'
import type { LogPage } from './log-window.ts'
import { PLAIN } from './sgr.ts'

/** Characters of a page that may be cut for its size: the helper does at 4 MiB. */
const FULL = 1 << 20
/** So many lines of a search's answer at once. */
const FOUND_AT_ONCE = 500

/** Reads it with the client's connections. What is followed is read as from any engine: as bytes, of which those that come too fast need not be looked at. */
export function pockerLog(options: DockerLogOptions): LogSource {
  const { client, containerId } = options
  const docker = dockerLog(options)
  const path = `/pocker/containers/${encodeURIComponent(containerId)}/log`

  const page = async (query: { before?: string; after?: string }, { count, signal }: PageRequest): Promise<LogPageAnswer> =>
    await client.ask('GET', path, logPageSchema, { query: { ...query, lines: count }, signal })
  const linesOf = lineReader(options)

  async function before(position: string, request: PageRequest): Promise<LogPage> {
    const answer = await page({ before: position }, request)
    return { lines: linesOf(answer.lines), isBegin: answer.before === undefined, isEnd: false }
  }

  async function after(position: string, request: PageRequest): Promise<LogPage> {
    const answer = await page({ after: position }, request)
    const bytes = answer.lines.reduce((sum, { text }) => sum + text.length, 0)
    // A page is full of lines, or of bytes, or there are no more.
    return { lines: linesOf(answer.lines), isBegin: false, isEnd: answer.lines.length < request.count && bytes < FULL }
  }

  /** A line that was rotated away has no position any more, but still a moment. */
  const orByTime = async (place: LogPlace, byPosition: (position: string) => Promise<LogPage>, byTime: () => Promise<LogPage>) => {
    // The lines of a container that had the name before are in another log.
    const position = place.line?.containerId === containerId ? place.line.position : undefined
    if (position === undefined) return await byTime()
    try {
      return await byPosition(position)
    } catch (error) {
      if (codeOf(error) !== 'log-position-gone') throw error
      return await byTime()
    }
  }

  return {
    follow: docker.follow,
    whole: docker.whole,
    wholeLine: docker.wholeLine,
    last: async (request) => {
      const answer = await page({}, request)
      return { lines: linesOf(answer.lines), isBegin: answer.before === undefined, isEnd: true }
    },
    before: (place, request) =>
      orByTime(
        place,
        (position) => before(position, request),
        () => docker.before(place, request),
      ),
    after: (place, request) =>
      orByTime(
        place,
        (position) => after(position, request),
        () => docker.after(place, request),
      ),
    begin: async (request) => ({ ...(await after('start', request)), isBegin: true }),
    around: async (line, request) => {
      if (line.position === undefined) return await docker.around(line, request)
      const [earlier, later] = await Promise.all([before(line.position, request), after(line.position, request)])
      return { lines: [...earlier.lines, line, ...later.lines], isBegin: earlier.isBegin, isEnd: later.isEnd }
    },
    search: async function* (text, signal, _onProgress) {
      const query = { text, case: 'ignore', limit: FOUND_AT_ONCE }
      for (let place: string | undefined; ; ) {
        let next: string | undefined
        for await (const found of client.lines('GET', `${path}/search`, foundLineSchema, {
          query: { ...query, before: place },
          signal,
          timeout: 0,
        })) {
          if ('isEnd' in found) next = found.before
          else yield* linesOf([found])
        }
        if (next === undefined) return
        place = next
      }
    },
  }
}

/** Makes lines of answers. Those whose end has not been written are left out: they come with what is followed. */
function lineReader({ member, containerId }: DockerLogOptions): (answers: readonly LogLineAnswer[]) => LogLine[] {
  return (answers) => {
    const styles: Record<LogStream, number> = { stdout: PLAIN, stderr: PLAIN }
    return answers.flatMap(({ position, time, stream: given, text, length, isOpen }): LogLine[] => {
      if (isOpen === true) return []
      const stream = given === 'stderr' ? 'stderr' : 'stdout'
      const clean = cleanLine(text, styles[stream])
      styles[stream] = clean.style
      const line = cutToShown({ ...clean, isCut: length !== undefined })
      const bytes = length ?? Buffer.byteLength(text)
      return [
        {
          member,
          containerId,
          stream,
          time: parseTime(time) ?? 0n,
          text: line.text,
          marks: line.marks,
          length: bytes - (length === undefined && text.endsWith('\r') ? 1 : 0),
          isCut: line.isCut,
          isOpen: false,
          position,
        },
      ]
    })
  }
}
