import assert from 'node:assert/strict'
import { on } from 'node:events'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { EngineError } from '../../client/engine-error.ts'
import { changingHost, containerOf, READY } from '../../testing/changing-host.ts'
import { fakeClient } from '../../testing/fake-client.ts'
import { StatsFeed } from './feed.ts'

const running = containerOf({ id: 'a' })
const exited = containerOf({ id: 'a', status: 'exited', exitCode: 0 })

/** A host of one container, whose statistics are written by the test, a stream for each request. */
function setUp(t: TestContext) {
  const streams: PassThrough[] = []
  const client = {
    ...fakeClient({}),
    async *lines<T>(_method: string, _path: string, schema: { parse(value: unknown): T }, request?: { readonly signal?: AbortSignal }) {
      const stream = new PassThrough({ objectMode: true })
      streams.push(stream)
      const { signal } = request ?? {}
      for await (const [sample] of on(stream, 'data', { close: ['end'], ...(signal === undefined ? {} : { signal }) })) {
        if (sample instanceof Error) throw sample
        yield schema.parse(sample)
      }
    },
  }
  const host = changingHost({ client, containers: [running] })
  const feed = new StatsFeed([{ host, containerId: 'a' }])
  t.after(() => feed.dispose())
  const seen: (number | string)[] = []
  feed.onPoint(({ point }) => seen.push(point.cpu))
  feed.onState(({ error }) => seen.push(error === undefined ? 'state' : 'error'))
  return { host, feed, streams, seen }
}

const sample = (second: number, used = second) => ({
  read: `2026-01-01T00:00:0${second}Z`,
  cpu_stats: { cpu_usage: { total_usage: used * 1e9 } },
  memory_stats: { usage: 1 },
})

/** Everything that is under way has happened. */
const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await setImmediate()
}

test('a container that restarts goes on, whether its old stream is over by then or not', async (t) => {
  const { host, streams, seen } = setUp(t)
  for (const second of [1, 2]) streams[0]?.write(sample(second))
  await settled()
  host.put(exited)
  host.put(running)
  await settled()
  assert.equal(streams.length, 2)
  for (const second of [4, 5]) streams[1]?.write(sample(second))
  await settled()
  streams[1]?.end()
  await settled()
  assert.equal(streams.length, 3)
  for (const second of [7, 8]) streams[2]?.write(sample(second))
  await settled()
  assert.deepEqual(seen, [1, 'state', 'state', 1, 1])
})

test('what does not run is not read, and one that gives nothing is not asked again and again', async (t) => {
  const { host, streams } = setUp(t)
  streams[0]?.end()
  await settled()
  assert.equal(streams.length, 1)
  host.put(exited)
  await settled()
  assert.equal(streams.length, 1)
  host.put(running)
  await settled()
  assert.equal(streams.length, 2)
})

test('a host that is lost tells its state, and its return begins anew', async (t) => {
  const { host, streams, seen } = setUp(t)
  host.setState({ kind: 'connecting' })
  streams[0]?.write(new EngineError('connection-lost', 'gone'))
  await settled()
  assert.deepEqual(seen, ['state'])
  host.setState(READY)
  await settled()
  assert.deepEqual([streams.length, seen], [2, ['state', 'state']])
})

test('why a container that runs has no numbers is told', async (t) => {
  const { streams, seen } = setUp(t)
  streams[0]?.write(new EngineError('engine-failed', 'no cgroups'))
  await settled()
  assert.deepEqual(seen, ['error'])
})

test('a feed that is over reads nothing and holds nothing open', async (t) => {
  const { host, feed, streams } = setUp(t)
  assert.equal(host.watchers, 1)
  feed.dispose()
  await settled()
  host.put(exited)
  host.put(running)
  await settled()
  assert.deepEqual([host.watchers, streams.length], [0, 1])
})
