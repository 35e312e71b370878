import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FakeRoutes } from '../testing/fake-engine.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { Client } from './client.ts'
import { connectTo } from './connect.ts'

const ROUTES: FakeRoutes = { 'PUT /x': (request) => ({ length: request.bytes.length }), 'GET /y': () => ({ fine: true }) }

async function* pieces(count: number, size = 100_000): AsyncGenerator<Uint8Array, void, void> {
  for (let index = 0; index < count; index++) yield Buffer.alloc(size, index)
}

async function* failing(): AsyncGenerator<Uint8Array, void, void> {
  yield Buffer.from('part')
  throw new Error('the disk is broken')
}

test('what is sent arrives whole, and the connection is used again', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  let dialled = 0
  const client = new Client(() => {
    dialled++
    return connectTo(engine.socket)
  }, '')
  assert.deepEqual(await client.json('PUT', '/x', { upload: pieces(30) }), { length: 3_000_000 })
  assert.deepEqual(await client.json('PUT', '/x', { upload: pieces(0) }), { length: 0 })
  assert.deepEqual(await client.json('GET', '/y'), { fine: true })
  assert.equal(dialled, 1)
  assert.deepEqual([engine.seen[0]?.headers['content-type'], engine.seen[0]?.bytes[2_999_999]], ['application/x-tar', 29])
  client.close()
})

test('a source that fails is what the caller is told, and the engine never sees an end', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const client = new Client(() => connectTo(engine.socket), '')
  await assert.rejects(client.json('PUT', '/x', { upload: failing() }), { message: 'the disk is broken' })
  assert.deepEqual(await client.json('GET', '/y'), { fine: true })
  assert.deepEqual(
    engine.seen.map(({ method }) => method),
    ['GET'],
  )
  client.close()
})

/** An engine that does not read: it answers at the first byte of a request. */
async function hasty(folder: string, answer: string): Promise<AsyncDisposable & { readonly socket: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => {
      socket.pause()
      socket.end(answer, () => socket.destroy())
    })
  })
  const socket = join(folder, 'socket')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return { socket, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}

test('an answer that comes before all is sent is heard', async () => {
  using folder = temporaryFolder()
  const body = '{"message":"not a tar archive","code":"bad-archive"}'
  await using engine = await hasty(folder.path, `HTTP/1.1 400 Bad Request\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  for (let round = 0; round < 20; round++) {
    const client = new Client(() => connectTo(engine.socket), '')
    await assert.rejects(client.json('PUT', '/x', { upload: pieces(100) }), { code: 'bad-archive' })
    client.close()
  }
})

test('messages come while the rest is still being sent', async () => {
  const more = Promise.withResolvers<void>()
  async function* slow(): AsyncGenerator<Uint8Array, void, void> {
    yield Buffer.from('first')
    await more.promise
    yield Buffer.from('second')
  }
  using folder = temporaryFolder()
  const server = createServer((socket) => {
    let seen = ''
    let answered = false
    socket.on('data', (bytes) => {
      seen += String(bytes)
      if (!answered && seen.includes('first')) {
        answered = true
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n')
      }
      if (seen.endsWith('0\r\n\r\n')) socket.end('3\r\ntwo\r\n0\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(join(folder.path, 'socket'), resolve))
  const client = new Client(() => connectTo(join(folder.path, 'socket')), '')
  const { body } = await client.stream('POST', '/x', { upload: slow() })
  const texts: string[] = []
  for await (const bytes of body) {
    texts.push(String(Buffer.from(bytes)))
    more.resolve()
  }
  assert.deepEqual(texts, ['one', 'two'])
  client.close()
  await new Promise((resolve) => server.close(resolve))
})

test('a list is a member several times', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const client = new Client(() => connectTo(engine.socket), '')
  await client.json('GET', '/y', { query: { names: ['a&b', 'c'], none: [] } })
  assert.deepEqual(
    [...(engine.seen[0]?.query ?? [])],
    [
      ['names', 'a&b'],
      ['names', 'c'],
    ],
  )
  client.close()
})
