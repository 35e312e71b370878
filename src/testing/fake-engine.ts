/** An engine on a unix socket that says what a test tells it to. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void

/** A connection that has become a process's. */
export type Upgrade = (stream: Duplex, url: URL) => void

export interface FakeEngine {
  readonly socket: string
  /** Docker's list entries; what is missing in one is filled in. */
  containers: Record<string, unknown>[]
  images: Record<string, unknown>[]
  version: Record<string, unknown>
  /** `METHOD path` without version, in the order of the requests. */
  readonly calls: string[]
  /** Answers for other paths, or in place of the usual ones. */
  readonly handlers: Map<string, Handler>
  /** Answers to requests for an upgrade; there are no others. */
  readonly upgrades: Map<string, Upgrade>
  /** The JSON bodies of requests for an upgrade, by `METHOD path`; the last one counts. */
  readonly bodies: Map<string, unknown>
  /** Tells all who listen to events. */
  emit(event: Record<string, unknown>): void
  /** Closes all connections and the socket. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** Listens until the test's end. */
export async function fakeEngine(t: { after(end: () => Promise<void>): void }): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-engine-'))
  const listeners = new Listeners()
  const upgraded = new Set<Duplex>()
  let server: Server | undefined
  const engine: FakeEngine = {
    socket: join(folder, 'socket'),
    containers: [],
    images: [],
    version: {
      ApiVersion: '1.47',
      MinAPIVersion: '1.41',
      Version: '0.1.0',
      Platform: { Name: 'Pocker' },
      Components: [{ Name: 'Engine' }],
    },
    calls: [],
    handlers: new Map(),
    upgrades: new Map(),
    bodies: new Map(),
    emit: (event) => listeners.tell(event),
    stop: async () => {
      if (server === undefined) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      for (const stream of upgraded) stream.destroy()
      server = undefined
      await closed
    },
    start: async () => {
      server = createServer((request, response) => answer(engine, listeners, request, response))
      server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
        upgraded.add(stream)
        upgrade(engine, request, stream, head)
      })
      server.listen(engine.socket)
      await once(server, 'listening')
    },
  }
  await engine.start()
  t.after(async () => {
    await engine.stop()
    rmSync(folder, { recursive: true })
  })
  return engine
}

function upgrade(engine: FakeEngine, request: IncomingMessage, stream: Duplex, head: Buffer): void {
  const { url, call } = callOf(request)
  engine.calls.push(call)
  // As of a process that has been killed: who writes to it hears nothing of it.
  stream.on('error', () => {})
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > 0) engine.bodies.set(call, JSON.parse(head.subarray(0, length).toString()))
  const take = engine.upgrades.get(call)
  if (take === undefined) {
    const body = JSON.stringify({ message: 'page not found', code: 'page-not-found' })
    stream.end(`HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`)
    return
  }
  // Execs that are made by their start are e1, e2 and so on.
  const exec = /^POST \/pocker\/containers\/[^/]+\/exec$/.test(call)
    ? `Pocker-Exec: e${engine.calls.filter((each) => each === call).length}\r\n`
    : ''
  stream.write(`HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${exec}\r\n`)
  take(stream, url)
}

function callOf(request: IncomingMessage): { readonly url: URL; readonly call: string } {
  const url = new URL(request.url ?? '/', 'http://engine')
  return { url, call: `${request.method} ${url.pathname.replace(/^\/v\d+\.\d+/, '')}` }
}

function answer(engine: FakeEngine, listeners: Listeners, request: IncomingMessage, response: ServerResponse): void {
  const { url, call } = callOf(request)
  engine.calls.push(call)
  const json = (value: unknown) => response.end(JSON.stringify(value))
  const handler = engine.handlers.get(call)
  if (handler !== undefined) {
    handler(request, response, url)
    return
  }
  switch (call) {
    case 'HEAD /_ping':
      response.end()
      return
    case 'GET /version':
      json(engine.version)
      return
    case 'GET /containers/json':
      json(listed(engine, url).map((entry) => ({ Created: 1, State: 'running', Status: 'Up 1 second', ...entry })))
      return
    case 'GET /images/json':
      json(engine.images)
      return
    case 'GET /events':
      listeners.add(response)
      return
    default:
      response.writeHead(404).end(JSON.stringify({ message: `no answer to ${call}` }))
  }
}

/** Who comes a moment after an event hears it all the same, as with `since`. */
class Listeners {
  readonly #past: string[] = []
  readonly #open = new Set<ServerResponse>()

  tell(event: Record<string, unknown>): void {
    const line = `${JSON.stringify(event)}\n`
    this.#past.push(line)
    for (const response of this.#open) response.write(line)
  }

  add(response: ServerResponse): void {
    response.flushHeaders()
    for (const line of this.#past) response.write(line)
    this.#open.add(response)
    response.once('close', () => this.#open.delete(response))
  }
}

function listed({ containers }: FakeEngine, url: URL): Record<string, unknown>[] {
  const filters: unknown = JSON.parse(url.searchParams.get('filters') ?? '{}')
  const ids = typeof filters === 'object' && filters !== null && 'id' in filters && Array.isArray(filters.id) ? filters.id : undefined
  return ids === undefined ? containers : containers.filter(({ Id }) => ids.includes(Id))
}
