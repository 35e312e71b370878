import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FakeRoutes, fakeEngine, json } from './testing/fake-engine.ts'
import { fakeIo, runCommand } from './testing/fake-io.ts'

const volume = (Name: string, more: object = {}) => ({
  Name,
  Driver: 'local',
  Mountpoint: `/v/${Name}/_data`,
  CreatedAt: '2026-01-01T00:00:00Z',
  Labels: null,
  Options: null,
  Scope: 'local',
  ...more,
})

const ROUTES: FakeRoutes = {
  'GET /volumes': () => ({ Volumes: [volume('data', { Labels: { team: 'blue' } }), volume('ab'.repeat(32))], Warnings: null }),
  'GET /volumes/data': () => volume('data'),
  'POST /volumes/create': (_, response) => json(response, 201, volume('data')),
  'DELETE /volumes/data': (_, response) => json(response, 204, undefined),
  'POST /volumes/prune': () => ({ VolumesDeleted: ['x', 'y'], SpaceReclaimed: 1234567 }),
  'GET /system/df': () => ({
    LayersSize: 0,
    Images: [],
    Containers: [],
    Volumes: [volume('data', { UsageData: { Size: 1500, RefCount: 1 } }), volume('old', { UsageData: { Size: 500, RefCount: 0 } })],
    BuildCache: [],
  }),
}

for (const [args, stdout] of [
  [['volume', 'ls'], `DRIVER    VOLUME NAME\nlocal     data\nlocal     ${'ab'.repeat(32)}\n`],
  [['volume', 'list', '-q'], `data\n${'ab'.repeat(32)}\n`],
  [['volume', 'ls', '--format', '{{.Name}} {{.Label "team"}} {{.Links}}'], `data blue N/A\n${'ab'.repeat(32)}  N/A\n`],
  [['volume', 'create', 'data'], 'data\n'],
  [['volume', 'rm', 'data'], 'data\n'],
  [['volume', 'inspect', '-f', '{{.Mountpoint}}', 'data'], '/v/data/_data\n'],
  [['inspect', '--type', 'volume', '-f', '{{.Name}}', 'data'], 'data\n'],
  [['volume', 'prune', '-f'], 'Deleted Volumes:\nx\ny\n\nTotal reclaimed space: 1.235MB\n'],
  [
    ['system', 'df', '--format', '{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}'],
    'Images 0 0 0B 0B\nContainers 0 0 0B 0B\nLocal Volumes 2 1 2kB 500B (25%)\nBuild Cache 0 0 0B 0B\n',
  ],
] as const) {
  test(args.join(' '), async () => {
    await using engine = await fakeEngine({ routes: ROUTES })
    assert.deepEqual(await runCommand(['--socket', engine.socket, ...args]), { code: 0, stdout, stderr: '' })
  })
}

test('what is asked of the engine', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const run = (...args: string[]) => runCommand(['--socket', engine.socket, 'volume', ...args])
  await run('create', '-o', 'type=none', '-o', 'o=bind,ro', '-o', 'device=/srv', '--label', 'a=b', '--label', 'c')
  await run('ls', '-f', 'dangling=true')
  await run('prune', '-af', '--filter', 'label=x')
  await run('rm', '-f', 'data')
  const asked = engine.seen.map(({ method, path, query, body }) => [method, path, decodeURIComponent(query.toString()), body])
  assert.deepEqual(asked, [
    [
      'POST',
      '/volumes/create',
      '',
      { Name: '', Driver: 'local', DriverOpts: { type: 'none', o: 'bind,ro', device: '/srv' }, Labels: { a: 'b', c: '' } },
    ],
    ['GET', '/volumes', 'filters={"dangling":["true"]}', undefined],
    ['POST', '/volumes/prune', 'filters={"label":["x"],"all":["true"]}', undefined],
    ['DELETE', '/volumes/data', 'force=1', undefined],
  ])
})

test('a prune that is not wanted deletes nothing', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const io = fakeIo()
  io.stdin.end('n\n')
  const { code, stdout } = await runCommand(['--socket', engine.socket, 'volume', 'prune'], io)
  assert.notEqual(code, 0)
  assert.match(stdout, /anonymous local volumes/)
  assert.equal(engine.seen.length, 0)
})
