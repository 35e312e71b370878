import { networkConnectSchema, networkCreateSchema, networkDisconnectSchema } from '../../api/network.ts'
import type { Answer } from '../answer.ts'
import { created, json, NO_CONTENT } from '../answer.ts'
import type { NetworkBackend } from '../backend.ts'
import { readRequest } from '../body.ts'
import { readFilters } from '../filters.ts'
import type { ApiRequest, Route } from '../route.ts'

const EMPTY: Answer = { kind: 'empty', status: 200 }

/** `/networks`. */
export function networkRoutes(backend: NetworkBackend): readonly Route[] {
  const id = (request: ApiRequest) => request.parameter('id')
  return [
    { method: 'GET', path: '/networks', since: 41, handle: async ({ query }) => json(await backend.list(readFilters(query))) },
    { method: 'GET', path: '/networks/{id}', since: 41, handle: async (request) => json(await backend.inspect(id(request))) },
    {
      method: 'POST',
      path: '/networks/create',
      since: 41,
      handle: async (request) => created(await backend.create(await readRequest(request, networkCreateSchema))),
    },
    { method: 'POST', path: '/networks/prune', since: 41, handle: async ({ query }) => json(await backend.prune(readFilters(query))) },
    {
      method: 'DELETE',
      path: '/networks/{id}',
      since: 41,
      handle: async (request) => {
        await backend.remove(id(request))
        return NO_CONTENT
      },
    },
    {
      method: 'POST',
      path: '/networks/{id}/connect',
      since: 41,
      handle: async (request) => {
        await backend.connect(id(request), await readRequest(request, networkConnectSchema))
        return EMPTY
      },
    },
    {
      method: 'POST',
      path: '/networks/{id}/disconnect',
      since: 41,
      handle: async (request) => {
        await backend.disconnect(id(request), await readRequest(request, networkDisconnectSchema))
        return EMPTY
      },
    },
  ]
}
