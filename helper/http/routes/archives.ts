import { PockerError } from '../../api/errors.ts'
import type { PathStat } from '../../archive/archive.ts'
import type { Answer } from '../answer.ts'
import type { ArchiveBackend } from '../backend.ts'
import { flag, word } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'
import { containerId } from './parameters.ts'

/** The part of `/containers/{id}` that has files: archive and export. */
export function archiveRoutes(backend: ArchiveBackend): readonly Route[] {
  const path = '/containers/{id}/archive'
  return [
    {
      method: 'GET',
      path: '/containers/{id}/export',
      since: 41,
      handle: async (request) => ({ kind: 'archive', archive: await backend.export(containerId(request), request.signal) }),
    },
    {
      method: 'HEAD',
      path,
      since: 41,
      handle: async (request) => ({
        kind: 'empty',
        status: 200,
        headers: statHeader(await backend.stat(containerId(request), pathInside(request))),
      }),
    },
    { method: 'GET', path, since: 41, handle: (request) => read(backend, request) },
    { method: 'PUT', path, since: 41, takesArchive: true, handle: (request) => write(backend, request) },
  ]
}

async function read(backend: ArchiveBackend, request: ApiRequest): Promise<Answer> {
  const { stat, archive } = await backend.read(containerId(request), pathInside(request), request.signal)
  return { kind: 'archive', archive, headers: statHeader(stat) }
}

async function write(backend: ArchiveBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const id = containerId(request)
  const path = pathInside(request)
  await backend.write(id, path, {
    archive: request.body(),
    noOverwriteDirNonDir: flag(query, 'noOverwriteDirNonDir'),
    copyUidGid: flag(query, 'copyUIDGID'),
    signal,
  })
  return { kind: 'empty', status: 200 }
}

function pathInside({ query }: ApiRequest): string {
  const path = word(query, 'path')
  if (path !== undefined) return path
  throw new PockerError('InvalidParameter', "bad parameter: 'path' cannot be empty", { code: 'invalid-query' })
}

function statHeader(stat: PathStat): Readonly<Record<string, string>> {
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64') }
}
