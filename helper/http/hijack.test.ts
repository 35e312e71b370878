import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../api/errors.ts'
import { dial, readToEnd, readUntil, send } from './testing/client.ts'
import type { FakeProcess } from './testing/fake-process.ts'
import { fakeProcess } from './testing/fake-process.ts'
import { serve } from './testing/serve.ts'

const ATTACH = 'POST /containers/abc/attach?stream=1&stdin=1&stdout=1&stderr=1'
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: tcp\r\n'
const BODY = JSON.stringify({ Detach: false, Tty: false })
const JSON_BODY = `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`

function head(endpoint: string, headers: string): string {
  return `${endpoint} HTTP/1.1\r\nHost: x\r\n${headers}`
}

function framed(stream: number, text: string): string {
  return `${String.fromCharCode(stream, 0, 0, 0, 0, 0, 0, text.length)}${text}`
}

async function serveProcess(context: TestContext, process: FakeProcess) {
  return serve(context, {
    containers: { attach: async () => process.attachment },
    exec: { start: async () => process.attachment },
  })
}

const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream'
const RAW = 'application/vnd.docker.raw-stream'
const heads: readonly (readonly [request: string, tty: boolean, status: string, type: string])[] = [
  [head(ATTACH, `${UPGRADE}\r\n`), false, '101 UPGRADED', MULTIPLEXED],
  [head(ATTACH, `${UPGRADE}\r\n`), true, '101 UPGRADED', RAW],
  [head(ATTACH.replace('/', '/v1.41/'), `${UPGRADE}\r\n`), false, '101 UPGRADED', RAW],
  [head(ATTACH, `${UPGRADE}${JSON_BODY}`), false, '101 UPGRADED', MULTIPLEXED],
  [head(ATTACH, '\r\n'), false, '200 OK', RAW],
  [head(ATTACH, JSON_BODY), false, '200 OK', RAW],
  [head('POST /v1.47/exec/e1/start', `${UPGRADE}${JSON_BODY}`), false, '101 UPGRADED', MULTIPLEXED],
  [head('POST /exec/e1/start', JSON_BODY), false, '200 OK', RAW],
  [head('POST /exec/e1/start', `${UPGRADE}Content-Length: 0\r\n\r\n`), true, '101 UPGRADED', RAW],
]

for (const [request, tty, status, type] of heads) {
  test(`${JSON.stringify(request)}, ${tty ? 'terminal' : 'pipes'}: bytes go both ways until the output ends`, async (context) => {
    const process = fakeProcess({ tty })
    const { socketPath, server, unexpected } = await serveProcess(context, process)
    const socket = await dial(socketPath)
    socket.write(request)
    const answer = await readUntil(socket, /\r\n\r\n/)
    assert.ok(answer.startsWith(`HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n`), answer)
    assert.match(answer, /\r\nServer: Pocker\/1\.2\.3 \(linux\)\r\n/)
    socket.end('typed')
    await process.inputEnded
    assert.equal(process.input(), 'typed')
    process.print(tty ? 0 : 1, 'out')
    process.print(tty ? 0 : 2, 'err')
    process.exit()
    assert.equal(await readToEnd(socket), tty ? 'outerr' : `${framed(1, 'out')}${framed(2, 'err')}`)
    await process.closed
    socket.destroy()
    await once(socket, 'close')
    assert.equal(server.activeRequests(), 0)
    assert.deepEqual(unexpected, [])
  })
}

test('what comes in one piece with the head, and however it is cut, goes to the process', async (context) => {
  const served: FakeProcess[] = []
  const { socketPath } = await serve(context, {
    exec: {
      start: async () => {
        const process = fakeProcess()
        served.push(process)
        return process.attachment
      },
    },
  })
  const bytes = head('POST /exec/e1/start', `${UPGRADE}${JSON_BODY}`)
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }), async (input, sizes) => {
      const socket = await dial(socketPath)
      socket.setNoDelay(true)
      let rest = Buffer.from(bytes + input)
      for (const size of sizes) {
        socket.write(rest.subarray(0, size))
        rest = rest.subarray(size)
        await new Promise((resolve) => setImmediate(resolve))
      }
      socket.end(rest)
      await readUntil(socket, /\r\n\r\n/)
      const process = served.at(-1)
      assert.ok(process !== undefined)
      await process.inputEnded
      assert.equal(process.input(), Buffer.from(input).toString('latin1'))
      process.exit()
      await process.closed
      socket.destroy()
    }),
    { numRuns: 60 },
  )
})

test('a request body that is not JSON is input, and its end is the end of the input', async (context) => {
  const process = fakeProcess()
  const { socketPath } = await serveProcess(context, process)
  void process.inputEnded.then(() => {
    process.print(1, process.input().toUpperCase())
    process.exit()
  })
  const reply = await send(socketPath, ATTACH, { raw: 'typed', headers: { 'Transfer-Encoding': 'chunked' } })
  assert.equal(reply.status, 200)
  assert.equal(reply.text, framed(1, 'TYPED'))
})

test('a chunked body with an upgrade is answered without the upgrade', async (context) => {
  const process = fakeProcess()
  const { socketPath } = await serveProcess(context, process)
  const socket = await dial(socketPath)
  socket.write(head(ATTACH, `${UPGRADE}Transfer-Encoding: chunked\r\n\r\n5\r\ntyped\r\n0\r\n\r\n`))
  await readUntil(socket, /^HTTP\/1\.1 [24]\d\d [\s\S]*\r\n\r\n/)
  process.exit()
  socket.destroy()
})

test('a client that vanishes is noticed although the process is silent', async (context) => {
  const process = fakeProcess()
  const { socketPath, server } = await serveProcess(context, process)
  for (const request of [head(ATTACH, `${UPGRADE}\r\n`)]) {
    const socket = await dial(socketPath)
    socket.write(request)
    await readUntil(socket, /\r\n\r\n/)
    socket.destroy()
    await process.closed
  }
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(server.activeRequests(), 0)
})

test('a client that has ended its side still gets the output', async (context) => {
  const process = fakeProcess()
  const { socketPath } = await serveProcess(context, process)
  const socket = await dial(socketPath)
  socket.end(head(ATTACH, `${UPGRADE}\r\n`))
  await process.inputEnded
  process.print(1, 'late')
  process.exit()
  assert.ok((await readToEnd(socket)).endsWith(framed(1, 'late')))
})

test('a client that does not read stops the reading of the process, and memory stays bounded', async (context) => {
  const process = fakeProcess()
  const { socketPath } = await serveProcess(context, process)
  const socket = await dial(socketPath)
  socket.write(head(ATTACH, `${UPGRADE}\r\n`))
  await readUntil(socket, /\r\n\r\n/)
  socket.pause()
  for (let count = 0; count < 200; count += 1) process.print(1, 'x'.repeat(60_000))
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.ok(process.taken() < 100, `${process.taken()} of 200 pieces were taken`)
  socket.destroy()
  await process.closed
})

test('a process that does not read stops the reading of the client', async (context) => {
  let release = () => {}
  const stuck = new Promise<void>((resolve) => {
    release = resolve
  })
  const process = fakeProcess({ write: () => stuck })
  const { socketPath } = await serveProcess(context, process)
  const socket = await dial(socketPath)
  socket.write(head(ATTACH, `${UPGRADE}\r\n`))
  await readUntil(socket, /\r\n\r\n/)
  while (socket.write(Buffer.alloc(64 * 1024))) await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.ok(socket.writableLength > 0)
  release()
  await once(socket, 'drain')
  process.exit()
  socket.destroy()
})

test('a process that takes no input any more still gives its output', async (context) => {
  const process = fakeProcess({
    write: async () => {
      throw new PockerError('Conflict', 'write input: the process has closed it', { code: 'input-closed' })
    },
  })
  const { socketPath } = await serveProcess(context, process)
  const socket = await dial(socketPath)
  socket.write(head(ATTACH, `${UPGRADE}\r\n`))
  await readUntil(socket, /\r\n\r\n/)
  socket.write('ignored')
  await new Promise((resolve) => setImmediate(resolve))
  process.print(1, 'out')
  process.exit()
  assert.equal(await readToEnd(socket), framed(1, 'out'))
})

test('the detach keys take the client off a terminal, and are not passed on', async (context) => {
  const process = fakeProcess({ tty: true })
  const { socketPath } = await serveProcess(context, process)
  const socket = await dial(socketPath)
  socket.write(head(`${ATTACH}&detachKeys=ctrl-a,d`, `${UPGRADE}\r\n`))
  await readUntil(socket, /\r\n\r\n/)
  socket.write('ls\x01d')
  assert.equal(await readToEnd(socket), '')
  await process.closed
  assert.equal(process.input(), 'ls')
})

test('an error before the connection is taken is an ordinary answer, upgraded or not', async (context) => {
  const { socketPath } = await serve(context, {
    containers: {
      attach: async () => {
        throw new PockerError('NotFound', 'No such container: abc', { code: 'no-such-container' })
      },
    },
  })
  for (const headers of [`${UPGRADE}\r\n`, 'Connection: close\r\n\r\n']) {
    const socket = await dial(socketPath)
    socket.write(head(ATTACH, headers))
    const answer = await readToEnd(socket)
    assert.match(answer, /^HTTP\/1\.1 404 Not Found\r\n/)
    assert.match(answer, /"code":"no-such-container"/)
  }
})

test('a JSON body that is cut short in an upgrade starts nothing', async (context) => {
  const { socketPath, unexpected, server } = await serve(context, {})
  const socket = await dial(socketPath)
  socket.end(head('POST /exec/e1/start', `${UPGRADE}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{`))
  await readToEnd(socket)
  assert.deepEqual(unexpected, [])
  assert.equal(server.activeRequests(), 0)
})
