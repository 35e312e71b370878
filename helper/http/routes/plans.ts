import { createRequestSchema } from '../../api/container.ts'
import { json } from '../answer.ts'
import type { PlanBackend } from '../backend.ts'
import { readRequest } from '../body.ts'
import type { Route } from '../route.ts'
import { containerId } from './parameters.ts'

/** `/pocker/explain` and `/pocker/containers/{id}/trace`: a container's start as its steps. */
export function planRoutes(backend: PlanBackend): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/pocker/explain',
      since: 41,
      handle: async (request) => json({ steps: await backend.explain(await readRequest(request, createRequestSchema)) }),
    },
    {
      method: 'GET',
      path: '/pocker/containers/{id}/trace',
      since: 41,
      handle: async (request) => json(await backend.trace(containerId(request))),
    },
  ]
}
