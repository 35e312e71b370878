import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { z } from 'zod'
import { createEngineClient } from './http-client.ts'
import { socketConnect } from './socket-connect.ts'

async function engine(t: TestContext, listener: RequestListener, options: { reuse?: boolean; version?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-client-'))
  const server = createServer(listener)
  server.listen(join(folder, 'socket'))
  await once(server, 'listening')
  const client = createEngineClient({
    connect: socketConnect(join(folder, 'socket')),
    reuse: options.reuse ?? false,
    apiVersion: () => options.version,
  })
  t.after(() => {
    client.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return { client, server }
}

const nothing = z.unknown()

test('paths carry the version agreed on, but for Pocker’s own, and the query what is set', async (t) => {
  const urls: string[] = []
  const { client } = await engine(t, (request, response) => response.end(JSON.stringify(urls.push(request.url ?? ''))), { version: '1.44' })
  assert.equal(await client.ask('GET', '/containers/json', z.number(), { query: { all: true, limit: undefined } }), 1)
  await client.tell('POST', '/pocker/x')
  assert.deepEqual(urls, ['/v1.44/containers/json?all=true', '/pocker/x'])
})

test('an error has Pocker’s code and hint, or one of the status, and never hides the words', async (t) => {
  const answers = [
    [409, '{"message":"m","code":"name-in-use","hint":"h"}'],
    [404, '{"message":"No such container"}'],
    [500, 'plain words'],
    [418, ''],
  ] as const
  let next = 0
  const { client } = await engine(t, (_request, response) => {
    const [status, body] = answers[next++] ?? [200, '']
    response.writeHead(status).end(body)
  })
  await assert.rejects(client.tell('GET', '/a'), { code: 'name-in-use', status: 409, hint: 'h', message: 'm' })
  await assert.rejects(client.tell('GET', '/a'), { code: 'not-found', status: 404 })
  await assert.rejects(client.tell('GET', '/a'), { code: 'engine-failed', message: 'plain words' })
  await assert.rejects(client.tell('GET', '/a'), { code: 'engine-failed', status: 418 })
})

test('what is not the JSON that was expected is no answer', async (t) => {
  const bodies = ['{', '{"a":1}', '[]']
  const { client } = await engine(t, (_request, response) => response.end(bodies.shift()))
  for (const _ of [1, 2, 3]) await assert.rejects(client.ask('GET', '/', z.object({ a: z.string() })), { code: 'bad-answer' })
})

test('an engine that is not there, refuses, or never answers ends in an error of its own', async (t) => {
  const { client } = await engine(t, () => {})
  await assert.rejects(client.tell('GET', '/', { timeout: 20 }), { code: 'timed-out' })
  await assert.rejects(client.tell('GET', '/', { signal: AbortSignal.abort() }), { code: 'cancelled' })
  const nobody = createEngineClient({ connect: socketConnect('/nowhere/socket'), reuse: false, apiVersion: () => undefined })
  await assert.rejects(nobody.tell('GET', '/'), { code: 'engine-not-there' })
})

test('lines come one by one however they are cut, and leaving them ends the request', async (t) => {
  const gone = Promise.withResolvers<void>()
  const { client } = await engine(t, (_request, response) => {
    response.on('close', () => gone.resolve())
    response.write('{"n":1}\r\n{"n"')
    response.write(':2}\n\n')
    response.write(Buffer.from('{"t":"é"}\n').subarray(0, 7))
    setImmediate(() => response.write(Buffer.concat([Buffer.from('{"t":"é"}\n').subarray(7), Buffer.from('{"n":3}\n')])))
  })
  const seen: unknown[] = []
  for await (const value of client.lines('GET', '/events', nothing)) {
    seen.push(value)
    if (seen.length === 4) break
  }
  assert.deepEqual(seen, [{ n: 1 }, { n: 2 }, { t: 'é' }, { n: 3 }])
  await gone.promise
})

test('a stream that is cut off in the middle is an error', async (t) => {
  const { client } = await engine(t, (_request, response) => {
    response.write('{"n":1}\n')
    setImmediate(() => response.destroy())
  })
  const readAll = async () => {
    for await (const value of client.lines('GET', '/events', nothing)) assert.deepEqual(value, { n: 1 })
  }
  await assert.rejects(readAll(), { code: 'connection-lost' })
})

function upgrading(server: Server, status: string) {
  server.on('upgrade', (_request, socket) => {
    socket.write(`HTTP/1.1 ${status}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst`)
    socket.pipe(socket)
  })
}

test('an upgraded connection is the process’s own from its first byte on', async (t) => {
  const { client, server } = await engine(t, () => {})
  upgrading(server, '101 UPGRADED')
  const stream = await client.hijack('/containers/a/attach', { body: { Tty: true } })
  stream.write(' and echo')
  let text = ''
  for await (const piece of stream) {
    text += String(piece)
    if (text.endsWith('echo')) break
  }
  assert.equal(text.replace('{"Tty":true}', ''), 'first and echo')
})

test('an upgrade that is refused has the engine’s words', async (t) => {
  const { client } = await engine(t, (_request, response) =>
    response.writeHead(409).end('{"message":"is not running","code":"not-running"}'),
  )
  await assert.rejects(client.hijack('/containers/a/attach'), { code: 'not-running', status: 409 })
})

test('a kept connection that has been closed meanwhile is made anew', async (t) => {
  let count = 0
  const { client, server } = await engine(t, (_request, response) => response.end(String(++count)), { reuse: true })
  await client.ask('GET', '/', z.number())
  server.closeAllConnections()
  assert.equal(await client.ask('GET', '/', z.number()), 2)
})

test('where connections are kept, what takes one has another made meanwhile', async (t) => {
  const pinged = Promise.withResolvers<void>()
  const { client, server } = await engine(
    t,
    (request, response) => {
      if (request.url === '/_ping') response.once('close', () => pinged.resolve())
      response.end('1')
    },
    { reuse: true },
  )
  upgrading(server, '101 UPGRADED')
  let connections = 0
  server.on('connection', () => void connections++)
  const stream = await client.hijack('/containers/a/attach')
  await pinged.promise
  await sleep(20)
  // However late this was: the client has read the answer by then.
  for (let count = 0; count < 20; count++) await turn()
  await client.ask('GET', '/', z.number())
  stream.destroy()
  assert.equal(connections, 2)
})

test('an input that breaks off ends the request with its own error, however early', async (t) => {
  const ends: string[] = []
  const { client } = await engine(t, (request, response) => {
    request.resume()
    request.on('end', () => response.end(String(ends.push('whole'))))
  })
  const breaking = (wait: number) =>
    Readable.from(
      (async function* () {
        yield Buffer.from('half')
        await sleep(wait)
        throw Object.assign(new Error('it broke'), { code: 'ENOENT' })
      })(),
    )
  for (const wait of [0, 50])
    await assert.rejects(client.stream('PUT', '/', { input: breaking(wait), timeout: 0 }), { message: 'it broke' })
  const closed = Readable.from([Buffer.from('a')])
  closed.destroy()
  await assert.rejects(client.stream('PUT', '/', { input: closed, timeout: 0 }), { code: 'cancelled' })
  await client.stream('PUT', '/', { input: Readable.from([Buffer.from('all')]), timeout: 0 })
  assert.deepEqual(ends, ['whole'])
})
