/** One listening HTTP server: node:http, with its connections and who is at their other ends. */
import type { IncomingMessage, Server } from 'node:http'
import { createServer, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import type { Exchange } from './dispatch.ts'
import { parseTarget } from './path.ts'
import { refuse } from './refuse.ts'
import type { Router } from './router.ts'
import { errorAnswer } from './status.ts'

// Filters travel in the request line, so more than node:http's 16 KiB.
const HEADER_LIMIT = 64 * 1024
// A client that sends its head byte by byte holds a descriptor no longer than this (milliseconds).
const HEAD_TIMEOUT = 30_000

export interface HttpServerOptions {
  readonly router: Router
  /** Docker's headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
  /** The user at the other end of a fresh connection; undefined for one who has no business here. */
  readonly peerUid: (socket: Socket) => number | undefined
  readonly serve: (exchange: Exchange) => void
}

export interface HttpServer {
  /** Not listening yet. */
  readonly server: Server
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

/** Makes a server that hands each request to `serve`. */
export function createHttpServer({ router, headers, peerUid, serve }: HttpServerOptions): HttpServer {
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
  const peers = new Map<Duplex, number | undefined>()
  const responses = new WeakMap<Duplex, ServerResponse>()
  const take = (exchange: Omit<Exchange, 'peerUid'>) => {
    responses.set(exchange.socket, exchange.response)
    serve({ ...exchange, peerUid: peers.get(exchange.socket) })
  }
  server.on('connection', (socket: Socket) => {
    peers.set(socket, peerUid(socket))
    socket.once('close', () => peers.delete(socket))
  })
  server.on('request', (request, response) => take({ request, response, socket: request.socket, upgraded: false }))
  // Without it node:http would ask for every body, also for one that will be refused.
  server.on('checkContinue', (request, response) => take({ request, response, socket: request.socket, upgraded: false }))
  server.on('upgrade', (request, stream, head: Buffer) => take(upgradedExchange(request, stream, head)))
  server.on('connect', (_request, stream) => refuse(stream, headers, errorAnswer(noProxy())))
  server.on('clientError', (error, stream) => {
    // An answer that has begun must not be continued by another one.
    const response = responses.get(stream)
    const answering = response?.headersSent === true && !response.writableFinished
    if (answering || !stream.writable) stream.destroy()
    else refuse(stream, headers, errorAnswer(malformed(error)))
  })
  return { server, close: () => close(server, [...peers.keys()]) }
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

function upgradedExchange(request: IncomingMessage, stream: Duplex, head: Buffer): Omit<Exchange, 'peerUid'> {
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

async function close(server: Server, sockets: readonly Duplex[]): Promise<void> {
  const closed = Promise.withResolvers<void>()
  server.close(() => closed.resolve())
  for (const socket of sockets) socket.destroy()
  await closed.promise
}
