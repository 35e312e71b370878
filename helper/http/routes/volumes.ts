import { volumeCreateSchema } from '../../api/volume.ts'
import { type Answer, created, json, NO_CONTENT } from '../answer.ts'
import type { VolumeBackend } from '../backend.ts'
import { readRequest } from '../body.ts'
import { readFilters } from '../filters.ts'
import { flag } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'

/** Since this API version a prune without `all` leaves volumes that were given a name. */
const NAMED_ARE_KEPT = 42

/** `/volumes` */
export function volumeRoutes(backend: VolumeBackend): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/volumes',
      since: 41,
      handle: async ({ query }) => json({ Volumes: await backend.list(readFilters(query)), Warnings: null }),
    },
    {
      method: 'POST',
      path: '/volumes/create',
      since: 41,
      handle: async (request) => created(await backend.create(await readRequest(request, volumeCreateSchema))),
    },
    { method: 'POST', path: '/volumes/prune', since: 41, handle: (request) => prune(backend, request) },
    {
      method: 'GET',
      path: '/volumes/{name}',
      since: 41,
      handle: async (request) => json(await backend.inspect(request.parameter('name'))),
    },
    {
      method: 'DELETE',
      path: '/volumes/{name}',
      since: 41,
      handle: async (request) => {
        await backend.remove(request.parameter('name'), { force: flag(request.query, 'force') })
        return NO_CONTENT
      },
    },
  ]
}

async function prune(backend: VolumeBackend, { query, minorVersion }: ApiRequest): Promise<Answer> {
  const filters = readFilters(query)
  const asked = filters.get('all')?.some((value) => value === '1' || value.toLowerCase() === 'true') ?? false
  return json(await backend.prune(filters, { all: asked || minorVersion < NAMED_ARE_KEPT }))
}
