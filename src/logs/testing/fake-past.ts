/** A container's past at a fake engine, as Pocker tells it: lines with positions, pages, a search, lives. */
import type { ServerResponse } from 'node:http'
import type { LogLineAnswer } from '../../../helper/api/log.ts'
import type { FakeEngine } from '../../testing/fake-engine.ts'
import { type FakeLog, isoTime } from './fake-log.ts'

export interface FakePast {
  /** Positions before this one are gone: rotated away. */
  goneBefore: number
  lives: Record<string, unknown>[]
}

/** Adds it to a container that has a log. */
export function fakePast(engine: FakeEngine, { container }: FakeLog): FakePast {
  const past: FakePast = { goneBefore: 0, lives: [] }
  const path = `GET /pocker/containers/${container.id}`
  const json = (response: ServerResponse, value: unknown) => response.end(JSON.stringify(value))
  const gone = (response: ServerResponse) => json(response.writeHead(404), { message: 'it is gone', code: 'log-position-gone' })
  const lines = (): LogLineAnswer[] =>
    container.entries.map(({ time, text, stream }, index) => {
      const bytes = text.replace(/\n$/, '')
      const isLong = bytes.length > 16_384
      return {
        position: String(index),
        time: isoTime(time),
        stream: container.isTerminal === true ? 'terminal' : stream,
        text: isLong ? bytes.slice(0, 16_384) : bytes,
        ...(isLong ? { length: bytes.length } : {}),
        ...(text.endsWith('\n') ? {} : { isOpen: true }),
      }
    })
  engine.handlers.set(`${path}/log`, (_request, response, url) => {
    const query = url.searchParams
    const count = Number(query.get('lines'))
    const [before, after] = [query.get('before'), query.get('after')]
    if ([before, after].some((place) => place !== null && place !== 'start' && Number(place) < past.goneBefore)) {
      gone(response)
      return
    }
    const all = lines()
    const to = before === null ? (after === null ? all.length : Math.min(all.length, from(after) + count)) : Number(before)
    const begin = after === null ? Math.max(past.goneBefore, to - count) : from(after)
    const found = all.slice(begin, to)
    json(response, { lines: found, ...(begin > past.goneBefore ? { before: String(begin) } : {}), after: String(Math.max(to, 1) - 1) })
  })
  engine.handlers.set(`${path}/log/search`, (_request, response, url) => {
    const query = url.searchParams
    const text = query.get('text')?.toLowerCase() ?? ''
    const end = Number(query.get('before') ?? container.entries.length)
    const found = lines()
      .slice(0, end)
      .filter((line) => line.text.toLowerCase().includes(text))
      .toReversed()
    const limit = Number(query.get('limit'))
    const given = found.slice(0, limit)
    const next = found.length > limit ? { before: given.at(-1)?.position } : {}
    for (const line of given) response.write(`${JSON.stringify(line)}\n`)
    response.end(`${JSON.stringify({ isEnd: true, ...next })}\n`)
  })
  engine.handlers.set(`${path}/lives`, (_request, response) => json(response, { lives: past.lives }))
  return past
}

function from(after: string): number {
  return after === 'start' ? 0 : Number(after) + 1
}
