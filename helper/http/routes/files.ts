import { Readable } from 'node:stream'
import { FILE_SIZE_HEADER, FILE_STAT_HEADER, type FileStat } from '../../api/files.ts'
import { type Answer, json, NO_CONTENT } from '../answer.ts'
import type { FileBackend, FileMove, FileOwner, FilePlace } from '../backend.ts'
import { flag, invalidQuery, optional, requiredWord, wholeNumber } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'
import { jsonLines } from './json-lines.ts'
import { containerId } from './parameters.ts'

/** `/pocker/{containers|images|volumes}/…/files`, as `helper/api/files.ts` describes it: the same of each place. */
export function fileRoutes(backend: FileBackend): readonly Route[] {
  return [
    ...routesOf('/pocker/containers/{id}', (request) => ({ of: 'container', id: containerId(request) }), backend),
    ...routesOf('/pocker/containers/{id}/image', (request) => ({ of: 'container-image', id: containerId(request) }), backend),
    ...routesOf('/pocker/images/{name...}', imagePlace, backend),
    ...routesOf('/pocker/volumes/{name}', (request) => ({ of: 'volume', name: request.parameter('name') }), backend),
  ]
}

function imagePlace(request: ApiRequest): FilePlace {
  return { of: 'image', name: request.parameter('name'), layer: countOf(request, 'layer') }
}

function routesOf(prefix: string, placeOf: (request: ApiRequest) => FilePlace, backend: FileBackend): readonly Route[] {
  const route = (
    method: Route['method'],
    path: string,
    handle: (place: FilePlace, request: ApiRequest) => Promise<Answer>,
    more: Pick<Route, 'takesArchive'> = {},
  ): Route => ({ method, path: `${prefix}/files${path}`, since: 41, ...more, handle: (request) => handle(placeOf(request), request) })
  return [
    route('GET', '/stat', async (place, request) =>
      json(await backend.stat(place, pathOf(request), { follow: flag(request.query, 'follow') })),
    ),
    route('GET', '/list', async (place, request) => listed(await backend.list(place, pathOf(request), request.signal))),
    route('GET', '/content', async (place, request) => {
      const range = { offset: countOf(request, 'offset') ?? 0, length: countOf(request, 'length') }
      const { stat, content } = await backend.read(place, pathOf(request), range)
      return { kind: 'archive', archive: content, headers: { 'Content-Type': 'application/octet-stream', ...statHeaders(stat) } }
    }),
    route(
      'PUT',
      '/content',
      async (place, request) => {
        const how = { create: flag(request.query, 'create'), overwrite: flag(request.query, 'overwrite') }
        return json(await backend.write(place, pathOf(request), { ...ownerOf(request), ...how, content: request.body() }))
      },
      { takesArchive: true },
    ),
    route('POST', '/folder', async (place, request) => json(await backend.makeFolder(place, pathOf(request), ownerOf(request)))),
    route('POST', '/rename', async (place, request) => json(await backend.rename(place, moveOf(request)))),
    route('POST', '/copy', async (place, request) => json(await backend.copy(place, moveOf(request)))),
    route('DELETE', '', async (place, request) => {
      await backend.remove(place, pathOf(request), { recursive: flag(request.query, 'recursive'), signal: request.signal })
      return NO_CONTENT
    }),
    route('GET', '/watch', async (place, request) => {
      const options = { recursive: flag(request.query, 'recursive'), signal: request.signal }
      const changes = await backend.watch(place, pathOf(request), options)
      return { kind: 'stream', contentType: 'application/json', pieces: jsonLines(changes) }
    }),
  ]
}

function listed(list: Uint8Array): Answer {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': String(list.length) }
  return { kind: 'archive', archive: Readable.from([list], { objectMode: false }), headers }
}

function statHeaders(stat: FileStat): Readonly<Record<string, string>> {
  return { [FILE_SIZE_HEADER]: String(stat.size), [FILE_STAT_HEADER]: Buffer.from(JSON.stringify(stat)).toString('base64') }
}

function pathOf({ query }: ApiRequest): string {
  return requiredWord(query, 'path')
}

function moveOf({ query, signal }: ApiRequest): FileMove {
  return { from: requiredWord(query, 'from'), to: requiredWord(query, 'to'), overwrite: flag(query, 'overwrite'), signal }
}

/** Errors: InvalidParameter `invalid-query`. */
function countOf({ query }: ApiRequest, name: string): number | undefined {
  const count = wholeNumber(query, name)
  if (count !== undefined && count < 0) throw invalidQuery(name, String(count), 'it must not be negative')
  return count
}

// All ones stands for "leave it".
const MAX_ID = 0xfffffffe

/** Errors: InvalidParameter `invalid-query`. */
function ownerOf(request: ApiRequest): FileOwner {
  const mode = request.query.get('mode') ?? ''
  if (!/^[0-7]{0,4}$/.test(mode)) throw invalidQuery('mode', mode, 'it must be octal, such as 0644')
  const ids = ['uid', 'gid'].map((name) => {
    const id = countOf(request, name)
    if (id !== undefined && id > MAX_ID) throw invalidQuery(name, String(id), 'there is no such ID')
    return id
  })
  const [uid, gid] = ids
  return { ...optional('mode', mode === '' ? undefined : Number.parseInt(mode, 8)), ...optional('uid', uid), ...optional('gid', gid) }
}
