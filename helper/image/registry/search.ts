/** `docker search`: the first version of the protocol has it; a registry without it can at least list what it has. */
import { z } from 'zod'
import { PockerError } from '../../api/errors.ts'
import type { SearchResult } from '../../api/image.ts'
import type { RegistryAuth } from '../../api/registry-auth.ts'
import type { Filters } from '../../http/backend.ts'
import { readJsonAnswer } from './body.ts'
import { credentialsFor } from './credentials.ts'
import { type Endpoint, endpointsOf } from './endpoint.ts'
import { plainText } from './plain-text.ts'
import type { Registries } from './registries.ts'
import { RegistryError } from './registry-error.ts'
import { ask, type Repository } from './repository.ts'

export interface SearchOptions {
  readonly limit: number
  /** `is-official`, `is-automated`, `stars`. */
  readonly filters: Filters
  readonly auth: RegistryAuth | undefined
}

/** Milliseconds: the client does not say when it has gone. */
const TIMEOUT = 30_000
const BYTES = 4 << 20

const count = z.int().min(0).catch(0)
const flag = z.boolean().catch(false)

const resultSchema = z.object({
  name: z.string().max(500),
  description: z.string().nullish(),
  star_count: count,
  is_official: flag,
  is_automated: flag,
})
const resultsSchema = z.object({ results: z.array(resultSchema).nullish() })
const catalogSchema = z.object({ repositories: z.array(z.string().max(500)).nullish() })

/**
 * Searches Docker Hub or, for a term such as `localhost:5000/app`, that registry.
 * Errors: InvalidParameter `bad-filter`, NotImplemented `search-unsupported`; those of `ask`.
 */
export async function searchImages(registries: Registries, term: string, { limit, filters, auth }: SearchOptions): Promise<SearchResult[]> {
  const isWanted = readSearchFilters(filters)
  const { domain, words } = splitTerm(term)
  const repository = searchPlace(registries, domain, auth)
  const signal = AbortSignal.timeout(TIMEOUT)
  const found = (await searchIndex(repository, { words, limit, signal })) ?? (await searchCatalog(repository, { words, signal }))
  if (found === undefined) {
    throw new PockerError(
      'NotImplemented',
      `search '${plainText(term, 200)}': registry ${repository.endpoint.host} offers neither search nor a list`,
      {
        code: 'search-unsupported',
      },
    )
  }
  return found.filter(isWanted).slice(0, limit)
}

function splitTerm(term: string): { readonly domain: string; readonly words: string } {
  const slash = term.indexOf('/')
  const first = slash < 0 ? '' : term.slice(0, slash)
  const isHost = /[.:]/.test(first) || first === 'localhost'
  const isHub = !isHost || first === 'docker.io' || first === 'index.docker.io'
  if (isHub) return { domain: 'docker.io', words: (isHost ? term.slice(slash + 1) : term).replace(/^library\//, '') }
  // It becomes part of an address.
  if (!/^(?:[a-zA-Z0-9.-]+|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?$/.test(first)) {
    throw new PockerError('InvalidParameter', `search '${plainText(term, 200)}': '${plainText(first, 100)}' is no registry`, {
      code: 'bad-reference',
    })
  }
  return { domain: first, words: term.slice(slash + 1) }
}

/** Docker Hub's index is another host than its registry. */
const HUB_INDEX: Endpoint = { host: 'index.docker.io', origins: ['https://index.docker.io'], isMirror: false }

function searchPlace(registries: Registries, domain: string, auth: RegistryAuth | undefined): Repository {
  const registry = endpointsOf(domain, registries.configuration()).at(-1)
  const endpoint = domain === 'docker.io' || registry === undefined ? HUB_INDEX : registry
  return { registries, endpoint, path: '', name: endpoint.host, verb: 'search', credentials: credentialsFor(auth, domain) }
}

/** Undefined where there is no search. */
async function searchIndex(
  repository: Repository,
  { words, limit, signal }: { words: string; limit: number; signal: AbortSignal },
): Promise<SearchResult[] | undefined> {
  const query = new URLSearchParams({ q: words, n: String(limit) })
  const answer = await orUndefined(ask(repository, { method: 'GET', target: `//v1/search?${query}`, signal, accept: [200] }))
  if (answer === undefined) return undefined
  const { results } = await readJsonAnswer(answer, resultsSchema, { limit: BYTES, what: 'search results' })
  return (results ?? []).map((result) => ({
    ...result,
    name: plainText(result.name, 255),
    description: plainText(result.description ?? '', 1000),
  }))
}

async function searchCatalog(
  repository: Repository,
  { words, signal }: { words: string; signal: AbortSignal },
): Promise<SearchResult[] | undefined> {
  const answer = await orUndefined(ask(repository, { method: 'GET', target: '/_catalog?n=1000', signal, accept: [200] }))
  if (answer === undefined) return undefined
  const { repositories } = await readJsonAnswer(answer, catalogSchema, { limit: BYTES, what: 'list of repositories' })
  return (repositories ?? [])
    .filter((name) => name.includes(words))
    .map((name) => ({ name: plainText(name, 255), description: '', star_count: 0, is_official: false, is_automated: false }))
}

/** A registry that does not know the address, or does not offer it to everyone, has no search for us. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    const codes = ['image-not-found', 'registry-refused', 'auth-required']
    if (error instanceof RegistryError && codes.includes(error.code)) return undefined
    throw error
  }
}

function readSearchFilters(filters: Filters): (result: SearchResult) => boolean {
  const tests = [...filters].flatMap(([name, values]) => values.map((value) => readFilter(name, value)))
  return (result) => tests.every((test) => test(result))
}

function readFilter(name: string, value: string): (result: SearchResult) => boolean {
  const wanted = /^(?:1|t|true)$/i.test(value) ? true : /^(?:0|f|false)$/i.test(value) ? false : undefined
  if (name === 'stars' && /^[0-9]{1,9}$/.test(value)) return ({ star_count: stars }) => stars >= Number(value)
  if (name === 'is-official' && wanted !== undefined) return ({ is_official: is }) => is === wanted
  if (name === 'is-automated' && wanted !== undefined) return ({ is_automated: is }) => is === wanted
  throw new PockerError('InvalidParameter', `search images: invalid filter '${plainText(`${name}=${value}`, 200)}'`, { code: 'bad-filter' })
}
