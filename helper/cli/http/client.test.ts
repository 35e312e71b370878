import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FakeEngine, FakeRoutes } from '../testing/fake-engine.ts'
import { fakeEngine, json } from '../testing/fake-engine.ts'
import { Client } from './client.ts'
import { connectTo } from './connect.ts'

/** A client of an engine with these routes, and how many connections it has made. */
async function clientOf(routes: FakeRoutes): Promise<AsyncDisposable & { client: Client; engine: FakeEngine; connections: () => number }> {
  const engine = await fakeEngine({ routes })
  let connections = 0
  const connect = () => {
    connections++
    return connectTo(engine.socket)
  }
  const client = new Client(connect, '/v1.47')
  return {
    client,
    engine,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await engine[Symbol.asyncDispose]()
    },
  }
}

test('one connection serves requests one after the other', async () => {
  await using box = await clientOf({
    'GET /a': () => ({ a: 1 }),
    'POST /b': (request) => request.body,
    'GET /c': (_, response) => json(response, 404, { message: 'no c' }),
  })
  assert.deepEqual(await box.client.json('GET', '/a'), { a: 1 })
  assert.deepEqual(await box.client.json('POST', '/b', { body: { text: 'é' } }), { text: 'é' })
  await assert.rejects(box.client.json('GET', '/c'), { kind: 'NotFound', code: 'http-404', message: 'no c' })
  assert.deepEqual(await box.client.json('GET', '/a'), { a: 1 })
  assert.equal(box.connections(), 1)
})

test('a query has only what was given, and is escaped', async () => {
  await using box = await clientOf({ 'GET /a': () => ({}) })
  await box.client.json('GET', '/a', { query: { none: undefined, off: false, on: true, n: 0, text: 'a&b=c d' } })
  assert.deepEqual(
    [...(box.engine.seen[0]?.query ?? [])],
    [
      ['on', '1'],
      ['n', '0'],
      ['text', 'a&b=c d'],
    ],
  )
})

test('an error has the code and the hint of the body', async () => {
  await using box = await clientOf({ 'GET /a': (_, response) => json(response, 409, { message: 'm', code: 'name-in-use', hint: 'h' }) })
  await assert.rejects(box.client.json('GET', '/a'), { kind: 'Conflict', code: 'name-in-use', hint: 'h' })
})

test('an error without JSON is told as it is', async () => {
  await using box = await clientOf({ 'GET /a': (_, response) => void response.writeHead(502).end('bad gateway\n') })
  await assert.rejects(box.client.json('GET', '/a'), { kind: 'Internal', message: 'bad gateway' })
})

test('a large body comes whole', async () => {
  const text = 'x'.repeat(5_000_000)
  await using box = await clientOf({ 'GET /a': () => ({ text }) })
  assert.deepEqual(await box.client.json('GET', '/a'), { text })
})

test('a stream that is left early does not disturb what follows', async () => {
  await using box = await clientOf({
    'GET /endless': (_, response) => {
      response.write('first')
      setImmediate(() => response.write('second'))
    },
    'GET /a': () => ({ a: 1 }),
  })
  const stream = await box.client.stream('GET', '/endless')
  for await (const piece of stream.body) {
    assert.equal(Buffer.from(piece).toString(), 'first')
    break
  }
  assert.deepEqual(await box.client.json('GET', '/a'), { a: 1 })
})

test('connections opened ahead are used', async () => {
  await using box = await clientOf({ 'GET /a': () => ({ a: 1 }) })
  box.client.warm(2)
  await box.client.json('GET', '/a')
  await Promise.all([box.client.json('GET', '/a'), box.client.json('GET', '/a')])
  assert.equal(box.connections(), 3)
})
