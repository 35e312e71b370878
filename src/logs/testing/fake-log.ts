/** A container with a log at a fake engine, which reads it as dockerd does: the last lines first, and then of these what is wanted of the times. */
import type { ServerResponse } from 'node:http'
import type { FakeEngine } from '../../testing/fake-engine.ts'
import type { LogStream } from '../log-line.ts'

export interface FakeEntry {
  readonly stream: LogStream
  /** Nanoseconds since 1970. */
  readonly time: bigint
  /** With its line end, if it has one. */
  readonly text: string
  /** It goes on with a line: no time is put before it. */
  readonly isRest?: boolean
}

export interface FakeContainer {
  readonly id: string
  readonly name: string
  isTerminal?: boolean
  isRunning: boolean
  driver?: string
  startedAt: bigint
  endedAt?: bigint
  exitCode?: number
  isOutOfMemory?: boolean
  readonly entries: FakeEntry[]
}

export interface FakeLog {
  readonly container: FakeContainer
  /** The queries of the log's requests. */
  readonly queries: URLSearchParams[]
  write(...entries: readonly FakeEntry[]): void
  /** It ends: whoever follows has all, and no more. */
  end(exitCode: number, at: bigint): void
  start(at: bigint): void
  /** Closes the connections of those who follow, as a network that fails does. */
  cut(): void
  /** The container goes, and another one may take its name. */
  remove(at: bigint): void
}

export const SECOND = 1_000_000_000n
/** 2026-11-28T00:00:00Z. */
export const MIDNIGHT = 1_795_824_000n * SECOND

export function line(text: string, seconds: number | bigint = 0, stream: LogStream = 'stdout'): FakeEntry {
  return { stream, time: MIDNIGHT + (typeof seconds === 'bigint' ? seconds : BigInt(Math.round(seconds * 1e9))), text: `${text}\n` }
}

/** Adds the container to the engine. */
export function fakeLog(engine: FakeEngine, given: Pick<FakeContainer, 'id' | 'name'> & Partial<FakeContainer>): FakeLog {
  const container: FakeContainer = { isRunning: true, startedAt: MIDNIGHT, entries: [], ...given }
  const queries: URLSearchParams[] = []
  const followers = new Set<ServerResponse>()
  const tell = (Action: string, at: bigint, Attributes: Record<string, string> = {}) =>
    engine.emit({
      Type: 'container',
      Action,
      Actor: { ID: container.id, Attributes: { name: container.name, ...Attributes } },
      timeNano: Number(at),
    })
  const inspect = (_request: unknown, response: ServerResponse) => response.end(JSON.stringify(inspected(container)))
  for (const key of [container.id, container.name]) engine.handlers.set(`GET /containers/${key}/json`, inspect)
  engine.handlers.set(`GET /containers/${container.id}/logs`, (_request, response, url) => {
    queries.push(url.searchParams)
    response.flushHeaders()
    response.write(bytesOf(selected(container.entries, url.searchParams), container))
    if (url.searchParams.get('follow') !== 'true' || !container.isRunning) response.end()
    else followers.add(response)
  })
  return {
    container,
    queries,
    write: (...entries) => {
      container.entries.push(...entries)
      for (const response of followers) response.write(bytesOf(entries, container))
    },
    end: (exitCode, at) => {
      Object.assign(container, { isRunning: false, exitCode, endedAt: at })
      for (const response of followers) response.end()
      followers.clear()
      tell('die', at, { exitCode: String(exitCode) })
    },
    start: (at) => {
      Object.assign(container, { isRunning: true, startedAt: at })
      tell('start', at)
    },
    cut: () => {
      for (const response of followers) response.destroy()
      followers.clear()
    },
    remove: (at) => {
      for (const key of [container.id, container.name]) engine.handlers.delete(`GET /containers/${key}/json`)
      for (const response of followers) response.end()
      followers.clear()
      tell('destroy', at)
    },
  }
}

function inspected({
  id,
  name,
  isTerminal = false,
  isRunning,
  driver,
  startedAt,
  endedAt,
  exitCode,
  isOutOfMemory,
}: FakeContainer): unknown {
  return {
    Id: id,
    Name: `/${name}`,
    Created: isoTime(MIDNIGHT),
    Config: { Tty: isTerminal },
    HostConfig: { LogConfig: { Type: driver ?? 'json-file' } },
    State: {
      Running: isRunning,
      StartedAt: isoTime(startedAt),
      FinishedAt: endedAt === undefined ? '0001-01-01T00:00:00Z' : isoTime(endedAt),
      ExitCode: exitCode ?? 0,
      OOMKilled: isOutOfMemory ?? false,
    },
  }
}

function selected(entries: readonly FakeEntry[], query: URLSearchParams): readonly FakeEntry[] {
  const tail = query.get('tail')
  const lines = groupedByLine(entries)
  const last = tail === null || tail === 'all' ? lines : lines.slice(Math.max(0, lines.length - Number(tail)))
  const found: FakeEntry[] = []
  const since = momentOf(query.get('since'))
  const until = momentOf(query.get('until'))
  for (const entry of last.flat()) {
    if (since !== undefined && entry.time < since) continue
    if (until !== undefined && entry.time > until) break
    found.push(entry)
  }
  return found
}

/** Parts of lines belong to the line that ends next. */
function groupedByLine(entries: readonly FakeEntry[]): FakeEntry[][] {
  const lines: FakeEntry[][] = []
  let open: FakeEntry[] = []
  for (const entry of entries) {
    open.push(entry)
    if (!entry.text.endsWith('\n')) continue
    lines.push(open)
    open = []
  }
  return open.length === 0 ? lines : [...lines, open]
}

function momentOf(text: string | null): bigint | undefined {
  const [, seconds, fraction = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text ?? '') ?? []
  return seconds === undefined ? undefined : BigInt(seconds) * SECOND + BigInt(fraction.padEnd(9, '0'))
}

function bytesOf(entries: readonly FakeEntry[], { isTerminal = false }: FakeContainer): Buffer {
  return Buffer.concat(
    entries.flatMap(({ stream, time, text, isRest = false }) => {
      const data = Buffer.from(isRest ? text : `${isoTime(time)} ${text}`)
      if (isTerminal) return [data]
      const header = Buffer.from([stream === 'stdout' ? 1 : 2, 0, 0, 0, 0, 0, 0, 0])
      header.writeUInt32BE(data.length, 4)
      return [header, data]
    }),
  )
}

/** RFC 3339 with nanoseconds. */
export function isoTime(time: bigint): string {
  return `${new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19)}.${String(time % SECOND).padStart(9, '0')}Z`
}
