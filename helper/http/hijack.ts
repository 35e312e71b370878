import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { MULTIPLEXED_STREAM, RAW_STREAM } from './answer.ts'
import { isJson } from './body.ts'
import { releaseFromParser } from './connection.ts'
import type { Connection } from './stream.ts'

// Multiplexing is older, but its media type came with this version.
const MEDIA_TYPE_SINCE = 42

export interface Hijack {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly upgraded: boolean
  readonly tty: boolean
  readonly minorVersion: number
  /** Docker's headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Turns a request's connection into one for a process's input and output, in one of three ways, and sends the head of the answer:
 * - upgraded: `101 UPGRADED`, then raw bytes both ways;
 * - not upgraded, but the request's body is input: an ordinary answer that lasts until the connection closes;
 * - not upgraded otherwise: `200 OK`, then raw bytes both ways, as dockerd takes the connection.
 * Preconditions: a body that is not input has been read to its end.
 */
export function hijack(taken: Hijack): Connection {
  if (!taken.upgraded && hasInputBody(taken.request)) return answerWhileReading(taken)
  const { response, socket, headers } = taken
  response.detachSocket(socket)
  if (!taken.upgraded) releaseFromParser(socket)
  socket.write(head(taken.upgraded ? upgradeHead(taken) : ['HTTP/1.1 200 OK', `Content-Type: ${RAW_STREAM}`], headers))
  return { input: socket, output: socket, socket }
}

/** True when the body is meant for the process. Some clients repeat the query as a JSON body: that is not for it. */
export function hasInputBody(request: IncomingMessage): boolean {
  const { headers } = request
  if (request.readableEnded || isJson(headers['content-type'])) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** The media type of a process's output. */
export function outputMediaType(tty: boolean, minorVersion: number): string {
  return !tty && minorVersion >= MEDIA_TYPE_SINCE ? MULTIPLEXED_STREAM : RAW_STREAM
}

function answerWhileReading({ request, response, socket, headers }: Hijack): Connection {
  response.useChunkedEncodingByDefault = false
  response.shouldKeepAlive = false
  response.writeHead(200, { ...headers, 'Content-Type': RAW_STREAM })
  response.flushHeaders()
  return { input: request, output: response, socket }
}

function upgradeHead({ tty, minorVersion }: Hijack): string[] {
  return ['HTTP/1.1 101 UPGRADED', `Content-Type: ${outputMediaType(tty, minorVersion)}`, 'Connection: Upgrade', 'Upgrade: tcp']
}

function head(lines: readonly string[], headers: Readonly<Record<string, string>>): string {
  return [...lines, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
}
