import { PockerError } from '../../api/errors.ts'
import { listenRequestSchema } from '../../api/helper.ts'
import { json, NO_CONTENT } from '../answer.ts'
import type { HelperBackend } from '../backend.ts'
import { readRequest } from '../body.ts'
import type { ApiRequest, Route } from '../route.ts'

/** `/pocker/helper`, `/pocker/doctor`, `/pocker/leave`, `/pocker/listeners`: the helper itself, and who else may talk to it, which root decides. */
export function helperRoutes(backend: HelperBackend): readonly Route[] {
  return [
    { method: 'GET', path: '/pocker/helper', since: 41, handle: () => json(backend.facts()) },
    { method: 'GET', path: '/pocker/doctor', since: 41, handle: async () => json({ findings: await backend.doctor() }) },
    { method: 'POST', path: '/pocker/leave', since: 41, handle: (request) => leave(backend, request) },
    { method: 'GET', path: '/pocker/listeners', since: 41, handle: (request) => list(backend, request) },
    { method: 'POST', path: '/pocker/listeners', since: 41, handle: (request) => listen(backend, request) },
    { method: 'DELETE', path: '/pocker/listeners/{uid}', since: 41, handle: (request) => stop(backend, request) },
  ]
}

function leave(backend: HelperBackend, request: ApiRequest) {
  requireRoot(request)
  const facts = backend.facts()
  backend.leave()
  return json(facts)
}

function list(backend: HelperBackend, request: ApiRequest) {
  requireRoot(request)
  return json({ listeners: backend.listeners() })
}

async function listen(backend: HelperBackend, request: ApiRequest) {
  requireRoot(request)
  return json(await backend.listen(await readRequest(request, listenRequestSchema)))
}

async function stop(backend: HelperBackend, request: ApiRequest) {
  requireRoot(request)
  const text = request.parameter('uid')
  if (!/^\d{1,10}$/.test(text))
    throw new PockerError('InvalidParameter', `read user "${text.slice(0, 100)}": it must be a number`, { code: 'bad-uid' })
  await backend.stopListening(Number(text))
  return NO_CONTENT
}

/** Who has a socket could do as root whatever root can, but only root itself lets others in: so the list of them says who has done it. */
function requireRoot({ peerUid, title }: ApiRequest): void {
  if (peerUid === 0) return
  throw new PockerError('Forbidden', `${title}: only root may do this`, { code: 'needs-root', hint: 'use sudo' })
}
