import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { PockerError } from '../api/errors.ts'
import type { Answer } from './answer.ts'
import { BODY_LIMIT, parseJson, tooLarge } from './body.ts'
import { hasInputBody, hijack } from './hijack.ts'
import type { Target } from './path.ts'
import { parseTarget } from './path.ts'
import { type RequestBody, requestBody } from './request-body.ts'
import type { ApiRequest } from './route.ts'
import type { Match, Router } from './router.ts'
import { errorAnswer, isAbort } from './status.ts'
import { bridge } from './stream.ts'
import { writeAnswer, writeError } from './write-answer.ts'

type HijackAnswer = Extract<Answer, { kind: 'hijack' }>

/** One request with its answer and the connection both are on. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  /** The request asked for an upgrade and node:http has given the socket up, unread from the end of the head on. */
  readonly upgraded: boolean
  /** The user who made the connection; undefined when that is neither the socket's owner nor root. */
  readonly peerUid: number | undefined
}

export interface DispatchOptions {
  readonly router: Router
  /** Docker's headers of every answer. */
  readonly headers: Readonly<Record<string, string>>
  /** Told once of each error that nobody foresaw. */
  readonly onUnexpected: (error: unknown) => void
}

/** Answers one request, whatever is in it. Never rejects. */
export async function dispatch(exchange: Exchange, options: DispatchOptions): Promise<void> {
  const { request, response } = exchange
  const client = new AbortController()
  const body = requestBody(exchange)
  // After a whole answer nobody is to be told, and the exception that an abort makes takes 25 µs.
  response.once('close', () => response.writableFinished || client.abort())
  try {
    // After an upgrade that is not taken, node:http is not sure to find the beginning of a next request.
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false
    const peerUid = admitted(exchange)
    refuseOddHttp(request)
    refuseBrowsers(request)
    const target = parseTarget(request.url ?? '')
    const match = options.router(request.method ?? '', target.segments)
    if (target.minorVersion < match.route.since) throw tooOldFor(match, target)
    if (match.route.takesArchive !== true && Number(request.headers['content-length'] ?? 0) > BODY_LIMIT) throw tooLarge()
    // What follows a hijacked request's body is raw, so the body goes first, unless it is itself the input.
    if (match.route.hijack && !hasInputBody(request)) await body.whole()
    const answer = await match.route.handle(createApiRequest({ request, body, target, match, peerUid, signal: client.signal }))
    if (answer.kind === 'hijack') {
      body.invite()
      await serveHijacked(exchange, answer, target.minorVersion, options)
    } else await writeAnswer(response, { ...options, beforeEnd: () => body.finish() }, answer)
  } catch (error) {
    if (client.signal.aborted && isAbort(error)) return
    const answer = errorAnswer(error)
    if (answer.unexpected) options.onUnexpected(error)
    writeError(response, options.headers, answer)
  } finally {
    body.close()
  }
}

function admitted({ peerUid, response }: Exchange): number {
  if (peerUid !== undefined) return peerUid
  response.shouldKeepAlive = false
  throw new PockerError('Forbidden', 'answer request: this socket belongs to another user', { code: 'peer-not-permitted' })
}

// llhttp lets HTTP/0.9 pass.
function refuseOddHttp({ httpVersionMajor, httpVersionMinor, headers }: IncomingMessage): void {
  if (httpVersionMajor === 1 && (httpVersionMinor === 0 || headers.host !== undefined)) return
  throw new PockerError('InvalidParameter', 'read request: it is not HTTP/1.1 with a Host', { code: 'malformed-http' })
}

// No web page has business here. A page cannot leave these headers out, and should the socket ever be forwarded to a TCP port,
// nothing else would tell it from a client (DNS rebinding, CVE-2025-9074).
function refuseBrowsers({ headers }: IncomingMessage): void {
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return
  throw new PockerError('Forbidden', 'answer request: it comes from a web page', { code: 'browser-request' })
}

function tooOldFor({ route }: Match, { minorVersion }: Target): PockerError {
  const message = `${route.method} ${route.path} requires API version 1.${route.since}, but the client asks for 1.${minorVersion}`
  return new PockerError('InvalidParameter', message, { code: 'client-too-old' })
}

interface Parts {
  readonly request: IncomingMessage
  readonly body: RequestBody
  readonly target: Target
  readonly match: Match
  readonly peerUid: number
  readonly signal: AbortSignal
}

function createApiRequest({ request, body, target, match, peerUid, signal }: Parts): ApiRequest {
  return {
    title: `${match.route.method} ${match.route.path}`,
    minorVersion: target.minorVersion,
    peerUid,
    query: target.query,
    signal,
    parameter: (name) => match.parameters.get(name) ?? '',
    header: (name) => request.headers[name]?.toString(),
    json: async () => parseJson(await body.whole(), request.headers['content-type']),
    body: () => body.stream(),
  }
}

async function serveHijacked(exchange: Exchange, answer: HijackAnswer, minorVersion: number, options: DispatchOptions): Promise<void> {
  const { attachment, detachKeys } = answer
  const headers = { ...options.headers, ...answer.headers }
  try {
    const connection = hijack({ ...exchange, tty: attachment.tty, minorVersion, headers })
    await bridge(attachment, connection, detachKeys)
  } catch (error) {
    // Nothing can be said any more in a stream that is the process's own.
    if (!isAbort(error)) options.onUnexpected(error)
  }
}
