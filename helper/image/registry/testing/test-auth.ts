/** Registries that want to be shown something. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TestContext } from 'node:test'
import { bodyOf, sendError, sendJson } from './answers.ts'
import { startTestRegistry, type TestRegistry } from './test-registry.ts'

export const USER = 'ada'
export const PASSWORD = 'Pass:wörd'
export const AUTH = { username: USER, password: PASSWORD }
export const BASIC = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`

/** The registry answers 401 to whoever does not show the password. */
export function wantBasic(registry: TestRegistry): void {
  registry.lie((request, response) => {
    if (request.headers.authorization === BASIC) return false
    response.setHeader('www-authenticate', 'Basic realm="test"')
    return sendError(response, 401, 'UNAUTHORIZED')
  })
}

export interface TokenServer {
  /** As requests: `/token?service=…`. */
  readonly server: TestRegistry
  /** That were given out and are still good. */
  readonly tokens: Set<string>
  /** Form bodies of POST. */
  readonly forms: URLSearchParams[]
}

export interface BearerOptions {
  /** The realm, if it is not the token server's own. */
  readonly realm?: string
  /** Seconds that tokens are said to be good. */
  readonly expiresIn?: number
  readonly tls?: boolean
}

/** The registry wants tokens of a token server, which gives one to everybody, but not for a wrong password. */
export async function wantBearer(test: TestContext, registry: TestRegistry, options: BearerOptions = {}): Promise<TokenServer> {
  const server = await startTestRegistry(test, { tls: options.tls ?? false })
  const tokens = new Set<string>()
  const forms: URLSearchParams[] = []
  const give = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
    if (request.method === 'POST') forms.push(new URLSearchParams((await bodyOf(request)).toString()))
    const token = randomUUID()
    tokens.add(token)
    const isOffline = request.url?.includes('offline_token=true') === true
    return { token, expires_in: options.expiresIn ?? 300, ...(isOffline ? { refresh_token: 'identity' } : {}) }
  }
  server.lie((request, response) => {
    const { authorization } = request.headers
    if (authorization !== undefined && authorization !== BASIC)
      return sendError(response, 401, 'UNAUTHORIZED', 'incorrect username or password')
    void give(request).then((answer) => sendJson(response, 200, answer))
    return true
  })
  const realm = options.realm ?? `${server.origin}/token`
  registry.lie((request, response) => {
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1]
    if (token !== undefined && tokens.has(token)) return false
    response.setHeader('www-authenticate', `Bearer realm="${realm}",service="test, registry",scope="repository:other:pull"`)
    return sendError(response, 401, 'UNAUTHORIZED')
  })
  return { server, tokens, forms }
}
