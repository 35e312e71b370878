/** A repository at one registry: requests with the right scheme, authorization and words for what goes wrong. */
import type { Readable } from 'node:stream'
import type { RegistryAuth } from '../../api/registry-auth.ts'
import type { Reference } from '../reference.ts'
import { familiarName, familiarReference } from '../reference.ts'
import { type Authorization, authorize, challengesOf } from './authorization.ts'
import { discardBody, readErrorBody } from './body.ts'
import type { Challenge } from './challenge.ts'
import { type Credentials, credentialsFor } from './credentials.ts'
import { type Endpoint, endpointsOf } from './endpoint.ts'
import type { Registries } from './registries.ts'
import { type Attempt, answerError, RegistryError } from './registry-error.ts'
import { type Answer, type OutgoingRequest, sendFollowing } from './send.ts'

export interface RepositoryRequest {
  readonly method: OutgoingRequest['method']
  /**
   * Below `/v2/NAME`, such as `/manifests/latest`; from the root when it begins with two slashes; or a whole address that the registry
   * has given and `checkTarget` has let through.
   */
  readonly target: string | URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: () => Readable | Buffer
  readonly signal: AbortSignal
  /** Statuses that are no error. */
  readonly accept: readonly number[]
  /** Repositories besides this one that must be read, for a mount. */
  readonly reads?: string
}

export interface Repository {
  readonly registries: Registries
  readonly endpoint: Endpoint
  /** Such as `library/busybox`. */
  readonly path: string
  /** Such as `busybox:latest`, for sentences. */
  readonly name: string
  readonly verb: string
  readonly credentials: Credentials
}

/** The places to ask for an image: mirrors first, the registry itself last. */
export function openRepositories(
  registries: Registries,
  reference: Reference,
  { auth, verb }: { auth: RegistryAuth | undefined; verb: string },
): readonly Repository[] {
  const endpoints = endpointsOf(reference.domain, registries.configuration())
  const repository = (endpoint: Endpoint): Repository => ({
    registries,
    endpoint,
    path: reference.path,
    name: reference.tag === undefined && reference.digest === undefined ? familiarName(reference) : familiarReference(reference),
    verb,
    credentials: endpoint.isMirror ? { kind: 'none' } : credentialsFor(auth, reference.domain),
  })
  // What is pushed or logged in to is the registry itself.
  return endpoints.filter(({ isMirror }) => !isMirror || verb === 'pull').map(repository)
}

/**
 * Sends a request; the answer has one of the accepted statuses.
 * Errors: those of `answerError`, `sendFollowing`, `authorize`.
 */
export async function ask(repository: Repository, request: RepositoryRequest): Promise<Answer> {
  const { registries, endpoint } = repository
  const origins = originsFor(repository, request)
  for (const [index, origin] of origins.entries()) {
    try {
      const answer = await askOrigin(repository, new URL(origin), request)
      if (typeof request.target === 'string') remember(registries.origins, endpoint.host, origin)
      return answer
    } catch (error) {
      const isUnreachable = error instanceof RegistryError && error.code === 'registry-unreachable'
      if (isUnreachable) registries.origins.delete(endpoint.host)
      // A certificate that is checked and not trusted is never a reason to do without.
      if (!isUnreachable || index === origins.length - 1) throw error
    }
  }
  throw new RegistryError('Internal', `ask registry ${endpoint.host}: it has no address`, { code: 'registry-unreachable' })
}

/** Those to try one after the other: all at first, later the one that has answered. */
function originsFor({ registries, endpoint }: Repository, { target }: RepositoryRequest): readonly string[] {
  const known = registries.origins.get(endpoint.host)
  if (typeof target === 'string') return known === undefined ? endpoint.origins : [known]
  // An address that the registry has given is its own or somebody else's, and there is nothing to try.
  return [endpoint.origins.find((origin) => origin === target.origin) ?? known ?? endpoint.origins[0] ?? target.origin]
}

/** Bounds what is remembered of registries: names of images come from anybody. */
const REMEMBERED = 256

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  const oldest = map.size >= REMEMBERED && !map.has(key) ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}

async function askOrigin(repository: Repository, origin: URL, request: RepositoryRequest): Promise<Answer> {
  const { registries } = repository
  const known = registries.challenges.get(origin.origin)
  const authorization = known === undefined ? undefined : await authorizationFor(repository, origin, known, request)
  const first = await sendWith(repository, origin, request, authorization)
  if (first.status !== 401 || first.url.origin !== origin.origin) return checked(repository, request, first)
  authorization?.forget()
  const challenges = challengesOf(first.headers['www-authenticate'])
  if (challenges.length === 0) return checked(repository, request, first)
  remember(registries.challenges, origin.origin, challenges)
  const next = await authorizationFor(repository, origin, challenges, request)
  if (next === undefined || next.value === authorization?.value) return checked(repository, request, first)
  discardBody(first.body)
  return checked(repository, request, await sendWith(repository, origin, request, next))
}

function authorizationFor(repository: Repository, origin: URL, challenges: readonly Challenge[], request: RepositoryRequest) {
  const { registries, credentials } = repository
  const context = {
    network: registries.network(),
    tokens: registries.tokens,
    credentials,
    attempt: attemptOf(repository),
    signal: request.signal,
  }
  return authorize(context, origin, challenges, scopesOf(repository, request))
}

function scopesOf({ path, verb }: Repository, { reads }: RepositoryRequest): readonly string[] {
  if (path === '') return []
  const own = `repository:${path}:${verb === 'push' ? 'pull,push' : 'pull'}`
  return reads === undefined ? [own] : [own, `repository:${reads}:pull`]
}

function sendWith(
  repository: Repository,
  origin: URL,
  request: RepositoryRequest,
  authorization: Authorization | undefined,
): Promise<Answer> {
  const { method, target, headers = {}, body, signal } = request
  const url = typeof target === 'string' ? new URL(pathOf(repository, target), origin) : target
  // An address that the registry gave may be another server's, which is not to see what this one may.
  const isOwn = url.origin === origin.origin
  const shown = isOwn && authorization !== undefined ? { authorization: authorization.value } : {}
  const outgoing = { method, url, headers: { ...headers, ...shown }, ...(body === undefined ? {} : { body }), signal }
  return sendFollowing(repository.registries.network(), outgoing, { isForeign: !isOwn })
}

function pathOf({ path }: Repository, target: string): string {
  if (target.startsWith('//')) return target.slice(1)
  return path === '' ? `/v2${target}` : `/v2/${path}${target}`
}

async function checked(repository: Repository, { accept }: RepositoryRequest, answer: Answer): Promise<Answer> {
  if (accept.includes(answer.status)) return answer
  throw answerError(answer, await readErrorBody(answer.body), attemptOf(repository))
}

/** For sentences about this repository. */
export function attemptOf({ verb, name, endpoint, credentials }: Repository): Attempt {
  return { verb, name, host: endpoint.host, hasCredentials: credentials.kind !== 'none' }
}
