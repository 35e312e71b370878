import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import type { FileStat } from '../../api/files.ts'
import type { FileBackend } from '../backend.ts'
import { open, send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

const STAT: FileStat = { kind: 'file', size: 5, mode: 0o644, uid: 0, gid: 0, modified: 1.5, changed: 2, isReadOnly: false }

/** A backend that notes what it was asked, without signals and streams, and what the body was. */
function noting(): { files: FileBackend; calls: unknown[] } {
  const calls: unknown[] = []
  const note = (what: string, ...rest: readonly unknown[]) => {
    calls.push([what, ...rest.filter((each) => !(each instanceof AbortSignal)).map(withoutSignal)])
    return STAT
  }
  const files: FileBackend = {
    stat: async (...call) => note('stat', ...call),
    list: async (...call) => Buffer.from(JSON.stringify({ entries: [], isCut: note('list', ...call) === undefined })),
    read: async (...call) => ({ stat: note('read', ...call), content: Readable.from([Buffer.from('hello')]) }),
    write: async (place, path, { content, ...options }) =>
      note('write', place, path, options, Buffer.concat(await content.toArray()).toString()),
    makeFolder: async (...call) => note('makeFolder', ...call),
    rename: async (...call) => note('rename', ...call),
    copy: async (...call) => note('copy', ...call),
    remove: async (...call) => void note('remove', ...call),
    watch: async (...call) => {
      note('watch', ...call)
      return Readable.from([
        { kind: 'ready', path: '/a' },
        { kind: 'created', path: '/a/\n' },
      ])
    },
  }
  return { files, calls }
}

function withoutSignal(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('signal' in value)) return value
  const { signal: _, ...rest } = value
  return rest
}

const container = { of: 'container', id: 'abc' }
const cases: readonly (readonly [endpoint: string, call: unknown])[] = [
  ['GET /pocker/containers/abc/files/stat?path=/a', ['stat', container, '/a', { follow: false }]],
  ['GET /pocker/containers/abc/files/stat?path=/%C3%BC%0A&follow=1', ['stat', container, '/ü\n', { follow: true }]],
  ['GET /pocker/containers/abc/image/files/stat?path=/', ['stat', { of: 'container-image', id: 'abc' }, '/', { follow: false }]],
  [
    'GET /pocker/images/example.org/a/b:1/files/stat?path=/',
    ['stat', { of: 'image', name: 'example.org/a/b:1', layer: undefined }, '/', { follow: false }],
  ],
  ['GET /v1.47/pocker/images/a/files/list?path=/&layer=2', ['list', { of: 'image', name: 'a', layer: 2 }, '/']],
  ['GET /pocker/containers/abc/files/content?path=/a', ['read', container, '/a', { offset: 0, length: undefined }]],
  ['GET /pocker/containers/abc/files/content?path=/a&offset=9&length=3', ['read', container, '/a', { offset: 9, length: 3 }]],
  ['PUT /pocker/containers/abc/files/content?path=/a', ['write', container, '/a', { create: false, overwrite: false }, 'body']],
  [
    'PUT /pocker/containers/abc/files/content?path=/a&create=1&overwrite=1&mode=4755&uid=1&gid=2',
    ['write', container, '/a', { mode: 0o4755, uid: 1, gid: 2, create: true, overwrite: true }, 'body'],
  ],
  ['POST /pocker/containers/abc/files/folder?path=/a&mode=700', ['makeFolder', container, '/a', { mode: 0o700 }]],
  ['POST /pocker/containers/abc/files/rename?from=/a&to=/b', ['rename', container, { from: '/a', to: '/b', overwrite: false }]],
  ['POST /pocker/containers/abc/files/copy?from=/a&to=/b&overwrite=1', ['copy', container, { from: '/a', to: '/b', overwrite: true }]],
  ['DELETE /pocker/containers/abc/files?path=/a', ['remove', container, '/a', { recursive: false }]],
  ['DELETE /pocker/containers/abc/files?path=/a&recursive=true', ['remove', container, '/a', { recursive: true }]],
  ['GET /pocker/containers/abc/files/watch?path=/a&recursive=1', ['watch', container, '/a', { recursive: true }]],
]
for (const [endpoint, call] of cases) {
  test(`${endpoint} asks for what it says`, async (context) => {
    const { files, calls } = noting()
    const { socketPath } = await serve(context, { files })
    const reply = await send(socketPath, endpoint, endpoint.startsWith('PUT') ? { raw: 'body' } : {})
    assert.ok(reply.status === 200 || reply.status === 204, reply.text)
    assert.deepEqual(calls, [call])
  })
}

test('content comes as it is, with its size and stat', async (context) => {
  const { socketPath } = await serve(context, { files: noting().files })
  const { headers, text } = await send(socketPath, 'GET /pocker/containers/abc/files/content?path=/a')
  assert.deepEqual([headers['content-type'], headers['x-pocker-file-size'], text], ['application/octet-stream', '5', 'hello'])
  assert.deepEqual(JSON.parse(Buffer.from(String(headers['x-pocker-file-stat']), 'base64').toString()), STAT)
})

test('a list is passed on as it is', async (context) => {
  const { socketPath } = await serve(context, { files: noting().files })
  const { headers, text } = await send(socketPath, 'GET /pocker/containers/abc/files/list?path=/')
  assert.deepEqual([headers['content-type'], text], ['application/json', '{"entries":[],"isCut":false}'])
})

test('changes come a line each, whatever the names are', async (context) => {
  const { socketPath } = await serve(context, { files: noting().files })
  const { text } = await send(socketPath, 'GET /pocker/containers/abc/files/watch?path=/a')
  const lines = text.trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).path),
    ['/a', '/a/\n'],
  )
})

test('the signal of a watch fires when the client goes', async (context) => {
  const gone = Promise.withResolvers<void>()
  const { socketPath } = await serve(context, {
    files: {
      watch: async (_place, _path, { signal }) => {
        signal.addEventListener('abort', () => gone.resolve())
        return {
          async *[Symbol.asyncIterator]() {
            yield { kind: 'ready', path: '/' } as const
            await gone.promise
          },
        }
      },
    },
  })
  const response = await open(socketPath, 'GET /pocker/containers/abc/files/watch?path=/')
  response.once('data', () => response.destroy())
  await gone.promise
})

const refused = [
  'GET /pocker/containers/abc/files/stat',
  'GET /pocker/containers/abc/files/stat?path=/%00',
  'GET /pocker/containers/abc/files/content?path=/a&offset=-1',
  'GET /pocker/containers/abc/files/content?path=/a&length=x',
  'GET /pocker/images/a/files/stat?path=/&layer=-1',
  'PUT /pocker/containers/abc/files/content?path=/a&mode=999',
  'POST /pocker/containers/abc/files/folder?path=/a&uid=4294967295',
  'POST /pocker/containers/abc/files/rename?from=/a',
  'DELETE /pocker/containers/abc/files',
]
for (const endpoint of refused) {
  test(`${endpoint} is refused with 400`, async (context) => {
    const { socketPath } = await serve(context, {})
    assert.equal((await send(socketPath, endpoint)).status, 400)
  })
}

test('errors have the numbers of their kinds', async (context) => {
  const errors = new Map([
    ['/no', new PockerError('NotFound', 'x', { code: 'no-such-file' })],
    ['/ro', new PockerError('Forbidden', 'x', { code: 'read-only-files' })],
    ['/full', new PockerError('Unavailable', 'x', { code: 'no-space' })],
  ])
  const { socketPath } = await serve(context, {
    files: {
      stat: async (_place, path) => {
        throw errors.get(path)
      },
    },
  })
  for (const [path, status] of [
    ['/no', 404],
    ['/ro', 403],
    ['/full', 503],
  ] as const) {
    const reply = await send(socketPath, `GET /pocker/containers/abc/files/stat?path=${path}`)
    assert.deepEqual([reply.status, JSON.parse(reply.text).code], [status, errors.get(path)?.code])
  }
  assert.equal((await send(socketPath, 'GET /pocker/containers/%2Fa/files/stat?path=/')).status, 404)
})

test('the layers of an image', async (context) => {
  const layers = { layers: [{ diffId: 'sha256:1', size: 2, createdBy: 'RUN x' }] }
  const { socketPath } = await serve(context, { images: { layers: async (name) => (name === 'a/b' ? layers : { layers: [] }) } })
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /pocker/images/a/b/layers')).text), layers)
})
