import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { socketConnect } from '../client/socket-connect.ts'
import type { ModelChange } from '../model/host-model.ts'
import { type FakeEngine, fakeEngine } from '../testing/fake-engine.ts'
import { EngineHost } from './engine-host.ts'
import type { HostState } from './host.ts'

function hostOf(t: TestContext, engine: FakeEngine, startsOnDemand = false): EngineHost {
  const host = new EngineHost({
    id: 'local',
    label: 'this machine',
    kind: 'local',
    connect: socketConnect(engine.socket),
    reuse: false,
    startsOnDemand,
    words: (error) => (error instanceof Error ? error.message : String(error)),
  })
  t.after(() => host.dispose())
  return host
}

/** Resolves at the first state of that kind, now or later. */
function state(host: EngineHost, kind: HostState['kind']): Promise<HostState> {
  if (host.state.kind === kind) return Promise.resolve(host.state)
  return new Promise((resolve) => {
    const listening = host.onDidChangeState((next) => {
      if (next.kind !== kind) return
      listening.dispose()
      resolve(next)
    })
  })
}

/** Resolves at the next change of that kind. */
function change(host: EngineHost, kind: ModelChange['kind']): Promise<ModelChange> {
  return new Promise((resolve) => {
    const listening = host.model.onDidChange((next) => {
      if (next.kind !== kind) return
      listening.dispose()
      resolve(next)
    })
  })
}

test('a host is ready, and knows what runs there as long as somebody watches', async (t) => {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'a', Names: ['/web'], State: 'exited', Status: 'Exited (3) 2 hours ago' }]
  const host = hostOf(t, engine)
  host.connect()
  const ready = await state(host, 'ready')
  assert.deepEqual(ready, { kind: 'ready', engine: { name: 'Pocker', version: '0.1.0', apiVersion: '1.47', isPocker: true } })
  assert.equal(host.model.hasSnapshot, false)
  const snapshot = change(host, 'all')
  const watching = host.model.watch()
  await snapshot
  assert.equal(host.model.containers.get('a')?.exitCode, 3)
  engine.containers = [{ Id: 'a', Names: ['/web'] }]
  const changed = change(host, 'container')
  engine.emit({ Type: 'container', Action: 'start', Actor: { ID: 'a' } })
  assert.deepEqual(await changed, { kind: 'container', id: 'a', change: 'changed' })
  watching.dispose()
})

test('one event asks for one row and redraws one; what changes nothing to be seen tells nobody', async (t) => {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'a' }, { Id: 'b' }]
  const host = hostOf(t, engine)
  host.connect()
  const snapshot = change(host, 'all')
  host.model.watch()
  await snapshot
  const changes: ModelChange[] = []
  host.model.onDidChange((next) => changes.push(next))
  engine.calls.length = 0
  engine.containers = [{ Id: 'a', Status: 'Up 9 hours' }, { Id: 'b' }, { Id: 'c' }]
  for (const Action of ['exec_create: true', 'exec_die', 'resize', 'top']) engine.emit({ Type: 'container', Action, Actor: { ID: 'a' } })
  for (const Action of ['restart', 'start']) engine.emit({ Type: 'container', Action, Actor: { ID: 'a' } })
  const added = change(host, 'container')
  engine.emit({ Type: 'container', Action: 'create', Actor: { ID: 'c' } })
  await added
  engine.containers = [{ Id: 'b' }]
  const removed = change(host, 'container')
  engine.emit({ Type: 'container', Action: 'destroy', Actor: { ID: 'c' } })
  await removed
  assert.deepEqual(changes, [
    { kind: 'container', id: 'c', change: 'added' },
    { kind: 'container', id: 'c', change: 'removed' },
  ])
  assert.deepEqual(
    engine.calls.filter((call) => call !== 'GET /events'),
    ['GET /containers/json', 'GET /containers/json'],
  )
  assert.equal(host.model.containers.get('a')?.statusText, 'Up 9 hours')
})

test('an engine that tells of an end before its list knows is asked again', async (t) => {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'a' }]
  const host = hostOf(t, engine)
  host.connect()
  const snapshot = change(host, 'all')
  host.model.watch()
  await snapshot
  const asked = Promise.withResolvers<void>()
  engine.handlers.set('GET /containers/json', (_request, response) => {
    response.end(JSON.stringify([{ Id: 'a', Created: 1, State: 'running', Status: 'Up 1 second' }]))
    asked.resolve()
  })
  engine.emit({ Type: 'container', Action: 'die', Actor: { ID: 'a' } })
  await asked.promise
  const changed = change(host, 'container')
  engine.handlers.delete('GET /containers/json')
  engine.containers = [{ Id: 'a', State: 'exited', Status: 'Exited (0) 1 second ago' }]
  await changed
  assert.equal(host.model.containers.get('a')?.status, 'exited')
})

test('a container that is connected to a network is asked for again, and one that nobody tells of when it is wanted', async (t) => {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'a' }]
  const host = hostOf(t, engine)
  host.connect()
  const snapshot = change(host, 'all')
  host.model.watch()
  await snapshot
  const networks = (all: Record<string, unknown>) => [{ Id: 'a', NetworkSettings: { Networks: all } }]
  engine.containers = networks({ shop: { IPAddress: '10.5.0.2', GlobalIPv6Address: '' } })
  const told = change(host, 'networks')
  const connected = change(host, 'container')
  engine.emit({ Type: 'network', Action: 'connect', Actor: { ID: 'n', Attributes: { container: 'a', name: 'shop' } } })
  await Promise.all([told, connected])
  assert.deepEqual(host.model.containers.get('a')?.networks, [{ name: 'shop', addresses: ['10.5.0.2'] }])
  engine.containers = networks({})
  const left = change(host, 'container')
  host.model.refresh('a')
  await left
  assert.deepEqual(host.model.containers.get('a')?.networks, [])
})

test('images are listed again when one comes or goes', async (t) => {
  const engine = await fakeEngine(t)
  const host = hostOf(t, engine)
  host.connect()
  const snapshot = change(host, 'all')
  host.model.watch()
  await snapshot
  engine.images = [{ Id: 'sha256:1', RepoTags: ['nginx:1', '<none>:<none>'], Size: 5 }]
  const listed = change(host, 'images')
  engine.emit({ Type: 'image', Action: 'pull', Actor: { ID: 'nginx:1' } })
  await listed
  assert.deepEqual(host.model.images, [{ id: 'sha256:1', tags: ['nginx:1'], size: 5, created: 0, labels: {} }])
})

test('an engine that goes and comes back is found again, and what happened meanwhile is seen', async (t) => {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'a' }]
  const host = hostOf(t, engine)
  host.connect()
  const snapshot = change(host, 'all')
  host.model.watch()
  await snapshot
  await engine.stop()
  const lost = await state(host, 'unreachable')
  assert.ok(lost.kind === 'unreachable' && lost.retryAt !== undefined && lost.retryAt > 0)
  assert.equal(host.model.containers.has('a'), true)
  engine.containers = [{ Id: 'b' }]
  await engine.start()
  const again = change(host, 'all')
  host.retry()
  await again
  assert.deepEqual([...host.model.containers.keys()], ['b'])
})

test('where a helper has to be started, its absence is a state of its own', async (t) => {
  const engine = await fakeEngine(t)
  await engine.stop()
  const host = hostOf(t, engine, true)
  host.connect()
  await state(host, 'stopped')
  await engine.start()
  host.retry()
  await state(host, 'ready')
})

test('work that fails behind an event is a lost connection, not silence', async (t) => {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'a' }]
  const host = hostOf(t, engine)
  host.connect()
  const snapshot = change(host, 'all')
  host.model.watch()
  await snapshot
  engine.handlers.set('GET /containers/json', (_request, response) => response.writeHead(500).end('{"message":"broken"}'))
  engine.emit({ Type: 'container', Action: 'start', Actor: { ID: 'a' } })
  const lost = await state(host, 'unreachable')
  assert.ok(lost.kind === 'unreachable' && lost.reason === 'broken')
})

for (const [version, code] of [
  [{ ApiVersion: '1.24' }, 'engine-too-old'],
  [{ ApiVersion: '1.60', MinAPIVersion: '1.50' }, 'engine-too-new'],
  [{ ApiVersion: 'x' }, 'bad-answer'],
] as const) {
  test(`an engine of version ${version.ApiVersion} is refused in words`, async (t) => {
    const engine = await fakeEngine(t)
    engine.version = version
    const codes: unknown[] = []
    const host = new EngineHost({
      id: 'docker',
      label: 'Docker',
      kind: 'socket',
      connect: socketConnect(engine.socket),
      reuse: false,
      startsOnDemand: false,
      words: (error) => String(codes.push(error instanceof Error && 'code' in error ? error.code : error)),
    })
    t.after(() => host.dispose())
    host.connect()
    await state(host, 'unreachable')
    assert.equal(codes[0], code)
  })
}

test('a request of the user’s has a stopped engine started, and what keeps the rows true does not', async (t) => {
  const engine = await fakeEngine(t)
  await engine.stop()
  let isActing = false
  let wakes = 0
  const host = new EngineHost({
    id: 'local',
    label: 'this machine',
    kind: 'local',
    connect: socketConnect(engine.socket),
    reuse: false,
    startsOnDemand: true,
    words: String,
    wake: async () => {
      if (!isActing) return false
      wakes++
      await engine.start()
      return true
    },
  })
  t.after(() => host.dispose())
  host.connect()
  host.model.watch()
  await state(host, 'stopped')
  await assert.rejects(host.client.ask('GET', '/version', z.unknown()), { code: 'engine-not-there' })
  isActing = true
  await host.client.ask('GET', '/version', z.unknown())
  assert.deepEqual([host.state.kind, wakes], ['ready', 1])
})
