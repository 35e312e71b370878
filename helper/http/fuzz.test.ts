import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ContainerInspect } from '../api/container.ts'
import { PockerError } from '../api/errors.ts'
import type { ImageInspect } from '../api/image.ts'
import { send } from './testing/client.ts'
import type { Script } from './testing/fake-backend.ts'
import { serve } from './testing/serve.ts'

const VALID = {
  Hostname: '',
  Env: ['A=b'],
  Cmd: ['sh', '-c', 'true'],
  Image: 'host',
  Labels: { a: 'b' },
  ExposedPorts: { '80/tcp': {} },
  StopTimeout: 10,
  Healthcheck: { Test: ['NONE'], Interval: 0 },
  HostConfig: {
    Binds: ['/a:/b:ro'],
    Memory: 1 << 20,
    Init: true,
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'rslave' } }],
    Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/null', CgroupPermissions: 'rwm' }],
    Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
    ConsoleSize: [24, 80],
    LogConfig: { Type: '', Config: {} },
  },
  NetworkingConfig: { EndpointsConfig: { none: {} } },
}

const STAT = { name: '', size: 0, mode: 0, mtime: '', linkTarget: '' }

const TEXT = JSON.stringify(VALID)
const hostile = fc.constantFrom(
  'null',
  '[]',
  '{}',
  '""',
  '1e400',
  '-1',
  '"__proto__"',
  '{"__proto__":{"x":1}}',
  '[[[[]]]]',
  'true',
  '"\\ud800"',
  '9'.repeat(30),
)

/** The valid body with one value in it replaced. */
const mutated = fc.tuple(fc.nat(), fc.oneof(hostile, fc.json({ maxDepth: 2 }))).map(([at, value]) => {
  const starts = [...TEXT.matchAll(/(?<=[:[,])("[^"]*"(?!:)|\d+|true|false)/g)]
  const found = starts[at % starts.length]
  const from = found?.index ?? 0
  return TEXT.slice(0, from) + value + TEXT.slice(from + (found?.[0].length ?? 0))
})

/** The valid body with some bytes of it cut out or put in. */
const damaged = fc
  .tuple(fc.nat(TEXT.length), fc.nat(9), fc.string({ maxLength: 3 }))
  .map(([at, length, text]) => TEXT.slice(0, at) + text + TEXT.slice(at + length))

const ENDPOINTS = [
  'POST /containers/create',
  'POST /containers/a/update',
  'POST /containers/a/exec',
  'POST /exec/a/start',
  'POST /pocker/explain',
  'POST /commit?container=a',
  'POST /auth',
]

test('any body gets 2xx or 4xx, and the valid one 201', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    containers: { create: async () => ({ Id: 'a', Warnings: [] }), update: async () => ({ Warnings: [] }) },
    exec: { create: async () => ({ Id: 'a' }), start: async () => undefined },
    plans: { explain: async () => [] },
    images: { commit: async () => ({ Id: 'sha256:a' }), login: async () => ({ Status: '', IdentityToken: '' }) },
  })
  const headers = { 'Content-Type': 'application/json' }
  assert.equal((await send(socketPath, 'POST /containers/create', { raw: TEXT, headers })).status, 201)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ENDPOINTS), fc.oneof(mutated, damaged, fc.json()), async (endpoint, raw) => {
      const { status } = await send(socketPath, endpoint, { raw, headers })
      assert.ok((status >= 200 && status < 300) || (status >= 400 && status < 500), `${endpoint} ${raw}: ${status}`)
    }),
    { numRuns: 400 },
  )
  assert.deepEqual(unexpected, [])
})

const IMAGES: Script['images'] = {
  inspect: async () => ({ Id: 'a' }) as ImageInspect,
  history: async () => [],
  search: async () => [],
  distribution: async () => ({ Descriptor: { mediaType: '', digest: '', size: 0 }, Platforms: [] }),
  save: async () => Readable.from([]),
}

const ARCHIVES: Script['archives'] = {
  export: async () => Readable.from([]),
  stat: async () => STAT,
  read: async () => ({ stat: STAT, archive: Readable.from([]) }),
  write: async () => {},
}

test('any path and query gets 2xx, 4xx or 501', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    system: { events: async function* () {} },
    containers: { list: async () => [], inspect: async () => ({ Id: 'a' }) as ContainerInspect },
    images: { ...IMAGES, list: async () => [] },
    archives: ARCHIVES,
    networks: {
      list: async () => [],
      inspect: async () => Promise.reject(new PockerError('NotFound', 'none', { code: 'no-such-network' })),
    },
  })
  const piece = fc.constantFrom(
    'events',
    'get',
    'search',
    'history',
    'distribution',
    'archive',
    'export',
    'term=',
    'path=',
    'names=',
    'platform=',
    'containers',
    'json',
    'images',
    'build',
    'v1.47',
    '..',
    '%2e',
    '%00',
    '%2f',
    'networks',
    '?',
    '&',
    'since=',
    'filters=',
    '{"a":["b"]}',
    'limit=',
    '9',
    '-',
    '=',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 7 }), fc.constantFrom('/', ''), async (pieces, separator) => {
      const { status } = await send(socketPath, `GET /${pieces.join(separator)}`)
      assert.ok((status >= 200 && status < 500) || status === 501, `${pieces.join(separator)}: ${status}`)
    }),
    { numRuns: 300 },
  )
  assert.deepEqual(unexpected, [])
})

test('any header of credentials, any query of a pull, any archive gets 2xx or 4xx', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    images: {
      pull: async () => (async function* () {})(),
      importArchive: async (body) => {
        for await (const _piece of body);
        return (async function* () {})()
      },
    },
    archives: ARCHIVES,
  })
  const value = fc.oneof(
    fc.constantFrom('-', '', 'linux/arm64/v8', '{"os":"linux"}', 'sha256:', '%00', '../..', ':', '@', 'a b'),
    fc.string(),
    fc.json(),
  )
  const query = fc.dictionary(
    fc.constantFrom('fromImage', 'fromSrc', 'tag', 'repo', 'changes', 'platform', 'path', 'message', 'copyUIDGID'),
    value,
  )
  const auth = fc.oneof(
    fc.base64String(),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc.stringMatching(/^[!-~]{0,20}$/),
  )
  const endpoint = fc.constantFrom('POST /images/create', 'PUT /containers/a/archive')
  await fc.assert(
    fc.asyncProperty(endpoint, query, auth, fc.uint8Array(), async (path, asked, header, raw) => {
      const sent = `${path}?${new URLSearchParams(asked)}`
      const { status } = await send(socketPath, sent, { raw, headers: { 'X-Registry-Auth': header } })
      assert.ok((status >= 200 && status < 500) || status === 501, `${sent}: ${status}`)
    }),
    { numRuns: 300 },
  )
  assert.deepEqual(unexpected, [])
})
