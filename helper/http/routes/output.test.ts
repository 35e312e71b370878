import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatsSample } from '../../api/stats.ts'
import type { ContainerBackend, LogChunk } from '../backend.ts'
import { open, send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

function chunk(stream: 0 | 1 | 2, text: string): LogChunk {
  return { stream, data: Buffer.from(text), time: 1_700_000_000_123_456_789n }
}

function logsOf(tty: boolean, chunks: readonly LogChunk[]) {
  const calls: unknown[] = []
  const logs: ContainerBackend['logs'] = async (id, { signal, ...options }) => {
    calls.push([id, options])
    return {
      tty,
      chunks: (async function* () {
        yield* chunks
      })(),
    }
  }
  return { calls, containers: { logs } }
}

function framed(stream: number, text: string): string {
  return `${String.fromCharCode(stream, 0, 0, 0, 0, 0, 0, text.length)}${text}`
}

test('logs of pipes are multiplexed', async (context) => {
  const { containers } = logsOf(false, [chunk(1, 'out\n'), chunk(2, 'err\n')])
  const { socketPath } = await serve(context, { containers })
  const { text, headers } = await send(socketPath, 'GET /containers/abc/logs?stdout=1&stderr=1')
  assert.equal(text, framed(1, 'out\n') + framed(2, 'err\n'))
  assert.equal(headers['content-type'], 'application/vnd.docker.multiplexed-stream')
  assert.equal(
    (await send(socketPath, 'GET /v1.41/containers/abc/logs?stdout=1')).headers['content-type'],
    'application/vnd.docker.raw-stream',
  )
})

test('logs of a terminal are raw, with their times when asked for', async (context) => {
  const { containers } = logsOf(true, [chunk(0, 'a\r\nb'), chunk(0, 'c\r\n')])
  const { socketPath } = await serve(context, { containers })
  const { text, headers } = await send(socketPath, 'GET /containers/abc/logs?stdout=1&timestamps=1')
  const time = '2023-11-14T22:13:20.123456789Z'
  assert.equal(text, `${time} a\r\n${time} bc\r\n`)
  assert.equal(headers['content-type'], 'application/vnd.docker.raw-stream')
})

test('what is asked of logs is passed on', async (context) => {
  const { calls, containers } = logsOf(false, [])
  const { socketPath } = await serve(context, { containers })
  await send(
    socketPath,
    'GET /containers/abc/logs?stdout=1&stderr=0&follow=1&tail=10&since=1700000000.000000005&until=2023-11-14T22:13:21Z',
  )
  await send(socketPath, 'GET /containers/abc/logs?stderr=1&tail=all&since=0&until=0')
  assert.deepEqual(calls, [
    ['abc', { stdout: true, stderr: false, follow: true, tail: 10, since: 1_700_000_000_000_000_005n, until: 1_700_000_001_000_000_000n }],
    ['abc', { stdout: false, stderr: true, follow: false }],
  ])
})

test('logs without a stream, or with a bad time or tail, are refused', async (context) => {
  const { socketPath } = await serve(context, {})
  for (const query of ['', 'stdout=0', 'stdout=1&since=x', 'stdout=1&tail=some']) {
    assert.equal((await send(socketPath, `GET /containers/abc/logs?${query}`)).status, 400)
  }
})

test('a client that leaves while it follows ends the reading', async (context) => {
  const ended = Promise.withResolvers<void>()
  const { socketPath, server } = await serve(context, {
    containers: {
      logs: async (_id, { signal }) => ({
        tty: true,
        chunks: (async function* () {
          try {
            yield chunk(0, 'first')
            await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
          } finally {
            ended.resolve()
          }
        })(),
      }),
    },
  })
  const response = await open(socketPath, 'GET /containers/abc/logs?stdout=1&follow=1')
  for await (const piece of response) {
    assert.equal(String(piece), 'first')
    break
  }
  await ended.promise
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(server.activeRequests(), 0)
})

test('logs that fail in the middle are cut, not ended', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    containers: {
      logs: async () => ({
        tty: true,
        chunks: (async function* (): AsyncGenerator<LogChunk> {
          yield chunk(0, 'first')
          throw new Error('the disk is gone')
        })(),
      }),
    },
  })
  await assert.rejects(send(socketPath, 'GET /containers/abc/logs?stdout=1'), { code: 'ECONNRESET' })
  assert.equal(unexpected.length, 1)
})

const SAMPLE = { id: 'abc', read: '2023-11-14T22:13:20Z' } as StatsSample

function statsOf(...samples: readonly StatsSample[]) {
  const calls: unknown[] = []
  const stats: ContainerBackend['stats'] = async (id, { signal, ...options }) => {
    calls.push([id, options])
    return (async function* () {
      yield* samples
    })()
  }
  return { calls, containers: { stats } }
}

test('stats are streamed as lines, or given once', async (context) => {
  const { calls, containers } = statsOf(SAMPLE, SAMPLE)
  const { socketPath } = await serve(context, { containers })
  const line = `${JSON.stringify(SAMPLE)}\n`
  assert.equal((await send(socketPath, 'GET /containers/abc/stats')).text, line + line)
  assert.equal((await send(socketPath, 'GET /containers/abc/stats?stream=0')).text, line)
  assert.equal((await send(socketPath, 'GET /containers/abc/stats?stream=false&one-shot=1')).text, line)
  assert.equal((await send(socketPath, 'GET /containers/abc/stats?one-shot=1')).status, 400)
  assert.deepEqual(calls, [
    ['abc', { stream: true, oneShot: false }],
    ['abc', { stream: false, oneShot: false }],
    ['abc', { stream: false, oneShot: true }],
  ])
})

test('two hundred clients that leave their streams leave nothing behind', async (context) => {
  let reading = 0
  const { socketPath, server } = await serve(context, {
    containers: {
      logs: async (_id, { signal }) => ({
        tty: true,
        chunks: (async function* (): AsyncGenerator<LogChunk> {
          reading += 1
          await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
          reading -= 1
        })(),
      }),
    },
  })
  for (let count = 0; count < 200; count += 1) (await open(socketPath, 'GET /containers/abc/logs?stdout=1&follow=1')).destroy()
  while (server.activeRequests() > 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(reading, 0)
})
