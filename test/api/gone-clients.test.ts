/** Clients that go away without a word, and readers that stop reading: the helper keeps nothing of theirs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Container } from 'dockerode'
import { demultiplex } from '../support/demultiplex.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { hijack } from '../support/hijacked.ts'
import { assertNoGrowth, countHelper } from '../support/leaks.ts'

const ROUNDS = 100
const MEGABYTE = 1024 // in kilobytes

describe('a client that goes away', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let container: Container
  before(async () => {
    engine = await startEngine()
    container = await engine.dockerode.createContainer({
      Image: 'tiny',
      Cmd: ['sh', '-c', 'while :; do echo x; usleep 1000; done'],
      OpenStdin: true,
    })
    await container.start()
  })
  after(() => engine?.[Symbol.asyncDispose]())

  /** Sends a request as bytes and resolves at the first bytes of its answer. */
  const ask = async (method: string, path: string, body?: object): Promise<Socket> => {
    const socket = connect(engine.helper.socket)
    socket.on('error', () => {})
    const text = body === undefined ? '' : JSON.stringify(body)
    const upgrade = method === 'POST' ? 'connection: Upgrade\r\nupgrade: tcp\r\n' : ''
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\n${upgrade}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    )
    await once(socket, 'data')
    return socket
  }
  const counts = () => countHelper(engine.helper.pid())
  const assertFlat = async (round: () => Promise<void>): Promise<void> => {
    for (let warm = 0; warm < 20; warm++) await round()
    await sleep(300)
    const before = counts()
    await assertNoGrowth(
      () => counts().resident,
      async () => {
        for (let index = 0; index < ROUNDS; index++) await round()
        await eventually('its descriptors are closed', () => counts().descriptors <= before.descriptors + 1)
      },
    )
  }

  const cases: readonly [string, string, string][] = [
    ['attach', 'POST', '/attach?stream=1&stdout=1&stderr=1&stdin=1'],
    ['logs --follow', 'GET', '/logs?stdout=1&follow=1&tail=1'],
    ['stats', 'GET', '/stats?stream=1'],
  ]
  for (const [name, method, path] of cases) {
    test(`from ${name}`, async () => {
      await assertFlat(async () => {
        const socket = await ask(method, `/v1.47/containers/${container.id}${path}`)
        socket.destroy()
      })
    })
  }

  test('from events', async () => {
    await assertFlat(async () => {
      const socket = connect(engine.helper.socket)
      socket.write('GET /v1.47/events HTTP/1.1\r\nhost: x\r\n\r\n')
      await once(socket, 'connect')
      await sleep(2)
      socket.destroy()
    })
  })

  test('from a command that it has started', async () => {
    await assertFlat(async () => {
      const made = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true, AttachStderr: true })
      const socket = await ask('POST', `/v1.47/exec/${made.id}/start`, { Detach: false, Tty: false })
      socket.destroy()
      await eventually('the command has ended, for its input has', async () => !(await made.inspect()).Running)
    })
  })

  test('from a wait and from a stop that take their time', async () => {
    await assertFlat(async () => {
      const socket = connect(engine.helper.socket)
      socket.write(`POST /v1.47/containers/${container.id}/wait HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`)
      await once(socket, 'connect')
      await sleep(1)
      socket.destroy()
    })
  })
})

describe('a reader that stops reading', { skip: whyNoEngine() }, () => {
  test('of 200 MB costs the helper no memory, from attach, logs and exec', async () => {
    await using engine = await startEngine()
    const bytes = String(200 << 20)
    const flood = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['probe', 'write-bytes', bytes] })
    const host = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sleep', '1000'] })
    await host.start()
    const before = countHelper(engine.helper.pid()).resident
    const stopped: Socket[] = []
    const open = (method: string, path: string, body = '') => {
      const socket = connect(engine.helper.socket)
      socket.on('error', () => {})
      const upgrade = method === 'POST' ? 'connection: Upgrade\r\nupgrade: tcp\r\n' : ''
      socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: x\r\n${upgrade}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
      socket.pause()
      stopped.push(socket)
    }
    open('POST', `/v1.47/containers/${flood.id}/attach?stream=1&stdout=1`)
    await sleep(20)
    await flood.start()
    open('GET', `/v1.47/containers/${flood.id}/logs?stdout=1&follow=1`)
    const made = await host.exec({ Cmd: ['probe', 'write-bytes', bytes], AttachStdout: true })
    open('POST', `/v1.47/exec/${made.id}/start`, '{"Detach":false}')
    let highest = 0
    const watch = setInterval(() => (highest = Math.max(highest, countHelper(engine.helper.pid()).resident)), 20)
    assert.equal((await flood.wait()).StatusCode, 0, 'the keeper takes its output whoever reads')
    await sleep(300)
    clearInterval(watch)
    assert.ok(highest - before < 80 * MEGABYTE, `${highest - before} kB more`)
    assert.equal((await made.inspect()).Running, true, 'nobody takes its output')
    for (const socket of stopped) socket.destroy()
    await eventually('what nobody reads any longer ends', async () => !(await made.inspect()).Running)
    const { stdout } = await engine.helper.docker(['logs', '--tail', '1', flood.id], { timeout: 30_000 })
    assert.equal(Number(stdout.slice(0, 15)), (200 << 20) / 64 - 1)
  })

  test('for a while still gets all that an exec has written, which has ended meanwhile', async () => {
    await using engine = await startEngine()
    const container = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sleep', '1000'] })
    await container.start()
    // More than the helper takes of it and its connection holds, and less than that and a full pipe: one of these sizes is so.
    const sizes = Array.from({ length: 16 }, (_, index) => 1_100_000 + 40_000 * index)
    const clients = await Promise.all(
      sizes.map(async (bytes) => {
        const made = await container.exec({ Cmd: ['head', '-c', String(bytes), '/dev/zero'], Tty: false, AttachStdout: true })
        const client = await hijack(engine.helper.socket, `/exec/${made.id}/start`)
        client.socket.pause()
        return client
      }),
    )
    await sleep(1000) // in a fifth of it nothing more would come of one that has ended and whose output nobody holds up
    for (const client of clients) client.socket.resume()
    await Promise.all(clients.map((client) => client.ended))
    assert.deepEqual(
      clients.map((client) => demultiplex(Buffer.from(client.text(), 'latin1')).stdout.length),
      sizes,
    )
  })
})
