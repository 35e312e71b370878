import { created, json } from '../answer.ts'
import type { ImageBackend } from '../backend.ts'
import { readFilters } from '../filters.ts'
import { flag, requiredWord } from '../query.ts'
import type { Route } from '../route.ts'

/** `/images`, and Pocker's own import of a folder. */
export function imageRoutes(backend: ImageBackend): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/images/json',
      since: 41,
      handle: async ({ query }) => json(await backend.list({ all: flag(query, 'all'), filters: readFilters(query) })),
    },
    {
      method: 'GET',
      path: '/images/{name...}/json',
      since: 41,
      handle: async (request) => json(await backend.inspect(request.parameter('name'))),
    },
    {
      method: 'DELETE',
      path: '/images/{name...}',
      since: 41,
      handle: async (request) => json(await backend.remove(request.parameter('name'))),
    },
    {
      method: 'POST',
      path: '/pocker/images/import',
      since: 41,
      handle: async ({ query }) => created(await backend.importFolder(requiredWord(query, 'folder'), requiredWord(query, 'name'))),
    },
  ]
}
