/** Tokens of the distribution project's token servers (https://distribution.github.io/distribution/spec/auth/token/). */
import { z } from 'zod'
import { readBody, readErrorBody } from './body.ts'
import { basicAuthorization, type Credentials } from './credentials.ts'
import { type Attempt, answerError, RegistryError } from './registry-error.ts'
import { type Network, sendOnce } from './send.ts'

export interface TokenRequest {
  readonly realm: URL
  readonly service: string | undefined
  /** Such as `repository:library/busybox:pull`. */
  readonly scopes: readonly string[]
  readonly credentials: Credentials
  /** Ask for an identity token too. */
  readonly offline?: boolean
  readonly signal: AbortSignal
}

export interface Token {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expires: number
  readonly identityToken?: string
}

/** Tokens are a few kilobytes; what is sent with each request cannot be larger than headers are. */
const TOKEN_LIMIT = 64 * 1024

const text = z.string().regex(/^[\x21-\x7e]*$/)
const answerSchema = z.object({
  token: text.optional(),
  access_token: text.optional(),
  refresh_token: text.optional(),
  expires_in: z.number().min(0).optional(),
})

/** The specification's default, and its minimum. */
const DEFAULT_LIFETIME = 60
/** A token must not run out on its way. */
const MARGIN = 10

/**
 * Gets a token. Its server's redirects are not followed: they would take the password along.
 * Errors: `auth-failed`, `auth-required`, `unsafe-realm`, `bad-token`, `document-too-large`; those of `sendOnce`.
 */
export async function fetchToken(network: Network, request: TokenRequest, attempt: Attempt): Promise<Token> {
  const { realm } = request
  const answer = await sendOnce(network, outgoing(request), { isForeign: true })
  if (answer.status >= 300 && answer.status < 400) {
    answer.body.destroy()
    throw new RegistryError('Unavailable', `log in to registry ${attempt.host}: its token server ${realm.host} answers with a redirect`, {
      code: 'unsafe-realm',
    })
  }
  if (answer.status !== 200) throw tokenError(answer.status, await readErrorBody(answer.body), answer.headers, attempt)
  const body = await readBody(answer.body, { limit: TOKEN_LIMIT, what: 'token', url: realm })
  return parseToken(body, attempt)
}

function tokenError(status: number, body: Buffer, headers: NodeJS.Dict<string | string[]>, attempt: Attempt): RegistryError {
  // OAuth2 says 400 for a refresh token that is no longer good.
  const isRefused = status === 400 && attempt.hasCredentials
  return answerError({ status: isRefused ? 401 : status === 404 ? 502 : status, headers }, body, attempt)
}

function outgoing({ realm, service, scopes, credentials, offline, signal }: TokenRequest) {
  const parameters = new URLSearchParams(service === undefined ? {} : { service })
  if (credentials.kind === 'identity') {
    const form = new URLSearchParams([...parameters, ['client_id', 'pocker'], ['grant_type', 'refresh_token']])
    form.set('refresh_token', credentials.token)
    if (scopes.length > 0) form.set('scope', scopes.join(' '))
    const body = Buffer.from(form.toString())
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) }
    return { method: 'POST' as const, url: realm, headers, body: () => body, signal }
  }
  for (const scope of scopes) parameters.append('scope', scope)
  if (offline === true)
    for (const [name, value] of [
      ['offline_token', 'true'],
      ['client_id', 'pocker'],
    ] as const)
      parameters.set(name, value)
  if (credentials.kind === 'password') parameters.set('account', credentials.username)
  const url = new URL(realm)
  for (const [name, value] of parameters) url.searchParams.append(name, value)
  const headers: Record<string, string> = credentials.kind === 'password' ? { authorization: basicAuthorization(credentials) } : {}
  return { method: 'GET' as const, url, headers, signal }
}

function parseToken(body: Buffer, { host }: Attempt): Token {
  const bad = (cause: unknown) =>
    new RegistryError('Unavailable', `log in to registry ${host}: its token server gave no usable token`, { code: 'bad-token', cause })
  let parsed: z.infer<typeof answerSchema>
  try {
    parsed = answerSchema.parse(JSON.parse(body.toString('utf8')))
  } catch (error) {
    throw bad(error)
  }
  const token = parsed.token || parsed.access_token
  if (token === undefined || token === '') throw bad(undefined)
  const lifetime = Math.min(Math.max(parsed.expires_in ?? 0, DEFAULT_LIFETIME), 24 * 3600) - MARGIN
  return {
    token,
    expires: Date.now() + lifetime * 1000,
    ...(parsed.refresh_token === undefined || parsed.refresh_token === '' ? {} : { identityToken: parsed.refresh_token }),
  }
}
