import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dial, readToEnd, send } from './testing/client.ts'
import type { Script } from './testing/fake-backend.ts'
import { serve } from './testing/serve.ts'

const post = 'POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const load = 'POST /images/load HTTP/1.1\r\nHost: x\r\n'

const corpus: Readonly<Record<string, string>> = {
  'Content-Length with Transfer-Encoding': `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'two different Content-Lengths': `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
  'a negative Content-Length': `${post}Content-Length: -1\r\n\r\n`,
  'a Content-Length that is no number': `${post}Content-Length: 0x10\r\n\r\n`,
  'an unknown Transfer-Encoding': `${post}Transfer-Encoding: identity, cow\r\n\r\n`,
  'chunked not being the last encoding': `${post}Transfer-Encoding: chunked, gzip\r\n\r\n`,
  'a bad chunk size': `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  'a chunk without its end': `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n`,
  'a chunk size that overflows': `${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}`,
  'bare line feeds': 'GET /_ping HTTP/1.1\nHost: x\n\n',
  'a folded header': 'GET /_ping HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n',
  'a space before the colon': 'GET /_ping HTTP/1.1\r\nHost : x\r\n\r\n',
  'a NUL in a header': 'GET /_ping HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n',
  'no Host': 'GET /_ping HTTP/1.1\r\n\r\n',
  'HTTP/0.9': 'GET /_ping\r\n\r\n',
  'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/9.9': 'GET /_ping HTTP/9.9\r\nHost: x\r\n\r\n',
  'an unknown method': 'BREW /_ping HTTP/1.1\r\nHost: x\r\n\r\n',
  'an SMTP client': 'EHLO example.org\r\nMAIL FROM:<a@b>\r\n',
  'an FTP client': 'USER anonymous\r\nPASS x\r\n',
  'a Redis client': '*1\r\n$4\r\nPING\r\n',
  'a TLS client': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'an absolute target': 'GET http://x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'the target *': 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  CONNECT: 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n',
  'a head of a megabyte': `GET /_ping HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(1 << 20)}\r\n\r\n`,
  'an archive with Content-Length and Transfer-Encoding': `${load}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'an archive with a negative Content-Length': `${load}Content-Length: -1\r\n\r\n`,
  'an archive with a bad chunk size': `${load}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  'an archive with a chunk without its end': `${load}Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n`,
  'an archive that is to be asked for, and an unknown Transfer-Encoding': `${load}Expect: 100-continue\r\nTransfer-Encoding: cow\r\n\r\n`,
  'a target of a megabyte': `GET /${'a'.repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`,
}

/** Reads archives to their end. */
const loading: Script = {
  images: {
    load: async (body) => {
      for await (const _piece of body);
      return (async function* () {})()
    },
  },
}

for (const [name, bytes] of Object.entries(corpus)) {
  test(`${name}: 4xx, closed, and the server goes on`, async (context) => {
    const { socketPath, unexpected } = await serve(context, loading)
    const socket = await dial(socketPath)
    socket.write(bytes, 'latin1')
    const received = await readToEnd(socket)
    socket.destroy()
    assert.match(received, /^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 4\d\d /)
    assert.match(received, /\r\nApi-Version: 1\.47\r\n/)
    assert.equal((await send(socketPath, 'GET /_ping')).status, 200)
    assert.deepEqual(unexpected, [])
  })
}

test('what a web page sends is refused', async (context) => {
  const { socketPath } = await serve(context, {})
  for (const headers of [{ Origin: 'null' }, { Origin: 'http://evil' }, { 'Sec-Fetch-Site': 'same-origin' }]) {
    assert.equal((await send(socketPath, 'GET /_ping', { headers })).status, 403)
  }
})

test('a WebSocket is not opened', async (context) => {
  const { socketPath } = await serve(context, {})
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'x', 'Sec-WebSocket-Version': '13' }
  assert.equal((await send(socketPath, 'GET /containers/a/attach/ws', { headers })).status, 501)
  assert.equal((await send(socketPath, 'POST /nowhere', { headers })).status, 404)
})

test('an upgrade of a path that is none to hijack is answered as without it', async (context) => {
  const { socketPath } = await serve(context, {})
  const socket = await dial(socketPath)
  socket.write('GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
  const received = await readToEnd(socket)
  assert.match(received, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nConnection: close\r\n/)
})

test('any bytes get 4xx or nothing, and the server goes on', async (context) => {
  const { socketPath, unexpected } = await serve(context, loading)
  const token = fc.constantFrom(
    'GET ',
    'POST ',
    '/_ping',
    '/images/load',
    'Expect: 100-continue',
    '/containers/x/attach',
    ' HTTP/1.1',
    '\r\n',
    'Host: x',
    'Upgrade: tcp',
    'Connection: Upgrade',
    'Content-Length: 9',
    'Transfer-Encoding: chunked',
    '\0',
    '0',
    ':',
    ' ',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(token, fc.string()), { maxLength: 25 }), async (pieces) => {
      const socket = await dial(socketPath)
      socket.end(pieces.join(''), 'latin1')
      const received = await readToEnd(socket)
      socket.destroy()
      assert.doesNotMatch(received, /HTTP\/1\.1 5\d\d/)
    }),
    { numRuns: 150 },
  )
  assert.equal((await send(socketPath, 'GET /_ping')).status, 200)
  assert.deepEqual(unexpected, [])
})
