import type { IncomingMessage, Server } from 'node:http'
import { createServer, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import type { Backend } from './backend.ts'
import type { Exchange } from './dispatch.ts'
import { dispatch } from './dispatch.ts'
import { listenOn } from './listen.ts'
import { MAXIMUM_MINOR_VERSION, parseTarget } from './path.ts'
import { refuse } from './refuse.ts'
import type { Router } from './router.ts'
import { createRouter } from './router.ts'
import { allRoutes } from './routes/all.ts'
import { refuseUnsupported } from './routes/unsupported.ts'
import { errorAnswer } from './status.ts'

// Filters travel in the request line, so more than node:http's 16 KiB.
const HEADER_LIMIT = 64 * 1024
// A client that sends its head byte by byte holds a descriptor no longer than this (milliseconds).
const HEAD_TIMEOUT = 30_000

export interface ServerOptions {
  readonly backend: Backend
  /** Absolute path of the Unix socket. */
  readonly socketPath: string
  /** The helper's own version, for the `Server` header. */
  readonly version: string
  /** Group that may use the socket too. */
  readonly gid?: number
  /** Told once of each error that nobody foresaw. */
  readonly onUnexpected: (error: unknown) => void
}

export interface ApiServer {
  readonly socketPath: string
  /** Requests being answered, streams and hijacked connections among them. */
  activeRequests(): number
  /** When the last request began or ended, in milliseconds since 1970. */
  lastActivity(): number
  /** Stops listening, cuts every connection, removes the socket. */
  close(): Promise<void>
}

/** Serves the Engine API on a Unix socket. Errors: those of `listenOn`. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { backend, socketPath, version, onUnexpected } = options
  const headers = {
    'Api-Version': `1.${MAXIMUM_MINOR_VERSION}`,
    'Docker-Experimental': 'false',
    Ostype: 'linux',
    Server: `Pocker/${version} (linux)`,
  }
  const router = createRouter(allRoutes(backend), refuseUnsupported)
  // Node.js 24.9: without it every request with an Upgrade header would be given up by node:http, whatever its path.
  const shouldUpgradeCallback = (request: IncomingMessage) => takesUpgrade(request, router)
  const server = createServer({
    maxHeaderSize: HEADER_LIMIT,
    shouldUpgradeCallback,
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: HEAD_TIMEOUT,
    // `dispatch` looks for it, so that this refusal looks like any other.
    requireHostHeader: false,
  })
  const sockets = new Set<Socket>()
  const responses = new WeakMap<Duplex, ServerResponse>()
  let active = 0
  let lastActivity = Date.now()

  const serve = (exchange: Exchange) => {
    active += 1
    lastActivity = Date.now()
    responses.set(exchange.socket, exchange.response)
    void dispatch(exchange, { router, headers, onUnexpected }).finally(() => {
      active -= 1
      lastActivity = Date.now()
    })
  }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => serve({ request, response, socket: request.socket, upgraded: false }))
  // Without it node:http would ask for every body, also for one that will be refused.
  server.on('checkContinue', (request, response) => serve({ request, response, socket: request.socket, upgraded: false }))
  server.on('upgrade', (request, stream, head: Buffer) => serve(upgradedExchange(request, stream, head)))
  server.on('connect', (_request, stream) => refuse(stream, headers, errorAnswer(noProxy())))
  server.on('clientError', (error, stream) => {
    // An answer that has begun must not be continued by another one.
    const response = responses.get(stream)
    const answering = response?.headersSent === true && !response.writableFinished
    if (answering || !stream.writable) stream.destroy()
    else refuse(stream, headers, errorAnswer(malformed(error)))
  })
  await listenOn(server, socketPath, options.gid)
  return { socketPath, activeRequests: () => active, lastActivity: () => lastActivity, close: () => close(server, sockets) }
}

function takesUpgrade(request: IncomingMessage, router: Router): boolean {
  if (request.headers.upgrade?.toLowerCase() !== 'tcp' || request.headers['transfer-encoding'] !== undefined) return false
  try {
    return router(request.method ?? '', parseTarget(request.url ?? '').segments).route.hijack === true
  } catch {
    // The request goes the ordinary way and gets this error as its answer.
    return false
  }
}

function upgradedExchange(request: IncomingMessage, stream: Duplex, head: Buffer): Exchange {
  if (!(stream instanceof Socket)) throw new TypeError('a connection of a socket server is a socket')
  stream.on('error', () => stream.destroy())
  if (head.length > 0) stream.unshift(head)
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(stream)
  response.once('finish', () => stream.destroySoon())
  return { request, response, socket: stream, upgraded: true }
}

function noProxy(): PockerError {
  return new PockerError('InvalidParameter', 'answer CONNECT request: this is no proxy', { code: 'method-not-allowed' })
}

function malformed(error: Error & { code?: string }): PockerError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new PockerError('InvalidParameter', `read request: its head is larger than ${HEADER_LIMIT} bytes`, {
        code: 'header-too-large',
      })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new PockerError('InvalidParameter', 'read request: its head took too long', { code: 'request-timeout' })
    default:
      return new PockerError('InvalidParameter', 'read request: it is not HTTP', { code: 'malformed-http', cause: error })
  }
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = Promise.withResolvers<void>()
  server.close(() => closed.resolve())
  for (const socket of sockets) socket.destroy()
  await closed.promise
}
