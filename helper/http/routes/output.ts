import { PockerError } from '../../api/errors.ts'
import type { Answer } from '../answer.ts'
import { json } from '../answer.ts'
import type { ContainerBackend, LogChunk } from '../backend.ts'
import { parseDetachKeys } from '../detach-keys.ts'
import { outputMediaType } from '../hijack.ts'
import { piecesOf } from '../pieces.ts'
import { flag, flagOrTrue, invalidQuery, optional, word } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'
import { createTimestamper, frame } from '../stdcopy.ts'
import { moment } from '../timestamp.ts'
import { jsonLines } from './json-lines.ts'
import { containerId } from './parameters.ts'

/** The part of `/containers/{id}` that streams: attach, logs, stats. */
export function outputRoutes(backend: ContainerBackend): readonly Route[] {
  return [
    { method: 'POST', path: '/containers/{id}/attach', since: 41, hijack: true, handle: (request) => attach(backend, request) },
    { method: 'GET', path: '/containers/{id}/logs', since: 41, handle: (request) => logs(backend, request) },
    { method: 'GET', path: '/containers/{id}/stats', since: 41, handle: (request) => stats(backend, request) },
  ]
}

async function attach(backend: ContainerBackend, request: ApiRequest): Promise<Answer> {
  const { query } = request
  const detachKeys = parseDetachKeys(word(query, 'detachKeys'))
  const attachment = await backend.attach(containerId(request), {
    stream: flag(query, 'stream'),
    logs: flag(query, 'logs'),
    stdin: flag(query, 'stdin'),
    stdout: flag(query, 'stdout'),
    stderr: flag(query, 'stderr'),
  })
  return { kind: 'hijack', attachment, detachKeys }
}

async function logs(backend: ContainerBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const streams = { stdout: flag(query, 'stdout'), stderr: flag(query, 'stderr') }
  if (!streams.stdout && !streams.stderr) {
    throw new PockerError('InvalidParameter', 'Bad parameters: you must choose at least one stream', { code: 'no-stream-chosen' })
  }
  const { tty, chunks } = await backend.logs(containerId(request), {
    ...streams,
    follow: flag(query, 'follow'),
    ...optional('lives', lives(query)),
    signal,
    ...optional('since', notZero(moment(query, 'since'))),
    ...optional('until', notZero(moment(query, 'until'))),
    ...optional('tail', tail(query)),
  })
  const bytes = flag(query, 'timestamps') ? createTimestamper() : ({ data }: LogChunk) => data
  const toPieces = (chunk: LogChunk) => (tty ? [bytes(chunk)] : frame(chunk.stream, bytes(chunk)))
  return { kind: 'stream', contentType: outputMediaType(tty, request.minorVersion), pieces: piecesOf(chunks, toPieces) }
}

function lives(query: URLSearchParams): 'all' | undefined {
  const value = word(query, 'lives')
  if (value === undefined || value === 'all') return value
  throw invalidQuery('lives', value, 'it must be "all", or left out')
}

// Docker's clients send 0 for "not given".
function notZero(time: bigint | undefined): bigint | undefined {
  return time === 0n ? undefined : time
}

function tail(query: URLSearchParams): number | undefined {
  const value = word(query, 'tail')
  if (value === undefined || value === 'all' || /^-\d{1,15}$/.test(value)) return undefined
  if (!/^\d{1,15}$/.test(value)) throw invalidQuery('tail', value, 'it must be a number of lines or "all"')
  return Number(value)
}

async function stats(backend: ContainerBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const options = { stream: flagOrTrue(query, 'stream'), oneShot: flag(query, 'one-shot'), signal }
  if (options.stream && options.oneShot) {
    throw new PockerError('InvalidParameter', 'cannot have stream=true and one-shot=true', { code: 'invalid-query' })
  }
  const samples = await backend.stats(containerId(request), options)
  if (options.stream) return { kind: 'stream', contentType: 'application/json', pieces: jsonLines(samples) }
  for await (const sample of samples) return json(sample)
  throw new PockerError('NotFound', 'read stats: the container has been removed', { code: 'no-such-container' })
}
