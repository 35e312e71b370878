import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { send } from './testing/client.ts'
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
]

test('any body gets 2xx or 4xx, and the valid one 201', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    containers: { create: async () => ({ Id: 'a', Warnings: [] }), update: async () => ({ Warnings: [] }) },
    exec: { create: async () => ({ Id: 'a' }), start: async () => undefined },
    plans: { explain: async () => [] },
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

test('any path and query gets 2xx, 4xx or 501', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    system: { events: async function* () {} },
    containers: { list: async () => [] },
    images: { list: async () => [] },
  })
  const piece = fc.constantFrom(
    'events',
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
