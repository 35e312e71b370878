import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { Hosts } from '../hosts/hosts.ts'
import { type FakeEngine, fakeEngine } from '../testing/fake-engine.ts'
import { OpenTerminal } from './open-terminal.ts'
import { rememberActive, rememberedTerminals, type Store } from './remembered-terminals.ts'
import { leftRunning, restoreTerminals } from './restore-terminals.ts'
import { readyHost } from './shell.fixture.ts'
import type { WantedTerminal } from './wanted-terminal.ts'

const SPEC = { command: ['/bin/sh'], user: '', folder: '', environment: ['TOKEN=x'], isPrivileged: false, isToolbox: false }

interface Window {
  readonly engine: FakeEngine
  readonly hosts: Hosts
  readonly store: Store
  readonly shell: WantedTerminal
  /** The execs that run. */
  readonly running: Set<string>
  /** What was asked for beyond looking. */
  readonly acts: () => string[]
  /** Opens it and waits until its program is connected. */
  open(wanted: WantedTerminal): Promise<OpenTerminal>
}

async function newWindow(t: TestContext): Promise<Window> {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'c1', Names: ['/web'] }]
  const host = await readyHost(t, engine)
  const hosts = new Hosts(() => [host])
  hosts.open()
  const values = new Map<string, unknown>()
  const store: Store = {
    get: (key) => values.get(key),
    update: async (key, value) => void values.set(key, JSON.parse(JSON.stringify(value ?? null)) ?? undefined),
  }
  const running = new Set<string>()
  const take = (id: string) => (stream: Duplex) => {
    running.add(id)
    stream.resume()
    stream.once('end', () => stream.end())
    stream.write('$ ')
  }
  engine.handlers.set('GET /containers/c1/json', (_request, response) =>
    response.end(JSON.stringify({ Id: 'c1', Name: '/web', Image: 'i', Config: {}, State: { Running: true } })),
  )
  let made = 0
  engine.handlers.set('POST /containers/c1/exec', (request, response) => {
    void text(request).then(() => {
      const id = `e${++made}`
      engine.upgrades.set(`POST /exec/${id}/start`, take(id))
      response.writeHead(201).end(JSON.stringify({ Id: id }))
    })
  })
  for (const id of ['e1', 'e2', 'e3']) {
    engine.upgrades.set(`POST /pocker/exec/${id}/attach`, take(id))
    engine.handlers.set(`POST /pocker/exec/${id}/hangup`, (_request, response) => {
      running.delete(id)
      response.writeHead(204).end()
    })
    engine.handlers.set(`POST /exec/${id}/resize`, (_request, response) => response.end())
    engine.handlers.set(`GET /exec/${id}/json`, (_request, response) => {
      if (running.has(id)) response.end(JSON.stringify({ Running: true }))
      else response.writeHead(404).end('{}')
    })
  }
  return {
    engine,
    hosts,
    store,
    running,
    shell: { ref: { host, containerId: 'c1' }, container: 'web', label: 'sh', place: 'panel', program: { kind: 'exec', spec: SPEC } },
    acts: () => engine.calls.filter((call) => /attach|start|hangup/.test(call)),
    open: async (wanted) => {
      const open = new OpenTerminal(wanted, { store, detachKeys: 'ctrl-p,ctrl-q', report: (error) => assert.fail(String(error)) })
      t.after(() => open.dispose())
      const there = new Promise<void>((resolve) => open.screen.onDidWrite((shown) => shown.includes('$ ') && resolve()))
      open.screen.open({ columns: 80, rows: 24 })
      await there
      return open
    },
  }
}

/** What the next window opens of those that were remembered. */
async function restored({ hosts, store }: Window) {
  const opened: { wanted: WantedTerminal; isActive: boolean }[] = []
  await restoreTerminals({ store, hosts, open: (wanted, { isActive }) => opened.push({ wanted, isActive }) })
  return opened
}

test('a shell goes on when its window goes, and is there again in the next one, without what may be secret', async (t) => {
  const window = await newWindow(t)
  const open = await window.open(window.shell)
  await rememberActive(window.store, open.key)
  open.dispose()
  const [next, ...others] = await restored(window)
  assert.ok(next !== undefined)
  assert.deepEqual([others.length, next.isActive], [0, true])
  assert.deepEqual(next.wanted.program, { kind: 'exec', execId: 'e1', spec: { ...SPEC, environment: [] } })
  assert.doesNotMatch(JSON.stringify(rememberedTerminals(window.store)), /TOKEN/)
  const again = await window.open(next.wanted)
  assert.equal(again.key, open.key)
  assert.deepEqual(window.acts(), ['POST /exec/e1/start', 'POST /pocker/exec/e1/attach'])
})

test('a shell whose terminal is closed by the user is hung up and forgotten', async (t) => {
  const window = await newWindow(t)
  const open = await window.open(window.shell)
  await open.close()
  assert.deepEqual([...window.running], [])
  assert.deepEqual(await restored(window), [])
})

test('one that was there before is hung up and forgotten, too', async (t) => {
  const window = await newWindow(t)
  const first = await window.open(window.shell)
  first.dispose()
  const [next] = await restored(window)
  assert.ok(next !== undefined)
  const again = await window.open(next.wanted)
  await again.close()
  assert.deepEqual([...window.running], [])
  assert.deepEqual(rememberedTerminals(window.store), [])
})

test('one that has ended meanwhile is dropped', async (t) => {
  const window = await newWindow(t)
  const open = await window.open(window.shell)
  open.dispose()
  window.running.clear()
  assert.deepEqual(await restored(window), [])
  assert.deepEqual(rememberedTerminals(window.store), [])
})

test('one that is left running is not opened by itself, but for who asks for a shell there', async (t) => {
  const window = await newWindow(t)
  const { store, shell } = window
  const open = await window.open(shell)
  assert.equal(open.detach(), true)
  await open.close()
  assert.deepEqual([...window.running], ['e1'])
  assert.deepEqual(await restored(window), [])
  const left = await leftRunning(store, shell.ref.host, 'c1')
  assert.ok(left !== undefined)
  await window.open(left)
  assert.equal(await leftRunning(store, shell.ref.host, 'c1'), undefined)
  assert.equal((await restored(window)).length, 1)
})

test('one that has ended since it was left is forgotten', async (t) => {
  const window = await newWindow(t)
  const { store, shell } = window
  const open = await window.open(shell)
  open.detach()
  await open.close()
  window.running.clear()
  assert.equal(await leftRunning(store, shell.ref.host, 'c1'), undefined)
  assert.deepEqual(rememberedTerminals(store), [])
})

test('an engine that has no way back is not left, and nothing is remembered', async (t) => {
  const window = await newWindow(t)
  window.engine.version = { ...window.engine.version, Platform: { Name: 'Docker Engine' } }
  const host = await readyHost(t, window.engine)
  const open = await window.open({ ...window.shell, ref: { host, containerId: 'c1' } })
  assert.equal(open.detach(), false)
  assert.deepEqual(rememberedTerminals(window.store), [])
})

test('a terminal of a host that is not there any more is forgotten', async (t) => {
  const window = await newWindow(t)
  const open = await window.open(window.shell)
  open.dispose()
  window.hosts.remove(window.shell.ref.host)
  assert.deepEqual(await restored(window), [])
  assert.deepEqual(rememberedTerminals(window.store), [])
})

test('nobody is asked anything when nothing is remembered', async (t) => {
  const { store } = await newWindow(t)
  const hosts = new Hosts(() => assert.fail('no host is looked for'))
  await restoreTerminals({ store, hosts, open: () => assert.fail('nothing is opened') })
})
