import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineEvent, SystemInfo, SystemVersion } from '../../api/system.ts'
import { open, send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

test('ping answers OK to GET and HEAD, and is not to be cached', async (context) => {
  const { socketPath } = await serve(context, {})
  const { status, text, headers } = await send(socketPath, 'GET /_ping')
  assert.deepEqual([status, text, headers['cache-control']], [200, 'OK', 'no-cache, no-store, must-revalidate'])
  const head = await send(socketPath, 'HEAD /v1.41/_ping')
  assert.deepEqual([head.status, head.text, head.headers['api-version']], [200, '', '1.47'])
})

test('version and info answer with what the backend gives', async (context) => {
  const version = { Version: '1' } as SystemVersion
  const info = { ID: 'x' } as SystemInfo
  const { socketPath } = await serve(context, { system: { version: () => version, info: async () => info } })
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /version')).text), version)
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /info')).text), info)
})

test('disk usage is of all, or of the types asked for', async (context) => {
  const usage = { LayersSize: 5, Images: [], Containers: [], Volumes: [], BuildCache: [] }
  const { socketPath } = await serve(context, { system: { dataUsage: async () => usage } })
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /system/df')).text), usage)
  const some = { LayersSize: 0, Images: null, Containers: [], Volumes: [], BuildCache: null }
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /system/df?type=container&type=volume')).text), some)
  assert.equal((await send(socketPath, 'GET /system/df?type=all')).status, 400)
})

const EVENT: EngineEvent = {
  Type: 'container',
  Action: 'start',
  Actor: { ID: 'abc', Attributes: { name: 'a\r\n{"Type":"forged"}\u001b[2J' } },
  scope: 'local',
  time: 1_700_000_000,
  timeNano: 1_700_000_000_000_000_000,
}

test('each event is one line, whatever is in it', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    system: {
      events: async function* ({ signal, ...options }) {
        calls.push(options)
        yield EVENT
        yield EVENT
      },
    },
  })
  const filters = encodeURIComponent('{"type":{"container":true}}')
  const { text, headers } = await send(socketPath, `GET /events?since=1700000000.5&until=2023-11-14T22:13:22Z&filters=${filters}`)
  const lines = text.trimEnd().split('\n')
  assert.equal(lines.length, 2)
  assert.deepEqual(JSON.parse(lines[0] ?? ''), EVENT)
  assert.ok(!text.includes('\r') && !text.includes('\u001b'))
  assert.equal(headers['content-type'], 'application/json')
  assert.deepEqual(calls, [{ since: 1_700_000_000.5, until: 1_700_000_002, filters: new Map([['type', ['container']]]) }])
})

test('the head of events comes before the first, and a client that leaves ends them', async (context) => {
  const left = Promise.withResolvers<void>()
  const { socketPath } = await serve(context, {
    system: {
      events: async function* ({ signal }) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        left.resolve()
      },
    },
  })
  const response = await open(socketPath, 'GET /events')
  assert.equal(response.statusCode, 200)
  response.destroy()
  await left.promise
})

test('events until before since are refused', async (context) => {
  const { socketPath } = await serve(context, {})
  assert.equal((await send(socketPath, 'GET /events?since=20&until=10')).status, 400)
  assert.equal((await send(socketPath, 'GET /events?since=yesterday')).status, 400)
})
