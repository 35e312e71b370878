import { containerConfigSchema } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { ImageInspect, ImageSummary } from '../../api/image.ts'
import type { Answer } from '../answer.ts'
import { created, json } from '../answer.ts'
import type { ImageBackend } from '../backend.ts'
import { readFilters } from '../filters.ts'
import { flag, requiredWord, word } from '../query.ts'
import type { ApiRequest, Route } from '../route.ts'
import { queryTexts } from './parameters.ts'

/** `/images`, but for what moves images (see `image-transfer.ts`), `/commit`, and Pocker's own import of a folder. */
export function imageRoutes(backend: ImageBackend): readonly Route[] {
  return [
    { method: 'GET', path: '/images/json', since: 41, handle: (request) => list(backend, request) },
    { method: 'POST', path: '/images/prune', since: 41, handle: async ({ query }) => json(await backend.prune(readFilters(query))) },
    { method: 'POST', path: '/commit', since: 41, handle: (request) => commit(backend, request) },
    {
      method: 'GET',
      path: '/images/{name...}/json',
      since: 41,
      handle: async (request) => json(withContainerConfig(withVirtualSize(await backend.inspect(request.parameter('name')), request))),
    },
    {
      method: 'GET',
      path: '/images/{name...}/history',
      since: 41,
      handle: async (request) => json(await backend.history(request.parameter('name'))),
    },
    {
      method: 'GET',
      path: '/pocker/images/{name...}/layers',
      since: 41,
      handle: async (request) => json(await backend.layers(request.parameter('name'))),
    },
    { method: 'POST', path: '/images/{name...}/tag', since: 41, handle: (request) => tag(backend, request) },
    { method: 'DELETE', path: '/images/{name...}', since: 41, handle: (request) => remove(backend, request) },
    {
      method: 'POST',
      path: '/pocker/images/import',
      since: 41,
      handle: async ({ query }) => created(await backend.importFolder(requiredWord(query, 'folder'), requiredWord(query, 'name'))),
    },
  ]
}

async function list(backend: ImageBackend, request: ApiRequest): Promise<Answer> {
  const { query } = request
  const options = { all: flag(query, 'all'), sharedSize: flag(query, 'shared-size'), filters: readFilters(query) }
  const images = await backend.list(options)
  return json(images.map((image) => withVirtualSize(withNames(image, request), request)))
}

/** API 1.44 has dropped it. */
function withVirtualSize<T extends ImageInspect | ImageSummary>(image: T, { minorVersion }: ApiRequest): T | (T & { VirtualSize: number }) {
  return minorVersion < 44 ? { ...image, VirtualSize: image.Size } : image
}

/** API 1.45 has dropped it, but docker-compose 1.29 speaks whatever version there is, and fails without when it makes a container anew. */
function withContainerConfig(image: ImageInspect): ImageInspect & { ContainerConfig: ImageInspect['Config'] } {
  return { ...image, ContainerConfig: image.Config ?? {} }
}

/** Before API 1.43 an image without names had these. */
function withNames(image: ImageSummary, { minorVersion }: ApiRequest): ImageSummary {
  if (minorVersion >= 43 || image.RepoTags.length > 0 || image.RepoDigests.length > 0) return image
  return { ...image, RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] }
}

async function tag(backend: ImageBackend, request: ApiRequest): Promise<Answer> {
  const { query } = request
  await backend.tag(request.parameter('name'), { repo: requiredWord(query, 'repo'), tag: word(query, 'tag') })
  return { kind: 'empty', status: 201 }
}

async function remove(backend: ImageBackend, request: ApiRequest): Promise<Answer> {
  const { query } = request
  const name = request.parameter('name')
  if (name.trim() === '') throw new PockerError('InvalidParameter', 'image name cannot be blank', { code: 'bad-reference' })
  return json(await backend.remove(name, { force: flag(query, 'force'), prune: !flag(query, 'noprune') }))
}

async function commit(backend: ImageBackend, request: ApiRequest): Promise<Answer> {
  const { query } = request
  const config = (await request.json()) ?? undefined
  return created(
    await backend.commit({
      container: requiredWord(query, 'container'),
      repo: word(query, 'repo'),
      tag: word(query, 'tag'),
      comment: word(query, 'comment'),
      author: word(query, 'author'),
      pause: word(query, 'pause') === undefined || flag(query, 'pause'),
      changes: queryTexts(query, 'changes'),
      config: config === undefined ? undefined : containerConfigSchema.parse(config),
    }),
  )
}
