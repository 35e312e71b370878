import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageInspect, ImageSummary } from '../../api/image.ts'
import type { CommitOptions } from '../backend.ts'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

test('images are listed, inspected, imported and removed by names with slashes', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    images: {
      list: async (...call) => {
        calls.push(call)
        return [{ Id: 'sha256:a' } as ImageSummary]
      },
      inspect: async (...call) => {
        calls.push(call)
        return { Id: 'sha256:a' } as ImageInspect
      },
      importFolder: async (...call) => {
        calls.push(call)
        return { Id: 'sha256:a' }
      },
      remove: async (...call) => {
        calls.push(call)
        return [{ Untagged: 'a/b:1' }]
      },
    },
  })
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /images/json?all=1')).text), [{ Id: 'sha256:a' }])
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /images/ghcr.io/a/b:1/json')).text), { Id: 'sha256:a', ContainerConfig: {} })
  assert.equal((await send(socketPath, 'POST /pocker/images/import?folder=/srv/root&name=a')).status, 201)
  assert.deepEqual(JSON.parse((await send(socketPath, 'DELETE /images/a/b:1?force=1')).text), [{ Untagged: 'a/b:1' }])
  assert.deepEqual(calls, [
    [{ all: true, sharedSize: false, filters: new Map() }],
    ['ghcr.io/a/b:1'],
    ['/srv/root', 'a'],
    ['a/b:1', { force: true, prune: true }],
  ])
})

test('shared sizes, filters and deletion without pruning are asked for', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    images: {
      list: async (...call) => {
        calls.push(call)
        return []
      },
      remove: async (...call) => {
        calls.push(call)
        return []
      },
    },
  })
  const filters = encodeURIComponent('{"dangling":{"true":true}}')
  assert.equal((await send(socketPath, `GET /images/json?shared-size=1&digests=1&filters=${filters}`)).text, '[]\n')
  assert.equal((await send(socketPath, 'DELETE /images/a?noprune=1')).text, '[]\n')
  assert.deepEqual(calls, [
    [{ all: false, sharedSize: true, filters: new Map([['dangling', ['true']]]) }],
    ['a', { force: false, prune: false }],
  ])
})

test('old clients get the members of their time', async (context) => {
  const image: Partial<ImageSummary> = { Id: 'sha256:a', RepoTags: [], RepoDigests: [], Size: 7 }
  const { socketPath } = await serve(context, {
    images: { list: async () => [image as ImageSummary], inspect: async () => ({ Id: 'sha256:a', Size: 7 }) as ImageInspect },
  })
  const get = async (path: string) => JSON.parse((await send(socketPath, `GET ${path}`)).text)
  assert.deepEqual(await get('/v1.47/images/json'), [image])
  assert.deepEqual(await get('/v1.43/images/json'), [{ ...image, VirtualSize: 7 }])
  assert.deepEqual(await get('/v1.42/images/json'), [
    { ...image, RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'], VirtualSize: 7 },
  ])
  assert.deepEqual(await get('/v1.41/images/a/json'), { Id: 'sha256:a', Size: 7, VirtualSize: 7, ContainerConfig: {} })
  assert.deepEqual(await get('/v1.44/images/a/json'), { Id: 'sha256:a', Size: 7, ContainerConfig: {} })
})

test('history, tag and prune', async (context) => {
  const calls: unknown[][] = []
  const entry = { Id: '<missing>', Created: 1, CreatedBy: 'CMD x', Tags: null, Size: 0, Comment: '' }
  const { socketPath } = await serve(context, {
    images: {
      history: async (...call) => {
        calls.push(call)
        return [entry]
      },
      tag: async (...call) => void calls.push(call),
      prune: async (...call) => {
        calls.push(call)
        return { ImagesDeleted: [{ Deleted: 'sha256:a' }], SpaceReclaimed: 5 }
      },
    },
  })
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /images/a/b/history')).text), [entry])
  const tagged = await send(socketPath, 'POST /images/a/b/tag?repo=c&tag=2')
  assert.deepEqual([tagged.status, tagged.text], [201, ''])
  await send(socketPath, 'POST /images/a/tag?repo=localhost:5000/c')
  const filters = encodeURIComponent('{"dangling":["false"]}')
  const pruned = await send(socketPath, `POST /images/prune?filters=${filters}`)
  assert.deepEqual(JSON.parse(pruned.text), { ImagesDeleted: [{ Deleted: 'sha256:a' }], SpaceReclaimed: 5 })
  assert.deepEqual(calls, [
    ['a/b'],
    ['a/b', { repo: 'c', tag: '2' }],
    ['a', { repo: 'localhost:5000/c', tag: undefined }],
    [new Map([['dangling', ['false']]])],
  ])
})

test('a commit has its words from the query and its configuration from the body', async (context) => {
  const calls: CommitOptions[] = []
  const { socketPath } = await serve(context, {
    images: {
      commit: async (options) => {
        calls.push(options)
        return { Id: 'sha256:a' }
      },
    },
  })
  const query = 'container=abc&repo=r&tag=t&comment=c&author=me&pause=0&changes=ENV+A%3Db&changes=CMD+x'
  const reply = await send(socketPath, `POST /commit?${query}`, { body: { Cmd: 'sh', Labels: null } })
  assert.deepEqual([reply.status, JSON.parse(reply.text)], [201, { Id: 'sha256:a' }])
  assert.equal((await send(socketPath, 'POST /commit?container=abc', { body: null })).status, 201)
  assert.equal((await send(socketPath, 'POST /commit?container=abc')).status, 201)
  const nothing = { repo: undefined, tag: undefined, comment: undefined, author: undefined, changes: [], config: undefined }
  assert.deepEqual(calls, [
    {
      container: 'abc',
      repo: 'r',
      tag: 't',
      comment: 'c',
      author: 'me',
      pause: false,
      changes: ['ENV A=b', 'CMD x'],
      config: { Cmd: ['sh'] },
    },
    { ...nothing, container: 'abc', pause: true },
    { ...nothing, container: 'abc', pause: true },
  ])
})

const refusals: readonly (readonly [endpoint: string, status: number, code: string])[] = [
  ['POST /images/a/tag', 400, 'invalid-query'],
  ['POST /commit', 400, 'invalid-query'],
  ['POST /commit?container=a&changes=%00', 400, 'invalid-query'],
  ['DELETE /images/%20', 400, 'bad-reference'],
  ['GET /images/json?filters=%5B', 400, 'invalid-filters'],
  ['PUT /images/json', 405, 'method-not-allowed'],
]

for (const [endpoint, status, code] of refusals) {
  test(`${endpoint} is refused with ${status} ${code}`, async (context) => {
    const { socketPath } = await serve(context, {})
    const reply = await send(socketPath, endpoint)
    assert.deepEqual([reply.status, JSON.parse(reply.text).code], [status, code])
  })
}

test('an import without folder or name is refused', async (context) => {
  const { socketPath } = await serve(context, {})
  for (const query of ['', 'folder=/a', 'name=a']) assert.equal((await send(socketPath, `POST /pocker/images/import?${query}`)).status, 400)
})
