import type { WaitResult } from '../../api/container.ts'
import { containerUpdateSchema, createRequestSchema } from '../../api/container.ts'
import { PockerError, startFailure } from '../../api/errors.ts'
import type { Answer } from '../answer.ts'
import { created, json, NO_CONTENT } from '../answer.ts'
import type { ContainerBackend, WaitCondition } from '../backend.ts'
import { readRequest } from '../body.ts'
import { readFilters } from '../filters.ts'
import { flag, invalidQuery, optional, requiredWord, wholeNumber, word } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'
import { containerId, terminalSize } from './parameters.ts'

/** `/containers`, but for what streams output (see `output.ts`), and `/pocker/run`. */
export function containerRoutes(backend: ContainerBackend): readonly Route[] {
  /** An action that answers with nothing. */
  const action = (method: 'POST' | 'DELETE', path: string, act: (id: string, request: ApiRequest) => Promise<void>): Route => ({
    method,
    path,
    since: 41,
    handle: async (request) => {
      await act(containerId(request), request)
      return NO_CONTENT
    },
  })
  return [
    { method: 'POST', path: '/containers/create', since: 41, handle: (request) => create(backend, request) },
    { method: 'POST', path: '/pocker/run', since: 41, handle: (request) => run(backend, request) },
    { method: 'GET', path: '/containers/json', since: 41, handle: (request) => list(backend, request) },
    { method: 'POST', path: '/containers/prune', since: 41, handle: async ({ query }) => json(await backend.prune(readFilters(query))) },
    {
      method: 'GET',
      path: '/containers/{id}/json',
      since: 41,
      handle: async (request) => json(await backend.inspect(containerId(request), flag(request.query, 'size'))),
    },
    {
      method: 'GET',
      path: '/containers/{id}/top',
      since: 41,
      handle: async (request) => json(await backend.top(containerId(request), word(request.query, 'ps_args'))),
    },
    {
      method: 'GET',
      path: '/containers/{id}/changes',
      since: 41,
      handle: async (request) => json(await backend.changes(containerId(request))),
    },
    { method: 'POST', path: '/containers/{id}/wait', since: 41, handle: (request) => wait(backend, request) },
    { method: 'POST', path: '/containers/{id}/update', since: 41, handle: (request) => update(backend, request) },
    action('POST', '/containers/{id}/start', (id) => backend.start(id)),
    action('POST', '/containers/{id}/stop', (id, request) => backend.stop(id, stopOptions(request))),
    action('POST', '/containers/{id}/restart', (id, request) => backend.restart(id, stopOptions(request))),
    action('POST', '/containers/{id}/kill', (id, { query }) => backend.kill(id, word(query, 'signal'))),
    action('POST', '/containers/{id}/rename', (id, { query }) => backend.rename(id, requiredWord(query, 'name'))),
    action('POST', '/containers/{id}/pause', (id) => backend.pause(id)),
    action('POST', '/containers/{id}/unpause', (id) => backend.unpause(id)),
    {
      method: 'POST',
      path: '/containers/{id}/resize',
      since: 41,
      handle: async (request) => {
        await backend.resize(containerId(request), terminalSize(request))
        return { kind: 'empty', status: 200 }
      },
    },
    action('DELETE', '/containers/{id}', (id, request) => remove(backend, id, request)),
  ]
}

async function create(backend: ContainerBackend, request: ApiRequest): Promise<Answer> {
  return created(await backend.create(await readRequest(request, createRequestSchema), word(request.query, 'name')))
}

/** Create and start in one: where the way is long, a second request costs as much as the container. */
async function run(backend: ContainerBackend, request: ApiRequest): Promise<Answer> {
  const made = await backend.create(await readRequest(request, createRequestSchema), word(request.query, 'name'))
  try {
    await backend.start(made.Id)
  } catch (error) {
    // Who heard of its creation has started it meanwhile: it runs, as was asked.
    if (!(error instanceof PockerError && error.kind === 'NotModified')) throw startFailure(error, made.Id)
  }
  return created(made)
}

async function list(backend: ContainerBackend, { query }: ApiRequest): Promise<Answer> {
  const limit = wholeNumber(query, 'limit')
  // Docker's clients send 0 and -1 for "no limit".
  const limited = optional('limit', limit === undefined || limit <= 0 ? undefined : limit)
  return json(await backend.list({ all: flag(query, 'all'), size: flag(query, 'size'), filters: readFilters(query), ...limited }))
}

async function update(backend: ContainerBackend, request: ApiRequest): Promise<Answer> {
  return json(await backend.update(containerId(request), await readRequest(request, containerUpdateSchema)))
}

function stopOptions({ query }: ApiRequest): { signal?: string; timeout?: number } {
  return { ...optional('signal', word(query, 'signal')), ...optional('timeout', wholeNumber(query, 't')) }
}

async function remove(backend: ContainerBackend, id: string, { query }: ApiRequest): Promise<void> {
  if (flag(query, 'link')) {
    throw new PockerError('NotImplemented', 'remove link: containers are not linked by Pocker', { code: 'not-implemented' })
  }
  await backend.remove(id, { force: flag(query, 'force'), volumes: flag(query, 'v') })
}

// The head of the answer tells the client that the wait is on: `docker run` starts the container only after it.
async function wait(backend: ContainerBackend, request: ApiRequest): Promise<Answer> {
  const { done } = await backend.wait(containerId(request), waitCondition(request.query), request.signal)
  return { kind: 'later', body: done.catch(failedWait) }
}

function waitCondition(query: URLSearchParams): WaitCondition {
  const condition = word(query, 'condition') ?? 'not-running'
  if (condition === 'not-running' || condition === 'next-exit' || condition === 'removed') return condition
  throw invalidQuery('condition', condition, 'it must be not-running, next-exit or removed')
}

// By now the status has been sent, so Docker has a place in the body for it.
function failedWait(error: unknown): WaitResult {
  if (!(error instanceof PockerError)) throw error
  return { StatusCode: -1, Error: { Message: error.message } }
}
