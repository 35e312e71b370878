import { PockerError } from '../../api/errors.ts'
import { missingRequestSchema } from '../../api/image-blobs.ts'
import type { ProgressMessage } from '../../api/progress.ts'
import { type Answer, json } from '../answer.ts'
import type { ImageBackend, Platform } from '../backend.ts'
import { readRequest } from '../body.ts'
import { parsePlatform } from '../platform.ts'
import { flagOrTrue, word } from '../query.ts'
import { registryAuth } from '../registry-auth.ts'
import type { ApiRequest, Route } from '../route.ts'
import { jsonLines } from './json-lines.ts'
import { queryTexts } from './parameters.ts'

/** The part of `/images` that moves images: to and from registries and archives. */
export function imageTransferRoutes(backend: ImageBackend): readonly Route[] {
  return [
    { method: 'POST', path: '/images/create', since: 41, takesArchive: true, handle: (request) => create(backend, request) },
    { method: 'POST', path: '/images/load', since: 41, takesArchive: true, handle: (request) => load(backend, request) },
    { method: 'GET', path: '/images/get', since: 41, handle: (request) => save(backend, request, queryTexts(request.query, 'names')) },
    {
      method: 'GET',
      path: '/images/{name...}/get',
      since: 41,
      handle: (request) => save(backend, request, [request.parameter('name')]),
    },
    {
      method: 'GET',
      path: '/pocker/images/{name...}/blobs',
      since: 41,
      handle: async (request) => json({ Blobs: await backend.blobs(request.parameter('name')) }),
    },
    {
      method: 'POST',
      path: '/pocker/blobs/missing',
      since: 41,
      handle: async (request) => json({ Missing: await backend.missing((await readRequest(request, missingRequestSchema)).Digests) }),
    },
    { method: 'POST', path: '/images/{name...}/push', since: 41, handle: (request) => push(backend, request) },
  ]
}

async function create(backend: ImageBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const image = word(query, 'fromImage')
  const source = word(query, 'fromSrc')
  if (image !== undefined) {
    const options = { auth: registryAuth(request), platform: platform(query), signal }
    return progress(await backend.pull(pullReference(image, word(query, 'tag')), options))
  }
  if (source === undefined) {
    throw new PockerError('InvalidParameter', 'create image: neither fromImage nor fromSrc is given', { code: 'invalid-query' })
  }
  if (source !== '-') {
    throw new PockerError('NotImplemented', `import ${source.slice(0, 200)}: Pocker does not download archives`, {
      code: 'not-implemented',
      hint: 'download it and give it as input: curl -L URL | docker import -',
    })
  }
  const options = {
    repo: word(query, 'repo'),
    tag: word(query, 'tag'),
    message: word(query, 'message') ?? 'Imported from -',
    changes: queryTexts(query, 'changes'),
    platform: platform(query),
    signal,
  }
  return progress(await backend.importArchive(request.body(), options))
}

/** `tag` may be a digest; it takes the place of a tag in the name. `pull --all-tags` may leave a colon behind the name. */
function pullReference(image: string, tag: string | undefined): string {
  const name = image.replace(/:$/, '')
  if (tag === undefined) return name
  const bare = name.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  return tag.includes(':') ? `${bare}@${tag}` : `${bare}:${tag}`
}

async function push(backend: ImageBackend, request: ApiRequest): Promise<Answer> {
  const { query, signal } = request
  const options = { tag: word(query, 'tag'), auth: registryAuth(request), platform: platform(query), signal }
  return progress(await backend.push(request.parameter('name'), options))
}

async function save(backend: ImageBackend, { query, signal }: ApiRequest, names: readonly string[]): Promise<Answer> {
  if (names.length === 0) throw new PockerError('InvalidParameter', 'save images: none is named', { code: 'invalid-query' })
  return {
    kind: 'archive',
    archive: await backend.save(names, { platform: platform(query), without: queryTexts(query, 'without'), signal }),
  }
}

async function load(backend: ImageBackend, { query, signal, body }: ApiRequest): Promise<Answer> {
  return progress(await backend.load(body(), { quiet: flagOrTrue(query, 'quiet'), signal }))
}

function progress(messages: AsyncIterable<ProgressMessage>): Answer {
  return { kind: 'progress', lines: jsonLines(messages) }
}

function platform(query: URLSearchParams): Platform | undefined {
  const asked = word(query, 'platform')
  return asked === undefined ? undefined : parsePlatform(asked)
}
