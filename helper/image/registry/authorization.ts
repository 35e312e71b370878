/** What to show a registry, after it has said what it wants. */
import { type Challenge, parseChallenges } from './challenge.ts'
import { basicAuthorization, type Credentials, fingerprint } from './credentials.ts'
import { parseRealm } from './realm.ts'
import { type Attempt, cancelled, RegistryError } from './registry-error.ts'
import type { Network } from './send.ts'
import { fetchToken } from './token.ts'
import type { TokenCache } from './token-cache.ts'

export interface AuthorizationContext {
  readonly network: Network
  readonly tokens: TokenCache
  readonly credentials: Credentials
  readonly attempt: Attempt
  readonly signal: AbortSignal
}

export interface Authorization {
  /** The header's value. */
  readonly value: string
  /** It has been refused: the next one is another. */
  forget(): void
}

/** Milliseconds; a token is shared, so nobody's own signal ends its request. */
const TOKEN_TIMEOUT = 60_000

/**
 * The header for a registry at that origin that has answered with these challenges; undefined when there is nothing to show.
 * Errors: `unsafe-realm`, `auth-unsupported`; those of `fetchToken`.
 */
export async function authorize(
  context: AuthorizationContext,
  origin: URL,
  challenges: readonly Challenge[],
  scopes: readonly string[],
): Promise<Authorization | undefined> {
  const { credentials } = context
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
  const basic = challenges.find(({ scheme }) => scheme === 'basic')
  if (bearer !== undefined) return bearerAuthorization(context, origin, bearer, scopes)
  if (basic === undefined) {
    const schemes = challenges.map(({ scheme }) => scheme).join(', ')
    throw new RegistryError('Unavailable', `log in to registry ${origin.host}: it asks for ${schemes || 'nothing that can be given'}`, {
      code: 'auth-unsupported',
    })
  }
  if (credentials.kind !== 'password') return undefined
  return { value: basicAuthorization(credentials), forget: () => undefined }
}

async function bearerAuthorization(
  { network, tokens, credentials, attempt, signal }: AuthorizationContext,
  origin: URL,
  { parameters }: Challenge,
  asked: readonly string[],
): Promise<Authorization> {
  if (credentials.kind === 'registry') return { value: `Bearer ${credentials.token}`, forget: () => undefined }
  const realm = parseRealm(parameters.get('realm'), origin)
  const service = parameters.get('service')
  const named = parameters.get('scope')?.split(' ') ?? []
  const scopes = asked.length > 0 ? asked : named
  const key = JSON.stringify([origin.origin, realm.href, service, scopes, fingerprint(credentials)])
  const request = { realm, service, scopes, credentials, signal: AbortSignal.timeout(TOKEN_TIMEOUT) }
  const { token } = await untilAborted(
    tokens.get(key, () => fetchToken(network, request, attempt)),
    signal,
  )
  return { value: `Bearer ${token}`, forget: () => tokens.forget(key) }
}

/** The challenges of a 401; none when the header is missing. */
export function challengesOf(header: string | string[] | undefined): readonly Challenge[] {
  return typeof header === 'string' ? parseChallenges(header) : []
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled('log in to registry'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
