import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { PockerError } from '../api/errors.ts'
import { BODY_LIMIT } from './body.ts'
import { dial, readToEnd, readUntil, send } from './testing/client.ts'
import type { Script } from './testing/fake-backend.ts'
import { serve } from './testing/serve.ts'

const LOAD = 'POST /images/load HTTP/1.1\r\nHost: x\r\n'
const refusal = new PockerError('InvalidParameter', 'load images: this is no archive', { code: 'bad-archive' })

/** Loads by counting the bytes. */
const counting: Script = {
  images: {
    load: async (body) =>
      (async function* () {
        let size = 0
        for await (const piece of body) size += piece.length
        yield { stream: String(size) }
      })(),
  },
}

/** Refuses after so many bytes: `Infinity` for all, 0 for none. */
function refusing(after: number): Script {
  return {
    images: {
      load: async (body) => {
        let size = 0
        if (after > 0) {
          for await (const piece of body) {
            size += piece.length
            if (size >= after) break
          }
        }
        throw refusal
      },
    },
    archives: {
      write: async (_id, _path, { archive }) => {
        if (after > 0) for await (const _piece of archive) break
        throw refusal
      },
    },
  }
}

const LENGTH = 40 << 20
const zeros = () => Readable.from(pieces(LENGTH))

function* pieces(length: number) {
  const piece = Buffer.alloc(1 << 20)
  for (let left = length; left > 0; left -= piece.length) yield piece
}

for (const [name, headers] of [
  ['with its length', { 'Content-Length': String(LENGTH) }],
  ['chunked', { 'Transfer-Encoding': 'chunked' }],
] as const) {
  test(`an archive of 40 MiB arrives ${name}`, async (context) => {
    const { socketPath } = await serve(context, counting)
    const reply = await upload(socketPath, 'POST /images/load', headers)
    assert.deepEqual(reply, { status: 200, text: `{"stream":"${LENGTH}"}\n` })
  })

  for (const after of [0, 1, LENGTH]) {
    for (const endpoint of ['POST /images/load', 'PUT /containers/a/archive?path=/']) {
      test(`${endpoint}: an error after ${after} bytes of 40 MiB, sent ${name}, gets to a client that sends on`, async (context) => {
        const { socketPath, unexpected } = await serve(context, refusing(after))
        const { status, text } = await upload(socketPath, endpoint, headers)
        assert.deepEqual([status, JSON.parse(text).code], [400, 'bad-archive'])
        assert.deepEqual(unexpected, [])
      })
    }
  }
}

async function upload(socketPath: string, endpoint: string, headers: Record<string, string>) {
  const [method = '', path = ''] = endpoint.split(' ')
  const request = httpRequest({ socketPath, method, path, headers, agent: false })
  zeros().pipe(request)
  const [response] = await once(request, 'response')
  return { status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() }
}

test('a client that reads nothing before it has sent everything gets the error', async (context) => {
  const { socketPath } = await serve(context, refusing(0))
  const socket = await dial(socketPath)
  socket.write(`${LOAD}Content-Length: ${LENGTH}\r\n\r\n`)
  for (const piece of pieces(LENGTH)) if (!socket.write(piece)) await once(socket, 'drain')
  assert.match(await readToEnd(socket), /^HTTP\/1\.1 400 [\s\S]*bad-archive/)
  socket.destroy()
})

test('an error in the middle of messages is told to a client that sends on', async (context) => {
  const { socketPath } = await serve(context, {
    images: {
      load: async (body) =>
        (async function* () {
          for await (const _piece of body) break
          yield { stream: 'one' }
          throw refusal
        })(),
    },
  })
  const { status, text } = await upload(socketPath, 'POST /images/load', { 'Content-Length': String(LENGTH) })
  assert.equal(status, 200)
  assert.match(text, /"error":"load images: this is no archive","code":"[a-z-]+"\}\n$/)
})

test('what follows the end of an archive is passed over, and the connection goes on', async (context) => {
  const { socketPath } = await serve(context, {
    archives: {
      write: async (_id, _path, { archive }) => {
        for await (const _piece of archive) break
      },
    },
  })
  const socket = await dial(socketPath)
  socket.write(`PUT /containers/a/archive?path=/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 << 20}\r\n\r\n`)
  socket.write(Buffer.alloc(2 << 20))
  assert.match(await readUntil(socket, /\r\n\r\n/), /^HTTP\/1\.1 200 /)
  socket.write('GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  assert.match(await readToEnd(socket), /^HTTP\/1\.1 200 [\s\S]*OK$/)
  socket.destroy()
})

test('a body that nobody reads stays with the client', async (context) => {
  const reading = Promise.withResolvers<Readable>()
  const { socketPath } = await serve(context, {
    images: {
      load: async (body) => {
        reading.resolve(body)
        await new Promise((resolve) => body.once('close', resolve))
        throw refusal
      },
    },
  })
  const socket = await dial(socketPath)
  socket.write(`${LOAD}Content-Length: ${LENGTH}\r\n\r\n`)
  const body = await reading.promise
  body.read(0)
  const piece = Buffer.alloc(64 << 10)
  // The first write that has to wait fills what lies between the two; after some turns none of it has gone.
  while (socket.write(piece));
  for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(body.readableLength <= 256 << 10, `${body.readableLength} bytes are waiting in the helper`)
  socket.destroy()
  body.resume()
  await once(body, 'close').catch(() => {})
})

test('a client that goes ends the body with an error', async (context) => {
  for (const encoding of [`Content-Length: ${LENGTH}\r\n\r\nabc`, 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n']) {
    const failed = Promise.withResolvers<unknown>()
    const { socketPath, server, unexpected } = await serve(context, {
      images: {
        load: async (body) => {
          try {
            for await (const _piece of body);
            failed.resolve('ended')
          } catch (error) {
            failed.resolve(error)
            throw error
          }
          throw refusal
        },
      },
    })
    const socket = await dial(socketPath)
    socket.write(`${LOAD}${encoding}`)
    await untilActive(server)
    socket.destroy()
    const error = await failed.promise
    assert.ok(error instanceof PockerError)
    assert.deepEqual([error.kind, error.code], ['Cancelled', 'request-cut-short'])
    assert.deepEqual(unexpected, [])
  }
})

test('a client that went before anyone read is no uncaught error', async (context) => {
  const began = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  const { socketPath, unexpected } = await serve(context, {
    images: {
      load: async (body, { signal }) => {
        began.resolve()
        signal.addEventListener('abort', () => gone.resolve())
        await gone.promise
        await assert.rejects(body.toArray(), { code: 'request-cut-short' })
        throw refusal
      },
    },
  })
  const socket = await dial(socketPath)
  socket.write(`${LOAD}Content-Length: 9\r\n\r\n`)
  await began.promise
  socket.destroy()
  await gone.promise
  assert.equal((await send(socketPath, 'GET /_ping')).status, 200)
  assert.deepEqual(unexpected, [])
})

async function untilActive(server: { activeRequests(): number }): Promise<void> {
  while (server.activeRequests() === 0) await new Promise((resolve) => setImmediate(resolve))
}

const EXPECT = 'Expect: 100-continue\r\nContent-Length: 3\r\n'

test('a client that asks first is told to go on when its archive is read', async (context) => {
  const { socketPath } = await serve(context, counting)
  const socket = await dial(socketPath)
  socket.write(`${LOAD}Connection: close\r\n${EXPECT}\r\n`)
  assert.equal(await readUntil(socket, /\r\n\r\n/), 'HTTP/1.1 100 Continue\r\n\r\n')
  socket.write('abc')
  assert.match(await readToEnd(socket), /^HTTP\/1\.1 200 [\s\S]*\{"stream":"3"\}/)
  socket.destroy()
})

test('a client that asks first is told to go on for a JSON body', async (context) => {
  const { socketPath } = await serve(context, { containers: { create: async () => ({ Id: 'a', Warnings: [] }) } })
  const socket = await dial(socketPath)
  socket.write(
    'POST /containers/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n' +
      'Expect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  )
  assert.equal(await readUntil(socket, /\r\n\r\n/), 'HTTP/1.1 100 Continue\r\n\r\n')
  socket.write('{}')
  assert.match(await readToEnd(socket), /^HTTP\/1\.1 201 /)
  socket.destroy()
})

for (const [name, head, status] of [
  ['for what is refused by the backend', `${LOAD}${EXPECT}`, 400],
  ['for a bad query', `PUT /containers/a/archive HTTP/1.1\r\nHost: x\r\n${EXPECT}`, 400],
  ['for a path that is nowhere', `PUT /nowhere HTTP/1.1\r\nHost: x\r\n${EXPECT}`, 404],
  [
    'for a body that is too large',
    `POST /containers/create HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${BODY_LIMIT + 1}\r\n`,
    413,
  ],
  ['without need', `POST /containers/a/start HTTP/1.1\r\nHost: x\r\n${EXPECT}`, 204],
] as const) {
  test(`a client that asks first ${name} gets ${status} at once, without being told to go on`, async (context) => {
    const { socketPath } = await serve(context, { ...refusing(0), containers: { start: async () => {} } })
    const socket = await dial(socketPath)
    socket.write(`${head}\r\n`)
    assert.match(await readUntil(socket, /\r\n\r\n/), new RegExp(`^HTTP/1\\.1 ${status} `))
    socket.destroy()
  })
}

test('an expectation of another kind is refused', async (context) => {
  const { socketPath } = await serve(context, counting)
  const socket = await dial(socketPath)
  socket.write(`${LOAD}Expect: cow\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  assert.match(await readToEnd(socket), /^HTTP\/1\.1 417 /)
  socket.destroy()
})

test('many uploads that are refused leave no request behind', async (context: TestContext) => {
  const { socketPath, server } = await serve(context, refusing(1))
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const { status } = await upload(socketPath, 'POST /images/load', { 'Transfer-Encoding': 'chunked' })
      assert.equal(status, 400)
    }),
  )
  assert.equal(server.activeRequests(), 0)
})
