/** Terminals that outlive their clients: what is kept of them, who has them, and how they end. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { ExecInspect } from '../../helper/api/exec.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { type Hijacked, hijack } from '../support/hijacked.ts'
import { assertNoGrowth, countHelper } from '../support/leaks.ts'

describe('an exec that is made for coming back to', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let container: string
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    container = await makeContainer()
  })

  const makeContainer = async () => {
    const made = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sleep', '1000'] })
    await made.start()
    return made.id
  }
  const make = async (Cmd: string[], more: object = {}): Promise<string> => {
    const request = { Cmd, Tty: true, AttachStdin: true, AttachStdout: true, Reattach: true, ...more }
    const { status, body } = await engine.helper.request('POST', `/containers/${container}/exec`, request)
    assert.equal(status, 201, JSON.stringify(body))
    return String(Object(body).Id)
  }
  const start = (id: string) => hijack(engine.helper.socket, `/exec/${id}/start`, { Tty: true })
  const attach = (id: string) => hijack(engine.helper.socket, `/pocker/exec/${id}/attach`)
  const post = (path: string, body?: object) => engine.helper.request('POST', path, body)
  const inspect = async (id: string): Promise<ExecInspect> => Object((await engine.helper.request('GET', `/exec/${id}/json`)).body)
  const hasEnded = (id: string) => eventually('it has ended', async () => !(await inspect(id)).Running)
  const leave = (client: Hijacked) => client.socket.destroy()

  test('it goes on without its client, which comes back to what it has missed', async () => {
    const id = await make(['sh', '-c', 'stty -echo; echo ready; while read line; do echo "got $line"; done'])
    const first = await start(id)
    await first.until(/ready/) // or the terminal might still echo
    first.socket.write('one\n')
    await first.until(/got one/)
    leave(first)
    assert.equal((await inspect(id)).Running, true)
    const second = await attach(id)
    assert.equal(second.status, 101)
    await second.until(/^ready\r\ngot one\r\n$/)
    second.socket.write('two\n')
    await second.until(/^ready\r\ngot one\r\ngot two\r\n$/)
    leave(second)
  })

  test('the keys that detach others are the terminal’s own', async () => {
    const id = await make(['sh', '-c', 'stty raw -echo; echo ready; od -A n -t x1 -N 4'])
    const client = await start(id)
    await client.until(/ready/)
    client.socket.write('\x10\x11ab')
    await client.until(/10 11 61 62/)
    await client.ended
  })

  test('who comes later takes the terminal over, also from a client that reads no more', async () => {
    const id = await make(['sh', '-c', 'stty -echo; while read count; do probe write-bytes $count; echo; echo done; done'])
    const stale = await start(id)
    stale.socket.pause()
    stale.socket.write(`${8 << 20}\n`)
    const next = await attach(id)
    await next.until(/done\r\n$/)
    stale.socket.write('64\n') // nobody's any longer
    next.socket.write('128\n')
    await eventually('its own', () => (next.text().match(/done/g) ?? []).length === 2)
    stale.socket.resume()
    await stale.ended
    assert.equal((next.text().match(/done/g) ?? []).length, 2)
    leave(next)
  })

  test('output that nobody reads keeps neither the process waiting nor much memory', async () => {
    const id = await make(['probe', 'write-bytes', String(200 << 20)])
    const before = countHelper(engine.helper.pid()).resident
    assert.equal((await post(`/exec/${id}/start`, { Detach: true })).status, 200)
    let highest = 0
    await eventually(
      'it has written all',
      async () => {
        highest = Math.max(highest, countHelper(engine.helper.pid()).resident)
        return !(await inspect(id)).Running
      },
      120,
    )
    assert.ok(highest - before < 40 << 10, `${highest - before} kB more`)
    const late = await attach(id)
    await late.ended
    assert.ok(late.text().length <= 256 << 10)
    assert.equal(Number(late.text().trim().split('\r\n').at(-1)?.slice(0, 15)), (200 << 20) / 64 - 1)
  })

  test('after its end there are its last output, its end and its code', async () => {
    const id = await make(['sh', '-c', 'read x; echo last words; exit 7'])
    const client = await start(id)
    client.socket.write('\n')
    await client.ended
    for (let again = 0; again < 2; again++) {
      const late = await attach(id)
      await late.ended
      assert.match(late.text(), /last words\r\n$/)
    }
    assert.partialDeepStrictEqual(await inspect(id), { Running: false, ExitCode: 7 })
  })

  test('its size is set while nobody is attached', async () => {
    const id = await make(['sh', '-c', 'trap "stty size" WINCH; echo ready; while :; do sleep 0.02; done'], { ConsoleSize: [20, 40] })
    const first = await start(id)
    await first.until(/ready/)
    leave(first)
    assert.equal((await post(`/exec/${id}/resize?h=33&w=77`)).status, 200)
    const second = await attach(id)
    await second.until(/33 77/)
    leave(second)
  })

  test('hung up, it gets SIGHUP and its clients the end', async () => {
    const id = await make(['sh', '-c', 'trap "exit 3" HUP; echo ready; while :; do sleep 0.02; done'])
    const client = await start(id)
    await client.until(/ready/)
    assert.equal((await post(`/pocker/exec/${id}/hangup`)).status, 204)
    await client.ended
    assert.equal((await inspect(id)).ExitCode, 3)
    assert.partialDeepStrictEqual(await post(`/pocker/exec/${id}/hangup`), { status: 409, body: { code: 'not-running' } })
  })

  test('what does not end of SIGHUP is killed, and its size can no longer be set', async () => {
    const id = await make(['sh', '-c', 'trap "" HUP; echo ready; while :; do sleep 0.02; done'])
    const client = await start(id)
    await client.until(/ready/)
    assert.equal((await post(`/pocker/exec/${id}/hangup`)).status, 204)
    assert.equal((await inspect(id)).Running, true)
    // The terminal's descriptor is closed, and its number may be another container's terminal by now.
    const other = await make(['sh', '-c', 'stty size; trap "stty size" WINCH; echo ready; while :; do sleep 0.02; done'])
    const bystander = await start(other)
    await bystander.until(/ready/)
    assert.equal((await post(`/exec/${id}/resize?h=11&w=22`)).status, 200)
    await eventually('it has been killed', async () => !(await inspect(id)).Running, 20)
    assert.equal((await inspect(id)).ExitCode, 137)
    assert.doesNotMatch(bystander.text(), /11 22/)
    leave(bystander)
  })

  test('it ends with its container, at its stop and at its removal', async () => {
    for (const path of [`/containers/${container}/stop?t=0`, '']) {
      const id = await make(['sleep', '1000'])
      const client = await start(id)
      if (path !== '') await post(path)
      else await engine.helper.request('DELETE', `/containers/${container}?force=1`)
      await client.ended
      if (path !== '') {
        await hasEnded(id)
        assert.equal((await inspect(id)).ExitCode, 137)
        await post(`/containers/${container}/start`)
      }
    }
  })

  test('what cannot be is refused', async () => {
    const path = `/containers/${container}/exec`
    const piped = await post(path, { Cmd: ['sh'], Reattach: true })
    assert.partialDeepStrictEqual(piped, { status: 400, body: { code: 'reattach-without-terminal' } })
    const early = await post(`/pocker/exec/${await make(['sh'])}/attach`)
    assert.partialDeepStrictEqual(early, { status: 409, body: { code: 'not-running' } })
    const plain = await make(['sleep', '1000'], { Reattach: false })
    const client = await start(plain)
    assert.partialDeepStrictEqual(await post(`/pocker/exec/${plain}/attach`), { status: 409, body: { code: 'not-reattachable' } })
    leave(client)
    const noTerminal = await make(['sleep', '1000'], { Reattach: false, Tty: false })
    await post(`/exec/${noTerminal}/start`, { Detach: true })
    assert.partialDeepStrictEqual(await post(`/pocker/exec/${noTerminal}/hangup`), { status: 409, body: { code: 'no-terminal' } })
    assert.equal((await post('/pocker/exec/feed/attach')).status, 404)
    assert.equal((await post('/pocker/exec/feed/hangup')).status, 404)
  })

  test('clients that come and go leave nothing', async () => {
    const id = await make(['sh', '-c', 'while :; do echo x; usleep 1000; done'])
    leave(await start(id))
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) {
        const client = await attach(id)
        await client.until(/x/)
        leave(client)
      }
    }
    await rounds(20)
    const counts = () => countHelper(engine.helper.pid())
    const before = counts()
    await assertNoGrowth(
      () => counts().resident,
      async () => {
        await rounds(200)
        await eventually('its descriptors are closed', () => counts().descriptors <= before.descriptors + 1)
      },
    )
    await post(`/pocker/exec/${id}/hangup`)
    await hasEnded(id)
    await eventually('its terminal is closed', () => counts().descriptors < before.descriptors)
  })
})
