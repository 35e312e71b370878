import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineError, fakeClient, fakeHost } from '../testing/fake-client.ts'
import { afterStart } from './after-start.ts'
import { runFlow } from './run-flow.ts'
import { presets, recentRuns } from './run-memory.ts'
import { runParts, scriptedUi } from './scripted.fixture.ts'

const HOST_IMAGE = { Id: 'sha256:1', Config: { Cmd: ['/bin/bash'] } }
const NGINX = {
  Id: 'sha256:2',
  Config: {
    Cmd: ['nginx', '-g', 'daemon off;'],
    Entrypoint: ['/docker-entrypoint.sh'],
    ExposedPorts: { '80/tcp': {}, 'x/y': {} },
    Env: ['A=1'],
  },
}
const WEB = { Id: 'c1', Names: ['/web'], Ports: [{ PublicPort: 80, Type: 'tcp' }] }
const RUN = 'POST /pocker/run'

const engine = (more: Record<string, readonly unknown[]> = {}) =>
  fakeClient({
    'GET /containers/json': [[WEB]],
    'GET /images/json': [[{ Id: 'sha256:2', RepoTags: ['nginx:1.27'], Size: 72e6 }]],
    'GET /images/nginx:1.27/json': [NGINX],
    'GET /images/host/json': [HOST_IMAGE],
    'GET /networks': [[]],
    'GET /networks/bridge': [{}],
    [RUN]: [{ Id: 'new' }],
    'DELETE /containers/new': [null],
    'POST /pocker/explain': [{ steps: [{ step: 'root', part: 'container', call: 'mount', text: '"a\u001b"' }] }],
    ...more,
  })

test('one key runs an image with its defaults, on a free port', async () => {
  const client = engine()
  const ui = scriptedUi(['image nginx:1.27', 'run'])
  const started = await runFlow(runParts(ui, fakeHost(client)), {})
  assert.equal(started?.containerId, 'new')
  assert.deepEqual(client.bodies.get(RUN), {
    Image: 'nginx:1.27',
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] } },
  })
  const ports = ui.asked[1]?.rows.find((row) => 'id' in row && row.id === 'ports')
  assert.ok(ports !== undefined && 'description' in ports)
  assert.equal(ports.description, '8080 → 80 · 80 is taken by “web”: suggested 8080 · 127.0.0.1: only this machine reaches it')
  assert.equal(started && afterStart(started), 'nothing')
})

test('a shell gets a terminal and the open folder, without a question where none is wanted', async () => {
  const client = engine()
  const started = await runFlow(runParts(scriptedUi([]), fakeHost(client)), { image: 'host', withDefaults: true })
  assert.deepEqual(client.bodies.get(RUN), {
    Image: 'host',
    WorkingDir: '/workspaces/shop',
    Tty: true,
    OpenStdin: true,
    HostConfig: { Mounts: [{ Type: 'bind', Source: '/home/me/shop', Target: '/workspaces/shop' }] },
  })
  assert.equal(started && afterStart(started), 'terminal')
})

test('back leads to the first question, and leaving runs nothing', async () => {
  const client = engine()
  const ui = scriptedUi(['image nginx:1.27', 'back', 'leave'])
  assert.equal(await runFlow(runParts(ui, fakeHost(client)), {}), undefined)
  assert.ok(!client.calls.some((call) => call.startsWith(RUN)))
  assert.deepEqual(ui.rest, [])
})

test('rows are changed one by one', async () => {
  const client = engine()
  const ui = scriptedUi([
    'name',
    'text shop',
    'command',
    'text nginx -V',
    'ports',
    'add',
    'text *:90:90/udp',
    'button entry 0',
    'done',
    'environment',
    'offered 0',
    'text A=2',
    'back',
    'terminal',
    'workspace',
    'limits',
    'memory',
    'text 64m',
    'back',
    'restart',
    'always',
    'network',
    'mode none',
    'more',
    'mounts',
    'add',
    'text /a:/b:ro',
    'done',
    'privileged',
    'init',
    'back',
    'run',
  ])
  await runFlow(runParts(ui, fakeHost(client)), { image: 'nginx:1.27' })
  assert.deepEqual(client.bodies.get(RUN), {
    Image: 'nginx:1.27',
    Cmd: ['nginx', '-V'],
    Env: ['A=2'],
    WorkingDir: '/workspaces/shop',
    ExposedPorts: { '90/udp': {} },
    Tty: true,
    OpenStdin: true,
    HostConfig: {
      Binds: ['/a:/b:ro'],
      Mounts: [{ Type: 'bind', Source: '/home/me/shop', Target: '/workspaces/shop' }],
      PortBindings: { '90/udp': [{ HostIp: '0.0.0.0', HostPort: '90' }] },
      NetworkMode: 'none',
      RestartPolicy: { Name: 'always' },
      Memory: 2 ** 26,
      Init: true,
      Privileged: true,
    },
  })
  assert.ok(client.calls.includes(`${RUN} shop`))
})

test('a failed start leaves nothing behind and says why in the list', async () => {
  const refused = Object.assign(engineError(409, 'port-in-use', 'Port 8080 is in use.'), { container: 'new' })
  const client = engine({ [RUN]: [refused, { Id: 'new' }] })
  const ui = scriptedUi(['run', 'run'])
  assert.ok(await runFlow(runParts(ui, fakeHost(client)), { image: 'nginx:1.27' }))
  const row = ui.asked[1]?.rows[0]
  assert.ok(row !== undefined && 'detail' in row)
  assert.equal(row.detail, 'Port 8080 is in use.')
  assert.ok(client.calls.includes('DELETE /containers/new'))
})

test('an older helper and another engine are asked in Docker’s way', async () => {
  for (const isPocker of [true, false]) {
    const client = engine({
      [RUN]: [engineError(404, 'page-not-found')],
      'POST /containers/create': [{ Id: 'new' }],
      'POST /containers/new/start': [engineError(500, 'x'), null],
    })
    assert.ok(await runFlow(runParts(scriptedUi(['run', 'run']), fakeHost(client, isPocker)), { image: 'nginx:1.27' }))
    const once = [...(isPocker ? [`${RUN} nginx`] : []), 'POST /containers/create nginx', 'POST /containers/new/start']
    const acts = client.calls.filter((call) => !call.startsWith('GET'))
    assert.deepEqual(acts, [...once, 'DELETE /containers/new', ...once])
  }
})

test('a typed name is pulled first, with its progress', async () => {
  const client = engine({
    'GET /images/redis:7/json': [engineError(404, 'no-such-image'), { Id: 'sha256:3', Config: null }],
    'POST /images/create': [
      [
        { status: 'Downloading', id: 'a', progressDetail: { current: 18e6, total: 40e6 } },
        { status: 'Downloading', id: 'b', progressDetail: { current: 0, total: 5e6 } },
        { status: 'Pull complete', id: 'a' },
      ],
    ],
  })
  const ui = scriptedUi(['typed redis:7', 'leave'])
  await runFlow(runParts(ui, fakeHost(client)), {})
  assert.deepEqual(ui.reports, ['18 of 40 MB', '18 of 45 MB', '40 of 45 MB'])
  assert.deepEqual(ui.rest, [])
})

test('a pull that breaks off is an error with the words of the engine', async () => {
  const client = engine({ 'GET /images/redis:7/json': [engineError(404, '')], 'POST /images/create': [[{ error: 'no space\u001b left' }]] })
  await assert.rejects(runFlow(runParts(scriptedUi([]), fakeHost(client)), { image: 'redis:7' }), {
    code: 'pull-failed',
    message: 'no space\ufffd left',
  })
})

test('after a long pull the list does not open by itself', async () => {
  let now = 0
  const client = engine({ 'GET /images/redis:7/json': [engineError(404, '')], 'POST /images/create': [[]] })
  const ui = scriptedUi(['no'])
  const parts = { ...runParts(ui, fakeHost(client)), now: () => (now += 20_000) }
  assert.equal(await runFlow(parts, { image: 'redis:7' }), undefined)
  assert.deepEqual(ui.asked, [])
})

test('where ports cannot be published the host’s network is offered, and never taken unasked', async () => {
  const client = engine({ 'GET /networks/bridge': [engineError(404, 'no-such-network')] })
  const ui = scriptedUi(['ports', 'host', 'run'])
  await runFlow(runParts(ui, fakeHost(client)), { image: 'nginx:1.27' })
  const ports = ui.asked[0]?.rows.find((row) => 'id' in row && row.id === 'ports')
  assert.ok(ports !== undefined && 'description' in ports)
  assert.equal(ports.description, 'none · this host cannot publish ports')
  assert.deepEqual(client.bodies.get(RUN), { Image: 'nginx:1.27', HostConfig: { NetworkMode: 'host' } })
})

test('the networks of the host are offered, and one without any takes the ports away', async () => {
  const shop = { Id: '1', Name: 'shop', Driver: 'bridge', Internal: true, IPAM: { Config: [{ Subnet: '10.5.0.0/16' }] } }
  const client = engine({ 'GET /networks': [[shop, { Id: '2', Name: 'bridge', Driver: 'bridge' }]] })
  const ui = scriptedUi(['network', 'mode none', 'ports', 'default', 'network', 'mode shop', 'run'])
  await runFlow(runParts(ui, fakeHost(client)), { image: 'nginx:1.27' })
  const rowOf = (index: number, id: string) => ui.asked[index]?.rows.find((row) => 'id' in row && row.id === id)
  assert.deepEqual(rowOf(1, 'mode shop'), {
    id: 'mode shop',
    label: 'shop',
    description: '10.5.0.0/16 · internal: only what is in it',
    icon: 'type-hierarchy',
  })
  assert.deepEqual(rowOf(2, 'ports'), { id: 'ports', label: 'Ports', icon: 'plug', description: 'none · it has no network' })
  assert.deepEqual(client.bodies.get(RUN), {
    Image: 'nginx:1.27',
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] }, NetworkMode: 'shop' },
  })
})

test('presets and recent runs are kept, without secrets, and run again', async () => {
  const client = engine()
  const kept = new Map<string, unknown>()
  const ui = scriptedUi([
    'environment',
    'add',
    'text DB_PASSWORD=x',
    'add',
    'text B=1',
    'done',
    'save',
    'text my nginx',
    'copy',
    'plan',
    'run',
  ])
  const parts = runParts(ui, fakeHost(client), kept)
  await runFlow(parts, { image: 'nginx:1.27' })
  assert.deepEqual(
    presets(parts.store).map(({ name, answers }) => [name, answers.environment]),
    [['my nginx', ['DB_PASSWORD=x', 'B=1']]],
  )
  assert.deepEqual(
    recentRuns(parts.store).map(({ environment }) => environment),
    [['B=1']],
  )
  assert.match(ui.copied[0] ?? '', /^docker run -d --name nginx .* nginx:1\.27$/)
  assert.match(JSON.stringify(ui.shown[0]), /"title":"root".*"name":"mount","text":"\\"a\ufffd\\""/)
  assert.ok(await runFlow(runParts(scriptedUi(['preset 0', 'run']), fakeHost(client), kept), {}))
  assert.ok(await runFlow(runParts(scriptedUi(['recent 0', 'run']), fakeHost(client), kept), {}))
})

test('a memory of something else is passed over', () => {
  const store = { get: () => [{ image: 1 }, null, 'x'], update: async () => {} }
  assert.deepEqual(recentRuns(store), [])
  assert.deepEqual(presets({ ...store, get: () => ({}) }), [])
})
