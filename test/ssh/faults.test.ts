/** The link drops in the middle of what a user does with a host: what runs there goes on, and here it goes on too or ends with a reason. */
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { codeOf } from '../../src/client/engine-problem.ts'
import { pockerFiles } from '../../src/files/pocker-files.ts'
import type { HostState } from '../../src/hosts/host.ts'
import { SshHost } from '../../src/hosts/ssh/ssh-host.ts'
import { DEFAULTS } from '../../src/logs/log-options.ts'
import { LogSession } from '../../src/logs/log-session.ts'
import { sessionText } from '../../src/logs/session-text.ts'
import { pullImage } from '../../src/run/pull-image.ts'
import type { Remote } from '../../ssh/remote.ts'
import { eventually } from '../support/engine.ts'
import { layerOf } from '../support/layers.ts'
import { writeLayout } from '../support/oci-layout.ts'
import { startSlowRegistry } from '../support/slow-registry.ts'
import { remoteOf, writeSshConfig } from '../support/ssh-client.ts'
import { get } from '../support/ssh-get.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'

const PATIENCE = 30
// A link that is cut is found out in seconds.
const LINES = '  ServerAliveInterval 1\n  ServerAliveCountMax 2\n  ConnectTimeout 2\n'

/** A host of the views, on this machine's own SSH. */
function hostOf(remote: Remote): SshHost {
  const questions = {
    isSilent: true as const,
    acceptKey: async () => false,
    secret: async () => undefined,
    prompts: async () => undefined,
    connected: () => {},
  }
  const load: unknown = async () => ({ openRemoteAt: () => remote })
  return new SshHost({
    address: 'box',
    mayAsk: false,
    payload: () => undefined,
    questions: { asked: () => questions, silent: () => questions },
    load: load as NonNullable<ConstructorParameters<typeof SshHost>[0]['load']>,
  })
}

function becomes(host: SshHost, kind: HostState['kind']): Promise<void> {
  return eventually(`the host is ${kind}`, () => host.state.kind === kind, PATIENCE)
}

describe('a link that drops', { skip: whyNoSshMachine() }, () => {
  let machine: SshMachine
  let home: string
  let host: SshHost
  let watching: { dispose(): unknown }
  before(async () => {
    machine = await makeSshMachine({ accounts: [{ name: 'ops', uid: 70_601, sudo: 'ALL=(ALL) NOPASSWD: ALL' }] })
    home = writeSshConfig(machine, { user: 'ops', lines: LINES })
    host = hostOf(remoteOf(home))
    watching = host.model.watch()
    host.connect()
    await becomes(host, 'ready')
    await pocker('run', '-d', '--name', 'counts', '--network', 'none', 'host', 'sh', '-c', COUNTING)
  })
  after(async () => {
    watching.dispose()
    host.dispose()
    await machine[Symbol.asyncDispose]()
  })

  const COUNTING = 'i=0; while sleep 0.05; do i=$((i+1)); echo "line $i"; done'
  const pocker = async (...words: string[]) => {
    const { stdout, stderr, code } = await machine.run(['/bin/sh', '-c', 'exec /usr/local/lib/pocker/*/pocker "$@"', 'sh', ...words])
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  const startOf = () => pocker('inspect', '--format', '{{.State.Running}} {{.State.StartedAt}} {{.State.Pid}}', 'counts')
  const restore = async () => {
    await machine.link.restore()
    await becomes(host, 'ready')
  }

  test('in the middle of a pull: it ends with a reason, no half image is there, and the next pull gets all of it', async () => {
    const before = await startOf()
    const layer = await layerOf({ 'data/bytes': crypto.getRandomValues(new Uint8Array(60_000)) })
    const [image] = writeLayout(join(machine.folder, 'machine/layout'), [{ name: 'slow', layers: [layer] }])
    const registry = startSlowRegistry(machine, { layer: image?.layers[0]?.digest ?? '', manifest: image?.digest ?? '' })
    await eventually('the registry listens', () => existsSync(join(machine.folder, 'machine/listening')))
    const view = { report: () => {}, signal: new AbortController().signal }
    const name = { repository: `${registry.address}/slow`, tag: 'latest' }
    const pull = () => pullImage({ client: host.client, ui: { progress: (_title, work) => work(view) } }, name)
    const pulled = pull().then(
      () => 'pulled',
      (error: unknown) => codeOf(error) ?? String(error),
    )
    await eventually('half of it has come', () => existsSync(registry.half), PATIENCE)
    machine.link.cut()
    assert.match(await pulled, /^(connection-lost|pull-failed)$/)
    await becomes(host, 'unreachable')
    assert.equal((await pocker('images', '-q', name.repository)).length, 0)
    await restore()
    writeFileSync(registry.go, '')
    assert.equal(await pull(), true)
    assert.match(await pocker('images', '--format', '{{.Repository}}'), /127\.0\.0\.1:5000\/slow/)
    assert.equal(await startOf(), before)
  })

  test('in the middle of a log: it says so, and goes on without a line missing or twice', async () => {
    const before = await startOf()
    const session = new LogSession([{ host, name: 'counts', member: 0 }], DEFAULTS)
    const rows = () => sessionText(session, { words: String, now: Date.now() }).text.split('\n')
    const last = () => Number(/^line (\d+)$/.exec(rows().at(-1) ?? '')?.[1] ?? 0)
    try {
      await eventually('it follows', () => last() > 10, PATIENCE)
      machine.link.cut()
      await eventually('it is known to be lost', () => session.feeds[0]?.state.kind === 'lost', PATIENCE)
      assert.match(rows().at(-1) ?? '', /^── /)
      const whenCut = Number(/(\d+)$/.exec(rows().findLast((row) => row.startsWith('line ')) ?? '')?.[1])
      await restore()
      await eventually('it goes on', () => last() > whenCut + 20, PATIENCE)
      const numbers = rows().map((row) => Number(/^line (\d+)$/.exec(row)?.[1] ?? Number.NaN))
      const shown = numbers.filter((number) => !Number.isNaN(number))
      assert.deepEqual(
        shown,
        Array.from(shown, (_, index) => (shown[0] ?? 0) + index),
      )
      assert.equal(await startOf(), before)
    } finally {
      session.dispose()
    }
  })

  test('in the middle of a file’s upload: the file there is the old one, and nothing of the new one is left', async () => {
    await pocker('exec', 'counts', 'sh', '-c', 'mkdir /kept; echo old > /kept/file')
    const files = pockerFiles(host.client, { kind: 'container', id: 'counts' })
    const sent = Promise.withResolvers<void>()
    const never = new AbortController()
    const content = Readable.from(
      (async function* () {
        yield Buffer.alloc(1_000_000, 'new')
        sent.resolve()
        // The rest of it is never read.
        await new Promise((resolve) => never.signal.addEventListener('abort', resolve))
      })(),
    )
    const written = files.write('/kept/file', content, { create: false, overwrite: true }).then(
      () => 'written',
      (error: unknown) => codeOf(error) ?? String(error),
    )
    await sent.promise
    machine.link.cut()
    assert.match(await written, /^(connection-lost|cancelled)$/)
    never.abort()
    await restore()
    const there = () => pocker('exec', 'counts', 'sh', '-c', 'cat /kept/file; ls -A /kept')
    await eventually('only the old file is there', async () => (await there()) === 'old\nfile', PATIENCE)
    await files.write('/kept/file', Readable.from(['new']), { create: false, overwrite: true })
    assert.equal(await there(), 'newfile')
  })
})

describe('the program on its way', { skip: whyNoSshMachine() }, () => {
  test('a link that is cut in the middle runs nothing there and leaves nothing, and the next attempt brings it whole', async () => {
    await using machine = await makeSshMachine({ accounts: [{ name: 'ops', uid: 70_602, sudo: 'ALL=(ALL) NOPASSWD: ALL' }] })
    let isCut = false
    const remote = remoteOf(writeSshConfig(machine, { user: 'ops', lines: LINES }), {
      progress: (step) => {
        if (step.kind !== 'uploading' || step.sent < 20e6 || isCut) return
        isCut = true
        machine.link.cut()
      },
    })
    await assert.rejects(remote.connect({ questions: undefined }), { kind: 'Unavailable' })
    assert.equal(isCut, true)
    const found = async () =>
      (await machine.run(['/usr/bin/find', '/usr/local/lib', '/opt', '/var/lib', '/run', '/root', '-iname', '*pocker*'])).stdout
    assert.equal(await found(), '')
    await machine.link.restore()
    const halves = async () => (await machine.run(['/usr/bin/find', '/home', '/tmp', '/var/tmp', '-iname', 'pocker-*'])).stdout
    await eventually('what had come is gone', async () => (await halves()) === '', PATIENCE)
    assert.equal(await found(), '')
    await remote.connect({ questions: undefined })
    assert.ok(await get(remote, '/version'))
    remote.disconnect()
  })
})

describe('clocks that differ', { skip: whyNoSshMachine() }, () => {
  let machine: SshMachine
  before(async () => {
    machine = await makeSshMachine({ accounts: [{ name: 'ops', uid: 70_603, sudo: 'ALL=(ALL) NOPASSWD: ALL' }] })
  })
  after(() => machine[Symbol.asyncDispose]())

  // Two machines on one kernel have one clock, so it is this side's that is another: between the two the difference is the same.
  for (const [what, hours] of Object.entries({ 'a day behind': -24, 'a day ahead': 24 }))
    test(`with this machine’s ${what}, what happens there is seen and its log is followed`, async (t) => {
      const real = Date.now
      t.mock.method(Date, 'now', () => real() + hours * 3_600_000)
      const host = hostOf(remoteOf(writeSshConfig(machine, { user: 'ops', lines: LINES })))
      const watching = host.model.watch()
      const session = new LogSession([{ host, name: 'skewed', member: 0 }], DEFAULTS)
      try {
        host.connect()
        await becomes(host, 'ready')
        await host.client.tell('POST', '/pocker/run', {
          query: { name: 'skewed' },
          body: {
            Image: 'host',
            Cmd: ['sh', '-c', 'echo begun; read line; echo "then $line"; exit 3'],
            OpenStdin: true,
            HostConfig: { NetworkMode: 'none' },
          },
        })
        const row = () => [...host.model.containers.values()].find(({ name }) => name === 'skewed')
        await eventually('its row runs', () => row()?.status === 'running', PATIENCE)
        const text = () => sessionText(session, { words: String, now: Date.now() }).text
        await eventually('its log is there', () => text().includes('begun'), PATIENCE)
        const input = await host.client.hijack('/containers/skewed/attach', { query: { stream: true, stdin: true } })
        input.write('on\n')
        await eventually('its log goes on', () => text().includes('then on'), PATIENCE)
        await eventually('its row has ended', () => row()?.status === 'exited', PATIENCE)
        input.destroy()
        await host.client.tell('DELETE', '/containers/skewed')
        await eventually('its row is gone', () => row() === undefined, PATIENCE)
      } finally {
        session.dispose()
        watching.dispose()
        host.dispose()
      }
    })
})
