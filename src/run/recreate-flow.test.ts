import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineError, fakeClient, fakeHost } from '../testing/fake-client.ts'
import { recreateFlow } from './recreate-flow.ts'
import { runParts, scriptedUi } from './scripted.fixture.ts'

const ID = 'a'.repeat(64)
const SHORT = ID.slice(0, 12)
const CREATE = 'POST /containers/create'
const ASIDE = `POST /containers/${ID}/rename web.replaced-${SHORT}`
const OLD = {
  Id: ID,
  Name: '/web',
  Image: 'sha256:2',
  State: { Running: true },
  Config: {
    Hostname: SHORT,
    Image: 'nginx:1.27',
    Cmd: ['nginx'],
    Env: ['B=2', 'A=1'],
    Labels: { mine: 'x', maker: 'y' },
    StopSignal: 'SIGQUIT',
    WorkingDir: '/srv',
    Entrypoint: null,
    Volumes: { '/data': {} },
    ExposedPorts: { '80/tcp': {} },
  },
  HostConfig: {
    Binds: ['/a:/b:ro'],
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
    RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
    NetworkMode: 'default',
    ShmSize: 1024,
    Memory: 0,
    CapAdd: null,
    SecurityOpt: ['no-new-privileges'],
  },
  Mounts: [{ Type: 'volume', Name: 'f'.repeat(64), Destination: '/data', Mode: '' }],
}
const IMAGE = {
  Id: 'sha256:2',
  Config: { Cmd: ['nginx'], Env: ['A=1'], Labels: { maker: 'y' }, StopSignal: 'SIGQUIT', Volumes: { '/data': {} } },
}

const engine = (more: Record<string, readonly unknown[]> = {}) =>
  fakeClient({
    [`GET /containers/${ID}/json`]: [OLD],
    'GET /images/sha256:2/json': [IMAGE],
    'GET /containers/json': [[{ Id: ID, Names: ['/web'], Ports: [] }]],
    [`GET /containers/${ID}/changes`]: [null],
    [CREATE]: [{ Id: 'new' }],
    [`POST /containers/${ID}/rename`]: [null],
    'POST /containers/new/rename': [null],
    [`POST /containers/${ID}/stop`]: [null],
    [`POST /containers/${ID}/start`]: [null],
    'POST /containers/new/start': [null],
    [`DELETE /containers/${ID}`]: [null],
    'DELETE /containers/new': [null],
    ...more,
  })

const acts = (calls: readonly string[]) => calls.filter((call) => !call.startsWith('GET'))

test('the new container has all of the old one, its volumes too, and takes its place only when it runs', async () => {
  const client = engine()
  const ui = scriptedUi(['environment', 'add', 'text C=3', 'done', 'run'])
  const started = await recreateFlow(runParts(ui, fakeHost(client, false)), fakeHost(client, false), ID)
  assert.equal(started?.containerId, 'new')
  assert.deepEqual(JSON.parse(JSON.stringify(client.bodies.get(CREATE))), {
    Image: 'nginx:1.27',
    Env: ['B=2', 'C=3'],
    Labels: { mine: 'x' },
    WorkingDir: '/srv',
    ExposedPorts: { '80/tcp': {} },
    HostConfig: {
      ShmSize: 1024,
      SecurityOpt: ['no-new-privileges'],
      Binds: ['/a:/b:ro', `${'f'.repeat(64)}:/data`],
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
      RestartPolicy: { Name: 'always' },
    },
  })
  assert.deepEqual(acts(client.calls), [
    `${CREATE} web.new-${SHORT}`,
    ASIDE,
    'POST /containers/new/rename web',
    `POST /containers/${ID}/stop`,
    'POST /containers/new/start',
    `DELETE /containers/${ID}`,
  ])
})

test('what the engine refuses touches nothing', async () => {
  const client = engine({ [CREATE]: [engineError(400, 'bad-bind')] })
  await recreateFlow(runParts(scriptedUi(['run', 'leave']), fakeHost(client)), fakeHost(client, false), ID)
  assert.deepEqual(acts(client.calls), [`${CREATE} web.new-${SHORT}`])
})

test('when the new one does not start the old one is back and runs', async () => {
  const client = engine({ 'POST /containers/new/start': [engineError(500, 'x', 'it did not start')] })
  const ui = scriptedUi(['run', 'leave'])
  await recreateFlow(runParts(ui, fakeHost(client)), fakeHost(client, false), ID)
  assert.deepEqual(acts(client.calls).slice(-3), [
    'DELETE /containers/new',
    `POST /containers/${ID}/rename web`,
    `POST /containers/${ID}/start`,
  ])
  const row = ui.asked[1]?.rows[0]
  assert.ok(row !== undefined && 'detail' in row)
  assert.equal(row.detail, 'it did not start')
})

test('one that goes by itself when it stops is made again before the new one goes', async () => {
  const client = engine({
    [`GET /containers/${ID}/json`]: [OLD, engineError(404, 'no-such-container')],
    'POST /containers/new/start': [engineError(500, 'x')],
    [CREATE]: [{ Id: 'new' }, { Id: 'again' }],
    'POST /containers/again/start': [null],
  })
  await recreateFlow(runParts(scriptedUi(['run', 'leave']), fakeHost(client)), fakeHost(client, false), ID)
  assert.deepEqual(acts(client.calls).slice(-4), [
    'POST /containers/new/rename web.failed-new',
    `${CREATE} web`,
    'DELETE /containers/new',
    'POST /containers/again/start',
  ])
})

test('it asks before files that were changed inside are lost', async () => {
  const client = engine({ [`GET /containers/${ID}/changes`]: [[{}, {}]] })
  await recreateFlow(runParts(scriptedUi(['run', 'no', 'leave']), fakeHost(client)), fakeHost(client, false), ID)
  assert.deepEqual(acts(client.calls), [])
})

test('a port without an address stays as its engine means it: for this machine alone with Pocker', async () => {
  const client = engine({ 'GET /networks/bridge': [{}] })
  const ui = scriptedUi(['copy', 'run'])
  const host = fakeHost(client)
  await recreateFlow(runParts(ui, host), host, ID)
  assert.deepEqual(JSON.parse(JSON.stringify(client.bodies.get(CREATE))).HostConfig.PortBindings, {
    '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
  })
  assert.match(ui.copied[0] ?? '', / --publish 127\.0\.0\.1:8080:80 /)
})
