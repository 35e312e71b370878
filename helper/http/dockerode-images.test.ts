import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import Docker from 'dockerode'
import { PockerError } from '../api/errors.ts'
import type { ProgressMessage } from '../api/progress.ts'
import type { Script } from './testing/fake-backend.ts'
import { serve } from './testing/serve.ts'

const AUTH = { username: 'me', password: '>>>???', serveraddress: 'r.example' }
const STAT = { name: 'a', size: 3, mode: 0o644, mtime: '2024-01-01T00:00:00Z', linkTarget: '' }

async function docker(context: TestContext, script: Script): Promise<Docker> {
  const { socketPath } = await serve(context, script)
  return new Docker({ socketPath, version: 'v1.47' })
}

async function* messages(...list: ProgressMessage[]) {
  yield* list
}

/** What dockerode's own reader of progress makes of a stream. */
async function follow(client: Docker, stream: NodeJS.ReadableStream): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.modem.followProgress(stream, (error: Error | null, all: unknown[]) => (error === null ? resolve(all) : reject(error)))
  })
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const piece of stream) text += String(piece)
  return text
}

test('pull follows the messages, with credentials', async (context) => {
  const calls: unknown[] = []
  const client = await docker(context, {
    images: {
      pull: async (name, { auth, platform }) => {
        calls.push([name, auth, platform])
        return messages({ status: 'one' }, { status: 'two' })
      },
    },
  })
  const stream = await client.pull('r.example/a:1', { authconfig: AUTH, platform: 'linux/arm64' })
  assert.deepEqual(await follow(client, stream), [{ status: 'one' }, { status: 'two' }])
  assert.deepEqual(calls, [['r.example/a:1', AUTH, { os: 'linux', architecture: 'arm64' }]])
})

test('pull fails with a status before the first message, and in the messages later', async (context) => {
  const missing = new PockerError('NotFound', 'no such image', { code: 'image-not-found' })
  const client = await docker(context, {
    images: {
      pull: async (name) => {
        if (name.startsWith('missing')) throw missing
        return (async function* () {
          yield { status: 'one' }
          throw missing
        })()
      },
    },
  })
  await assert.rejects(client.pull('missing'), { statusCode: 404 })
  const late = await follow(client, await client.pull('late'))
  assert.deepEqual(late, [
    { status: 'one' },
    { errorDetail: { message: 'no such image' }, error: 'no such image', code: 'image-not-found' },
  ])
})

test('push, tag, history, remove, search, prune and distribution', async (context) => {
  const calls: unknown[] = []
  const client = await docker(context, {
    images: {
      push: async (name, { tag, auth }) => {
        calls.push(['push', name, tag, auth])
        return messages({ status: 'pushed' })
      },
      tag: async (...call) => void calls.push(['tag', ...call]),
      history: async () => [],
      remove: async (...call) => {
        calls.push(['remove', ...call])
        return [{ Untagged: 'a:1' }]
      },
      search: async () => [{ name: 'a', description: '', star_count: 1, is_official: true, is_automated: false }],
      prune: async () => ({ ImagesDeleted: [], SpaceReclaimed: 0 }),
      distribution: async () => ({ Descriptor: { mediaType: 'm', digest: 'sha256:a', size: 1 }, Platforms: [] }),
    },
  })
  const image = client.getImage('r.example/a')
  assert.deepEqual(await follow(client, await image.push({ tag: '1', authconfig: AUTH })), [{ status: 'pushed' }])
  await image.tag({ repo: 'b', tag: '2' })
  assert.deepEqual(await image.history(), [])
  assert.deepEqual(await image.remove({ force: true }), [{ Untagged: 'a:1' }])
  assert.equal((await client.searchImages({ term: 'a' }))[0].name, 'a')
  assert.equal((await client.pruneImages()).SpaceReclaimed, 0)
  assert.equal((await image.distribution()).Descriptor.digest, 'sha256:a')
  assert.deepEqual(calls, [
    ['push', 'r.example/a', '1', AUTH],
    ['tag', 'r.example/a', { repo: 'b', tag: '2' }],
    ['remove', 'r.example/a', { force: true, prune: true }],
  ])
})

test('load, import and save move archives', async (context) => {
  const received: string[] = []
  const client = await docker(context, {
    images: {
      load: async (body) => {
        received.push(await textOf(body))
        return messages({ stream: 'Loaded image: a:1\n' })
      },
      importArchive: async (body, { repo }) => {
        received.push(`${repo} ${await textOf(body)}`)
        return messages({ status: 'sha256:a' })
      },
      save: async (names) => Readable.from([Buffer.from(names.join())]),
    },
  })
  assert.deepEqual(await follow(client, await client.loadImage(Readable.from([Buffer.from('tar')]))), [{ stream: 'Loaded image: a:1\n' }])
  assert.deepEqual(await follow(client, await client.importImage(Readable.from([Buffer.from('tar')]), { repo: 'b' })), [
    { status: 'sha256:a' },
  ])
  assert.deepEqual(received, ['tar', 'b tar'])
  assert.equal(await textOf(await client.getImage('a/b').get()), 'a/b')
  assert.equal(await textOf(await getImages(client, ['a', 'b'])), 'a,b')
})

/** Its types leave the function out. */
async function getImages(client: Docker, names: readonly string[]): Promise<Readable> {
  const getImages: unknown = Reflect.get(client, 'getImages')
  assert.ok(typeof getImages === 'function')
  const archive: unknown = await Reflect.apply(getImages, client, [{ names }])
  assert.ok(archive instanceof Readable)
  return archive
}

test('commit, export and archives of a container', async (context) => {
  const calls: unknown[] = []
  const client = await docker(context, {
    images: {
      commit: async (options) => {
        calls.push([options.container, options.repo, options.comment])
        return { Id: 'sha256:a' }
      },
    },
    archives: {
      export: async () => Readable.from([Buffer.from('root')]),
      stat: async () => STAT,
      read: async (_id, path) => ({ stat: STAT, archive: Readable.from([Buffer.from(path)]) }),
      write: async (_id, path, { archive }) => void calls.push([path, await textOf(archive)]),
    },
  })
  const container = client.getContainer('abc')
  assert.deepEqual(await container.commit({ repo: 'r', comment: 'c' }), { Id: 'sha256:a' })
  assert.equal(await textOf(await container.export()), 'root')
  assert.equal(await textOf(await container.getArchive({ path: '/etc' })), '/etc')
  const info = await container.infoArchive({ path: '/etc' })
  const header = String((info as unknown as { headers: Record<string, string> }).headers['x-docker-container-path-stat'])
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64').toString()), STAT)
  await container.putArchive(Readable.from([Buffer.from('tar')]), { path: '/a' })
  assert.deepEqual(calls, [
    ['abc', 'r', 'c'],
    ['/a', 'tar'],
  ])
})

test('credentials are checked', async (context) => {
  const client = await docker(context, { images: { login: async () => ({ Status: 'Login Succeeded', IdentityToken: '' }) } })
  assert.equal((await client.checkAuth(AUTH)).Status, 'Login Succeeded')
})
