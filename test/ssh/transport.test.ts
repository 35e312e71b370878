/** What goes over one connection: engine, ports, many at once, with forwarding and without; and the command line's way to it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { createEngineClient } from '../../src/client/http-client.ts'
import type { Remote } from '../../ssh/remote.ts'
import { dockerCli } from '../support/docker.ts'
import { eventually } from '../support/engine.ts'
import { run } from '../support/run.ts'
import { remoteOf, writeSshConfig } from '../support/ssh-client.ts'
import { get } from '../support/ssh-get.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'

const program = join(import.meta.dirname, '../../dist/pocker')
const KINDS = {
  'a server that forwards': '',
  'a server that refuses to forward': 'AllowTcpForwarding no\nAllowStreamLocalForwarding no\nMaxSessions 4',
} as const

for (const [what, config] of Object.entries(KINDS))
  describe(what, { skip: whyNoSshMachine() }, () => {
    let machine: SshMachine
    let remote: Remote
    let client: ReturnType<typeof createEngineClient>
    before(async () => {
      machine = await makeSshMachine({ accounts: [{ name: 'ops', uid: 70_401, sudo: 'ALL=(ALL) NOPASSWD: ALL' }], config })
      remote = remoteOf(
        writeSshConfig(machine, { user: 'ops', lines: '  ServerAliveInterval 1\n  ServerAliveCountMax 2\n  ConnectTimeout 2\n' }),
      )
      await remote.connect({ questions: undefined })
      client = createEngineClient({ connect: () => remote.openEngine(), reuse: true, apiVersion: () => '1.47' })
    })
    after(async () => {
      client.close()
      remote.disconnect()
      await machine[Symbol.asyncDispose]()
    })
    const pocker = async (...words: string[]) => {
      const { stdout, stderr, code } = await machine.run(['/bin/sh', '-c', 'exec /usr/local/lib/pocker/*/pocker "$@"', 'sh', ...words])
      assert.equal(code, 0, stderr)
      return stdout.trim()
    }

    test('one connection carries all', async () => {
      const before = machine.link.connections
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => client.ask('GET', '/version', z.object({ ApiVersion: z.string() }))),
      )
      assert.equal(answers.length, 40)
      assert.equal(machine.link.connections, before)
    })

    test('streams that stay open block nothing, nor does one that nobody reads', async () => {
      await pocker('run', '-d', '--name', 'talks', '--network', 'none', 'host', 'sh', '-c', 'yes | head -c 30000000; sleep 1000')
      const held = await Promise.all(
        Array.from({ length: 12 }, () => client.stream('GET', '/containers/talks/logs?stdout=1&follow=1', { timeout: 0 })),
      )
      const events = await client.stream('GET', '/events', { timeout: 0 })
      const began = performance.now()
      await client.ask('GET', '/containers/json', z.array(z.unknown()))
      // What is held up is so for ever.
      assert.ok(performance.now() - began < 10_000)
      for (const stream of [...held, events]) stream.destroy()
      await pocker('rm', '-f', 'talks')
    })

    test('a process is talked to until its input ends', async () => {
      await pocker('run', '-d', '--name', 'cat', '--network', 'none', 'host', 'sleep', '1000')
      const { Id } = await client.ask('POST', '/containers/cat/exec', z.object({ Id: z.string() }), {
        body: { Cmd: ['sh', '-c', 'wc -c; echo done'], AttachStdin: true, AttachStdout: true, Tty: false },
      })
      const stream = await client.hijack(`/exec/${Id}/start`, { body: { Detach: false, Tty: false } })
      const output = text(stream)
      for (let count = 0; count < 50; count++) if (!stream.write(Buffer.alloc(100_000))) await once(stream, 'drain')
      stream.end()
      assert.match(await output, /5000000[\s\S]*done/)
      await pocker('rm', '-f', 'cat')
    })

    test('a port there is a port here', async () => {
      await pocker(
        'run',
        '-d',
        '--name',
        'web',
        '--network',
        'host',
        'host',
        'sh',
        '-c',
        'cd /etc && exec busybox httpd -f -p 127.0.0.1:8099',
      )
      const local = await remote.servePort('127.0.0.1', 8099)
      assert.equal(typeof local.port, 'number')
      const page = async () => await (await fetch(`http://127.0.0.1:${local.port}/os-release`)).text()
      await eventually(
        'the server answers',
        async () =>
          await page().then(
            (found) => found.includes('ID='),
            () => false,
          ),
      )
      assert.equal((await Promise.all([1, 2, 3, 4, 5, 6].map(page))).length, 6)
      local.close()
      await pocker('rm', '-f', 'web')
    })

    test('a port that is taken here is another one', async () => {
      const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      const taken = typeof address === 'object' ? (address?.port ?? 0) : 0
      const local = await remote.servePort('127.0.0.1', taken)
      assert.notEqual(local.port, taken)
      await assert.rejects(fetch(`http://127.0.0.1:${local.port}/`))
      local.close()
      server.close()
    })

    test('a link that is cut ends what was open with an error, and the next use connects anew', async () => {
      const log = await client.stream('GET', '/events', { timeout: 0 })
      const ended = text(log).then(
        () => 'ended',
        () => 'failed',
      )
      const lost = remote.lost()
      machine.link.cut()
      assert.equal((await lost)?.code, 'ssh-lost')
      assert.equal(await ended, 'failed')
      await assert.rejects(remote.openEngine(), { kind: 'Unavailable' })
      await machine.link.restore()
      assert.ok(await get(remote, '/version'))
    })
  })

describe('the command line', { skip: whyNoSshMachine() }, () => {
  let machine: SshMachine
  let env: NodeJS.ProcessEnv
  before(async () => {
    machine = await makeSshMachine({ accounts: [{ name: 'ops', uid: 70_402, sudo: 'ALL=(ALL) NOPASSWD: ALL' }] })
    env = { PATH: process.env.PATH, HOME: writeSshConfig(machine, { user: 'ops' }) }
  })
  after(() => machine[Symbol.asyncDispose]())

  test('-H ssh://, and POCKER_HOST', async () => {
    const { stdout, stderr } = await run(program, ['-H', 'ssh://box', 'run', '--rm', '--network', 'none', 'host', 'echo', 'far'], { env })
    assert.equal(stdout, 'far\n', stderr)
    const piped = await run(program, ['run', '-i', '--rm', '--network', 'none', 'host', 'wc', '-c'], {
      env: { ...env, POCKER_HOST: 'ssh://box' },
      input: Buffer.alloc(3_000_000),
    })
    assert.equal(piped.stdout.trim(), '3000000', piped.stderr)
    const failing = await run(program, ['-H', 'ssh://box', 'run', '--rm', '--network', 'none', 'host', 'sh', '-c', 'exit 3'], { env })
    assert.equal(failing.code, 3)
  })

  test('without a terminal nobody is asked, and the error says what to do', async () => {
    const home = writeSshConfig(machine, { user: 'stranger', known: false })
    const { code, stderr } = await run('setsid', [program, '-H', 'ssh://box', 'ps'], { env: { ...env, HOME: home } })
    assert.equal(code, 1)
    assert.match(stderr, /its key is the right one\nHint: /)
    const bad = await run(program, ['-H', 'ssh://-oProxyCommand=x', 'ps'], { env })
    assert.match(bad.stderr, /this is no name of a host/)
  })

  test('pocker tunnel is a socket for docker, the user’s alone, and gone with the program', async () => {
    const tunnel = spawn(program, ['tunnel', 'box'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line]: string[] = await once(createInterface(tunnel.stdout), 'line')
    const socket = (line ?? '').replace('unix://', '')
    assert.equal(statSync(join(socket, '..')).mode & 0o777, 0o700)
    const { stdout, stderr } = await dockerCli(socket, ['run', '--rm', '--network', 'none', 'host', 'echo', 'by docker'])
    assert.equal(stdout, 'by docker\n', stderr)
    const exit = once(tunnel, 'exit')
    tunnel.kill()
    assert.deepEqual(await exit, [0, null])
    assert.equal(existsSync(join(socket, '..')), false)
  })
})
