import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Sent {
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends `POST /path` and waits for the head of the answer. */
export async function open(socketPath: string, endpoint: string, sent: Sent = {}): Promise<IncomingMessage> {
  const [method = '', path = ''] = endpoint.split(' ')
  const payload = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body))
  const headers = { ...(sent.body === undefined ? {} : { 'Content-Type': 'application/json' }), ...sent.headers }
  const request = httpRequest({ socketPath, method, path, headers, agent: false })
  request.end(payload)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request.once('response', resolve)
  request.once('error', reject)
  return promise
}

/** Sends `POST /path` and reads the whole answer. */
export async function send(socketPath: string, endpoint: string, sent: Sent = {}): Promise<Reply> {
  const response = await open(socketPath, endpoint, sent)
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece)
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(pieces).toString() }
}

/** A connection on which a test writes bytes of its own. */
export async function dial(socketPath: string): Promise<Socket> {
  const socket = connect({ path: socketPath, allowHalfOpen: true })
  // A server that closes early is what some tests are about.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** What comes until the server ends its side. */
export async function readToEnd(socket: Socket): Promise<string> {
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece))
  if (!socket.closed && !socket.readableEnded) await Promise.race([once(socket, 'end'), once(socket, 'close')])
  return Buffer.concat(pieces).toString('latin1')
}

/** What comes until it matches. */
export async function readUntil(socket: Socket, pattern: RegExp): Promise<string> {
  let received = ''
  const { promise, resolve } = Promise.withResolvers<string>()
  const onData = (piece: Buffer) => {
    received += piece.toString('latin1')
    if (pattern.test(received)) resolve(received)
  }
  socket.on('data', onData)
  return promise.finally(() => socket.off('data', onData))
}
