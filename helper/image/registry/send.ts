/** One HTTP request, with the redirects that a registry may send a reader on. */
import { type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { guardedLookup, isLinkLocal } from './addresses.ts'
import type { Agents } from './agents.ts'
import { discardBody } from './body.ts'
import { cancelled, networkError, RegistryError } from './registry-error.ts'

export interface OutgoingRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** Made anew for each attempt. A stream needs a `content-length` among the headers. */
  readonly body?: () => Readable | Buffer
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Where it came from in the end. */
  readonly url: URL
  /** To be read, or given to `discardBody`. */
  readonly body: IncomingMessage
}

export interface Timeouts {
  /** Milliseconds without a byte in either direction, connecting included; five times as many after an upload. */
  readonly stall: number
}

export interface Network {
  readonly agents: Agents
  readonly timeouts: Timeouts
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const REDIRECT_LIMIT = 5

/**
 * Sends a request and follows redirects of GET and HEAD. Another origin gets no Authorization, and none of the next ones either:
 * storage behind a registry has signed addresses, and anything else is an attempt to get at the credentials (CVE-2020-15157's kind).
 * Errors: Unavailable `registry-unreachable`, `tls-untrusted`, `unsafe-redirect`; Cancelled.
 */
export async function sendFollowing(network: Network, request: OutgoingRequest, { isForeign = false } = {}): Promise<Answer> {
  let current = request
  for (let hop = 0; ; hop++) {
    const answer = await sendOnce(network, current, { isForeign: isForeign || hop > 0 })
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    if (!REDIRECTS.has(answer.status) || !isReading) return answer
    discardBody(answer.body)
    if (hop === REDIRECT_LIMIT) throw unsafe(request.url, `more than ${REDIRECT_LIMIT} redirects`)
    current = redirected(current, answer.headers.location)
  }
}

function redirected(request: OutgoingRequest, location: string | undefined): OutgoingRequest {
  const url = location === undefined ? null : URL.parse(location, request.url.href)
  if (url === null) throw unsafe(request.url, 'a redirect without an address')
  checkTarget(request.url, url)
  if (url.origin === request.url.origin) return { ...request, url }
  const { authorization: _, ...headers } = request.headers ?? {}
  return { ...request, url, headers }
}

/** Addresses that a registry sends us to. Errors: Unavailable `unsafe-redirect`. */
export function checkTarget(from: URL, to: URL): void {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') throw unsafe(from, `a redirect to ${to.protocol}`)
  if (from.protocol === 'https:' && to.protocol === 'http:') throw unsafe(from, `a redirect from https to http (${to.host})`)
  if (to.username !== '' || to.password !== '') throw unsafe(from, 'a redirect with a password in it')
  if (isLinkLocal(to.host)) throw unsafe(from, `a redirect to the link-local address ${to.host}`)
}

function unsafe(from: URL, what: string): RegistryError {
  return new RegistryError('Unavailable', `ask registry ${from.host}: refused ${what}`, { code: 'unsafe-redirect' })
}

/** Sends one request and takes whatever answer comes. `isForeign`: its address was chosen by somebody else than the user. */
export async function sendOnce(network: Network, request: OutgoingRequest, { isForeign }: { isForeign: boolean }): Promise<Answer> {
  const { url, signal } = request
  if (signal.aborted) throw cancelled(`ask registry ${url.host}`)
  try {
    return await exchange(network, request, isForeign)
  } catch (error) {
    if (signal.aborted) throw cancelled(`ask registry ${url.host}`)
    throw networkError(error, url)
  }
}

class StaleConnection extends Error {}

async function exchange(network: Network, request: OutgoingRequest, isForeign: boolean): Promise<Answer> {
  try {
    return await attempt(network, request, isForeign)
  } catch (error) {
    // A kept connection that the server closes just as it is used again says nothing about the server.
    if (error instanceof StaleConnection && request.body === undefined) return attempt(network, request, isForeign)
    throw error instanceof StaleConnection ? error.cause : error
  }
}

function attempt({ agents, timeouts }: Network, request: OutgoingRequest, isForeign: boolean): Promise<Answer> {
  const { method, url, headers = {}, body, signal } = request
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      method,
      headers: { 'user-agent': 'pocker', ...headers },
      agent: agents.agentFor(url),
      signal,
      ...(isForeign ? { lookup: guardedLookup } : {}),
    })
    // A registry is silent while it checks and moves what has been uploaded.
    const stall = method === 'PUT' ? 5 * timeouts.stall : timeouts.stall
    outgoing.setTimeout(stall, () => {
      outgoing.destroy(Object.assign(new Error(`nothing was heard for ${stall / 1000} seconds`), { code: 'ESTALL' }))
    })
    outgoing.on('error', (error) => {
      const isReset = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(outgoing.reusedSocket && isReset ? new StaleConnection('stale', { cause: error }) : error)
    })
    outgoing.on('response', (answer) => {
      const status = answer.statusCode ?? 0
      // Refused before all was sent: the rest is not wanted.
      if (status >= 300 && !outgoing.writableFinished) answer.once('end', () => outgoing.destroy())
      resolve({ status, headers: answer.headers, url, body: answer })
    })
    sendBody(outgoing, body?.())
  })
}

function sendBody(outgoing: ClientRequest, body: Readable | Buffer | undefined): void {
  if (body === undefined || Buffer.isBuffer(body)) {
    outgoing.end(body)
    return
  }
  // A failed source destroys the request, which tells the error; a failed request lets go of the source.
  pipeline(body, outgoing, () => undefined)
}
