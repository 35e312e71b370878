/** Trying a user's credentials. */
import { PockerError } from '../../api/errors.ts'
import type { RegistryAuth } from '../../api/registry-auth.ts'
import { challengesOf } from './authorization.ts'
import { discardBody, readErrorBody } from './body.ts'
import type { Challenge } from './challenge.ts'
import { basicAuthorization, type Credentials, credentialsFor, domainOfAddress } from './credentials.ts'
import { type Endpoint, endpointsOf } from './endpoint.ts'
import { parseRealm } from './realm.ts'
import type { Registries } from './registries.ts'
import { answerError, RegistryError } from './registry-error.ts'
import { type Answer, sendOnce } from './send.ts'
import { fetchToken } from './token.ts'

/** Milliseconds: the client does not say when it has gone. */
const TIMEOUT = 60_000

/**
 * Shows the credentials to the registry that `serveraddress` names, Docker Hub without one. The identity token, where the registry gives
 * one, takes the place of the password from then on.
 * Errors: Forbidden `auth-failed`, InvalidParameter `no-credentials`; those of `fetchToken` and `sendOnce`.
 */
export async function logIn(registries: Registries, auth: RegistryAuth): Promise<{ Status: string; IdentityToken: string }> {
  const domain = domainOfAddress(auth.serveraddress ?? '')
  const credentials = credentialsFor(auth, domain)
  const endpoint = endpointsOf(domain, registries.configuration()).at(-1)
  if (credentials.kind === 'none' || endpoint === undefined) {
    throw new PockerError('InvalidParameter', `log in to registry ${domain}: neither user name nor token is given`, {
      code: 'no-credentials',
    })
  }
  const identityToken = await tryOrigins(registries, endpoint, credentials)
  return { Status: 'Login Succeeded', IdentityToken: identityToken }
}

async function tryOrigins(registries: Registries, endpoint: Endpoint, credentials: Credentials): Promise<string> {
  for (const [index, origin] of endpoint.origins.entries()) {
    try {
      return await tryOrigin({ registries, endpoint, credentials, origin: new URL(origin), signal: AbortSignal.timeout(TIMEOUT) })
    } catch (error) {
      const isUnreachable = error instanceof RegistryError && error.code === 'registry-unreachable'
      if (!isUnreachable || index === endpoint.origins.length - 1) throw error
    }
  }
  return ''
}

interface Login {
  readonly registries: Registries
  readonly endpoint: Endpoint
  readonly credentials: Credentials
  readonly origin: URL
  readonly signal: AbortSignal
}

async function tryOrigin(login: Login): Promise<string> {
  const { credentials, origin } = login
  // Without credentials first: what it asks for decides in what form they are shown.
  const first = await getBase(login, undefined)
  if (first.status !== 401) {
    await checkAnswer(login, first)
    return ''
  }
  discardBody(first.body)
  const challenges = challengesOf(first.headers['www-authenticate'])
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
  if (bearer !== undefined && credentials.kind !== 'registry') return tokenLogin(login, bearer)
  if (bearer === undefined && !challenges.some(({ scheme }) => scheme === 'basic')) {
    throw new RegistryError('Unavailable', `log in to registry ${origin.host}: it asks for nothing that can be given`, {
      code: 'auth-unsupported',
    })
  }
  const value =
    credentials.kind === 'password' ? basicAuthorization(credentials) : `Bearer ${credentials.kind === 'none' ? '' : credentials.token}`
  await checkAnswer(login, await getBase(login, value))
  return ''
}

async function tokenLogin(login: Login, { parameters }: Challenge): Promise<string> {
  const { registries, credentials, origin, signal } = login
  const realm = parseRealm(parameters.get('realm'), origin)
  const request = { realm, service: parameters.get('service'), scopes: [], credentials, offline: true, signal }
  const { token, identityToken } = await fetchToken(registries.network(), request, attemptOf(login))
  await checkAnswer(login, await getBase(login, `Bearer ${token}`))
  return identityToken ?? ''
}

/** Redirects are not followed: the answer of another server says nothing about the credentials. */
function getBase({ registries, origin, signal }: Login, authorization: string | undefined): Promise<Answer> {
  const headers = authorization === undefined ? {} : { authorization }
  return sendOnce(registries.network(), { method: 'GET', url: new URL('/v2/', origin), headers, signal }, { isForeign: false })
}

async function checkAnswer(login: Login, answer: Answer): Promise<void> {
  if (answer.status !== 200) throw answerError(answer, await readErrorBody(answer.body), attemptOf(login))
  discardBody(answer.body)
}

function attemptOf({ endpoint: { host } }: Login) {
  return { verb: 'log in to', name: host, host, hasCredentials: true }
}
