import { PockerError } from '../../api/errors.ts'
import { json } from '../answer.ts'
import type { Route } from '../route.ts'

/** `/volumes`, which clients list and ask for: there are none. */
export function volumeRoutes(): readonly Route[] {
  return [
    { method: 'GET', path: '/volumes', since: 41, handle: () => json({ Volumes: [], Warnings: null }) },
    {
      method: 'GET',
      path: '/volumes/{name}',
      since: 41,
      handle: (request) => {
        throw new PockerError('NotFound', `get ${request.parameter('name')}: no such volume`, { code: 'no-such-volume' })
      },
    },
  ]
}
