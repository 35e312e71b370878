import { PockerError } from '../../api/errors.ts'
import type { LogLineAnswer, LogPageAnswer } from '../../api/log.ts'
import type { Answer } from '../answer.ts'
import { json } from '../answer.ts'
import type { FollowedLines, LogLine, PastBackend } from '../backend.ts'
import { piecesOf } from '../pieces.ts'
import { flag, invalidQuery, optional, requiredWord, wholeNumber, word } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'
import { formatNanoseconds } from '../timestamp.ts'
import { containerId } from './parameters.ts'

const MAX_LINES = 100_000
const DEFAULT_LINES = 1000
const MAX_FOUND = 10_000
const DEFAULT_FOUND = 100
const MAX_TEXT = 1000
const STREAMS = ['terminal', 'stdout', 'stderr'] as const

/** `/pocker/containers/{id}/lives` and `/log`: what Docker has no words for. See `api/lives.ts` and `api/log.ts`. */
export function pastRoutes(backend: PastBackend): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/pocker/containers/{id}/lives',
      since: 41,
      handle: async (request) => json({ lives: await backend.lives(containerId(request)) }),
    },
    {
      method: 'GET',
      path: '/pocker/containers/{id}/log',
      since: 41,
      handle: (request) => (flag(request.query, 'follow') ? follow(backend, request) : page(backend, request)),
    },
    { method: 'GET', path: '/pocker/containers/{id}/log/search', since: 41, handle: (request) => search(backend, request) },
  ]
}

async function page(backend: PastBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const places = { ...optional('before', word(query, 'before')), ...optional('after', word(query, 'after')) }
  if (places.before !== undefined && places.after !== undefined) {
    throw new PockerError('InvalidParameter', 'read log: it is either before or after', { code: 'invalid-query' })
  }
  const options = { ...places, lines: count(query, 'lines', { usual: DEFAULT_LINES, most: MAX_LINES }), signal }
  const found = await backend.logPage(containerId(request), options)
  const answer: LogPageAnswer = { lines: found.lines.map(lineAnswer), after: found.after, ...optional('before', found.before) }
  return json(answer)
}

async function follow(backend: PastBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const lines = await backend.followLog(containerId(request), { after: word(query, 'after'), signal })
  return { kind: 'stream', contentType: 'application/json', pieces: piecesOf(lines, (found) => [jsonLines(found)]) }
}

function jsonLines(found: FollowedLines): Uint8Array {
  return Buffer.from(found.map((line) => `${JSON.stringify(line === 'gap' ? { isGap: true } : lineAnswer(line))}\n`).join(''))
}

async function search(backend: PastBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const text = requiredWord(query, 'text')
  if (text.length > MAX_TEXT || /[\r\n]/.test(text)) {
    throw invalidQuery('text', text, `it must be one line of at most ${MAX_TEXT} characters`)
  }
  const wanted = {
    text,
    ignoreCase: ignoresCase(query),
    before: word(query, 'before'),
    limit: count(query, 'limit', { usual: DEFAULT_FOUND, most: MAX_FOUND }),
  }
  const found = await backend.searchLog(containerId(request), wanted, signal)
  const toLine = (line: LogLine | { before: string | undefined }) =>
    'text' in line ? lineAnswer(line) : { isEnd: true, ...optional('before', line.before) }
  const pieces = piecesOf(found, (line) => [Buffer.from(`${JSON.stringify(toLine(line))}\n`)])
  return { kind: 'stream', contentType: 'application/json', pieces }
}

function ignoresCase(query: URLSearchParams): boolean {
  const value = word(query, 'case')
  if (value !== undefined && value !== 'ignore') throw invalidQuery('case', value, 'it must be "ignore", or left out')
  return value === 'ignore'
}

function count(query: URLSearchParams, name: string, { usual, most }: { usual: number; most: number }): number {
  const value = wholeNumber(query, name) ?? usual
  if (value < 1) throw invalidQuery(name, String(value), 'it must be 1 at least')
  return Math.min(value, most)
}

function lineAnswer({ position, time, stream, text, length, isCut, isOpen, isContinued }: LogLine): LogLineAnswer {
  return {
    position,
    time: formatNanoseconds(time),
    stream: STREAMS[stream],
    text,
    ...(isCut ? { length } : {}),
    ...(isOpen ? { isOpen } : {}),
    ...(isContinued ? { isContinued } : {}),
  }
}
