import type { SystemDataUsage } from '../../api/system.ts'
import type { Answer } from '../answer.ts'
import { json } from '../answer.ts'
import type { SystemBackend } from '../backend.ts'
import { readFilters } from '../filters.ts'
import { invalidQuery, optional } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'
import { moment } from '../timestamp.ts'
import { jsonLines } from './json-lines.ts'

// Docker has clients behind caching proxies in mind.
const PING: Answer = {
  kind: 'text',
  text: 'OK',
  headers: { 'Cache-Control': 'no-cache, no-store, must-revalidate', Pragma: 'no-cache', Swarm: 'inactive' },
}

/** `/_ping`, `/version`, `/info`, `/system/df`, `/events`. */
export function systemRoutes(backend: SystemBackend): readonly Route[] {
  return [
    { method: 'GET', path: '/_ping', since: 41, handle: () => PING },
    { method: 'HEAD', path: '/_ping', since: 41, handle: () => PING },
    { method: 'GET', path: '/version', since: 41, handle: () => json(backend.version()) },
    { method: 'GET', path: '/info', since: 41, handle: async () => json(await backend.info()) },
    { method: 'GET', path: '/system/df', since: 41, handle: (request) => dataUsage(backend, request) },
    { method: 'GET', path: '/events', since: 41, handle: (request) => events(backend, request) },
  ]
}

const EVERYTHING = ['container', 'image', 'volume', 'build-cache']

async function dataUsage(backend: SystemBackend, { query }: ApiRequest): Promise<Answer> {
  const types = query.getAll('type')
  const unknown = types.find((type) => !EVERYTHING.includes(type))
  if (unknown !== undefined) throw invalidQuery('type', unknown, `it must be one of ${EVERYTHING.join(', ')}`)
  const wanted = new Set(types.length === 0 ? EVERYTHING : types)
  const usage = await backend.dataUsage()
  const only = <K extends keyof SystemDataUsage>(type: string, name: K) => (wanted.has(type) ? usage[name] : null)
  return json({
    LayersSize: wanted.has('image') ? usage.LayersSize : 0,
    Images: only('image', 'Images'),
    Containers: only('container', 'Containers'),
    Volumes: only('volume', 'Volumes'),
    BuildCache: only('build-cache', 'BuildCache'),
  })
}

function events(backend: SystemBackend, { query, signal }: ApiRequest): Answer {
  const since = moment(query, 'since')
  const until = moment(query, 'until')
  if (since !== undefined && until !== undefined && since > until)
    throw invalidQuery('since', query.get('since') ?? '', 'it is after until')
  const range = { ...optional('since', seconds(since)), ...optional('until', seconds(until)) }
  return {
    kind: 'stream',
    contentType: 'application/json',
    pieces: jsonLines(backend.events({ ...range, filters: readFilters(query), signal })),
  }
}

function seconds(nanoseconds: bigint | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9
}
