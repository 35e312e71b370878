import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'

export interface SeenRequest {
  readonly method: string
  /** Without the API version. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The body as it came, and parsed when it is JSON. */
  readonly bytes: Buffer
  readonly body: unknown
}

/** What a route does: answers JSON, or takes the response (or the upgraded socket) in hand. */
export interface FakeRoutes {
  readonly [methodAndPath: string]: (request: SeenRequest, response: ServerResponse) => unknown
}

export interface FakeEngine extends AsyncDisposable {
  readonly socket: string
  readonly seen: readonly SeenRequest[]
}

export interface FakeOptions {
  readonly routes?: FakeRoutes
  /** Upgrade requests; the socket has had its 101. */
  readonly hijacked?: (request: SeenRequest, socket: Duplex) => void
  /** It is another engine, which has no endpoints of Pocker's. */
  readonly isDocker?: true
}

/** An engine on a unix socket in a folder of its own, which answers as it is told. `undefined` from a route means it answers by itself. */
export async function fakeEngine(options: FakeOptions): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-cli-'))
  const socket = join(folder, 'engine.sock')
  const seen: SeenRequest[] = []
  const note = async (request: IncomingMessage): Promise<SeenRequest> => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const chunks: Uint8Array[] = []
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const isJson = bytes.length > 0 && request.headers['content-type'] === 'application/json'
    const noted = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/v1\.\d+/, ''),
      query: url.searchParams,
      headers: request.headers,
      bytes,
      body: isJson ? JSON.parse(bytes.toString('utf8')) : undefined,
    }
    seen.push(noted)
    return noted
  }
  const server = createServer((request, response) => {
    note(request).then(
      (noted) => answer(options, noted, response),
      // The client has gone in the middle of its request.
      () => response.destroy(),
    )
  })
  const open = new Set<Duplex>()
  server.on('connection', (connection) => {
    open.add(connection)
    connection.on('close', () => open.delete(connection))
    connection.on('error', () => connection.destroy())
  })
  server.on('upgrade', (request, connection, head) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const length = Number(request.headers['content-length'] ?? 0)
    const bytes = head.subarray(0, length)
    const body = length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined
    const path = url.pathname.replace(/^\/v1\.\d+/, '')
    const noted = { method: 'POST', path, query: url.searchParams, headers: request.headers, bytes, body }
    seen.push(noted)
    if (options.isDocker && path.startsWith('/pocker/')) {
      connection.end('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}')
      return
    }
    if (head.length > length) connection.unshift(head.subarray(length))
    connection.write(
      `HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${path.endsWith('/exec') ? 'Pocker-Exec: e1\r\n' : ''}\r\n`,
    )
    options.hijacked?.(noted, connection)
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    socket,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const connection of open) connection.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function answer({ routes = {}, isDocker }: FakeOptions, request: SeenRequest, response: ServerResponse): void {
  if (isDocker && request.path.startsWith('/pocker/')) {
    json(response, 404, { message: 'page not found' })
    return
  }
  const route = routes[`${request.method} ${request.path}`]
  if (route === undefined) {
    json(response, 404, { message: `no such thing: ${request.method} ${request.path}`, code: 'not-scripted' })
    return
  }
  const value = route(request, response)
  if (value !== undefined && !response.headersSent) json(response, 200, value)
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(status === 204 || status === 304 ? undefined : JSON.stringify(value))
}

/** One frame of the multiplexed stream. */
export function frame(stream: 1 | 2 | 3, text: string): Buffer {
  const bytes = Buffer.from(text)
  const header = Buffer.alloc(8)
  header.writeUInt8(stream, 0)
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}
