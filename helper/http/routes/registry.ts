import { registryAuthSchema } from '../../api/registry-auth.ts'
import type { Answer } from '../answer.ts'
import { json } from '../answer.ts'
import type { ImageBackend } from '../backend.ts'
import { readRequest } from '../body.ts'
import { readFilters } from '../filters.ts'
import { invalidQuery, requiredWord, wholeNumber } from '../query.ts'
import { registryAuth } from '../registry-auth.ts'
import type { ApiRequest, Route } from '../route.ts'

/** What registries are asked besides pull and push: `/auth`, `/distribution`, `/images/search`. */
export function registryRoutes(backend: ImageBackend): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/auth',
      since: 41,
      handle: async (request) => json(await backend.login(await readRequest(request, registryAuthSchema))),
    },
    {
      method: 'GET',
      path: '/distribution/{name...}/json',
      since: 41,
      handle: async (request) => json(await backend.distribution(request.parameter('name'), registryAuth(request))),
    },
    { method: 'GET', path: '/images/search', since: 41, handle: (request) => search(backend, request) },
  ]
}

/** Docker Hub's own numbers. [moby: registry/search.go] */
const USUAL_LIMIT = 25
const HIGHEST_LIMIT = 100

async function search(backend: ImageBackend, request: ApiRequest): Promise<Answer> {
  const { query } = request
  const limit = wholeNumber(query, 'limit') || USUAL_LIMIT
  if (limit < 1 || limit > HIGHEST_LIMIT) throw invalidQuery('limit', String(limit), `it must be a number from 1 to ${HIGHEST_LIMIT}`)
  return json(await backend.search(requiredWord(query, 'term'), { limit, filters: readFilters(query), auth: registryAuth(request) }))
}
