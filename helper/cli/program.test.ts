import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMANDS } from './commands.ts'
import type { FakeRoutes } from './testing/fake-engine.ts'
import { fakeEngine, frame, json } from './testing/fake-engine.ts'
import { fakeIo, NOW, runCommand } from './testing/fake-io.ts'

const CONTAINERS = [
  {
    Id: 'a'.repeat(64),
    Names: ['/web', '/other/link'],
    Image: 'nginx:latest',
    ImageID: `sha256:${'b'.repeat(64)}`,
    Command: "/docker-entrypoint.sh nginx -g 'daemon off;'",
    Created: NOW / 1000 - 7300,
    Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }],
    SizeRw: 123456,
    SizeRootFs: 21500000,
    Labels: { 'com.example.my-label': 'x', a: 'b' },
    State: 'running',
    Status: 'Up 2 hours',
    HostConfig: { NetworkMode: 'default' },
    NetworkSettings: { Networks: { bridge: {} } },
    Mounts: [{ Type: 'bind', Source: '/home/user/some/path', Destination: '/z', Mode: '', RW: true, Propagation: 'rprivate' }],
  },
  {
    Id: 'c'.repeat(64),
    Names: ['/日本'],
    Image: 'host',
    ImageID: `sha256:${'d'.repeat(64)}`,
    Command: 'true',
    Created: NOW / 1000 - 45,
    Ports: [],
    Labels: {},
    State: 'exited',
    Status: 'Exited (1) 3 seconds ago',
    HostConfig: { NetworkMode: 'none' },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  },
]

const IMAGES = [
  {
    Id: `sha256:${'b'.repeat(64)}`,
    RepoTags: ['nginx:latest', 'localhost:5000/a/b:1'],
    RepoDigests: [`nginx@sha256:${'e'.repeat(64)}`],
    Created: NOW / 1000 - 86400 * 20,
    Size: 187654321,
    SharedSize: -1,
    Containers: -1,
  },
  { Id: `sha256:${'f'.repeat(64)}`, RepoTags: [], RepoDigests: [], Created: NOW / 1000 - 3599, Size: 999, SharedSize: 0, Containers: 2 },
]

const SAMPLE = {
  id: 'a'.repeat(64),
  name: '/web',
  pids_stats: { current: 5 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: 'read', value: 123456 },
      { op: 'write', value: 0 },
    ],
  },
  cpu_stats: { cpu_usage: { total_usage: 2e9 }, system_cpu_usage: 100e9, online_cpus: 2 },
  precpu_stats: { cpu_usage: { total_usage: 1.9e9 }, system_cpu_usage: 98e9 },
  memory_stats: { usage: 12345678, stats: { inactive_file: 1000000 }, limit: 2087000000 },
  networks: { eth0: { rx_bytes: 1234, tx_bytes: 5678901 } },
}

const INSPECT = '{"Id":"abc","Name":"/web","State":{"Status":"running"},"HostConfig":{"Memory":9223372036854771712},"Config":{"Tty":false}}'
const EVENT = `{"Type":"container","Action":"start","Actor":{"ID":"abc","Attributes":{"name":"web","image":"nginx"}},"scope":"local","time":1767225600,"timeNano":1767225600123456789}\n`

const ROUTES: FakeRoutes = {
  'GET /containers/json': () => CONTAINERS,
  'GET /images/json': () => IMAGES,
  'GET /containers/web/json': (_, response) => void response.end(INSPECT),
  'GET /images/host/json': () => ({ Id: 'sha256:1' }),
  'GET /containers/web/stats': () => SAMPLE,
  'GET /containers/web/top': () => ({ Titles: ['PID', 'COMMAND'], Processes: [['1', 'sh']] }),
  'GET /containers/web/changes': () => [
    { Path: '/a', Kind: 0 },
    { Path: '/b', Kind: 1 },
    { Path: '/c', Kind: 2 },
  ],
  'GET /containers/web/logs': (_, response) => void response.end(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')])),
  'GET /events': (_, response) => void response.end(EVENT),
  'POST /containers/web/stop': (_, response) => json(response, 204, undefined),
  'POST /containers/old/start': (_, response) => json(response, 304, undefined),
  'DELETE /containers/web': (_, response) => json(response, 204, undefined),
  'POST /containers/web/wait': () => ({ StatusCode: 9 }),
  'POST /containers/web/rename': (_, response) => json(response, 204, undefined),
  'POST /containers/web/update': () => ({ Warnings: ['no swap'] }),
  'POST /containers/prune': () => ({ ContainersDeleted: ['x', 'y'], SpaceReclaimed: 1234567 }),
  'POST /pocker/images/import': (_, response) => json(response, 201, { Id: 'sha256:new' }),
  'DELETE /images/host': () => [{ Untagged: 'host:latest' }, { Deleted: 'sha256:1' }],
  'GET /system/df': () => ({
    LayersSize: 1000,
    Images: [{ ...IMAGES[0], Containers: 1, SharedSize: 0, Size: 250 }],
    Containers: [
      { ...CONTAINERS[0], SizeRw: 100 },
      { ...CONTAINERS[1], SizeRw: 300 },
    ],
    Volumes: [],
    BuildCache: [],
  }),
  'GET /version': () => ({
    Platform: { Name: 'Pocker' },
    Components: [],
    Version: '1',
    ApiVersion: '1.47',
    MinAPIVersion: '1.41',
    GitCommit: '',
    BuildTime: '',
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: '6',
  }),
}

// Recorded from Docker's own command line (28.2) against the same answers.
for (const [args, stdout] of [
  [
    ['ps', '-a'],
    `CONTAINER ID   IMAGE          COMMAND                  CREATED          STATUS                     PORTS                  NAMES
aaaaaaaaaaaa   nginx:latest   "/docker-entrypoint.…"   2 hours ago      Up 2 hours                 0.0.0.0:8080->80/tcp   web
cccccccccccc   host           "true"                   45 seconds ago   Exited (1) 3 seconds ago                          日本
`,
  ],
  [['ps', '-q'], 'aaaaaaaaaaaa\ncccccccccccc\n'],
  [['container', 'ls', '-q', '--no-trunc'], `${'a'.repeat(64)}\n${'c'.repeat(64)}\n`],
  [['ps', '--format', '{{.Names}} {{.Size}} {{.Label "a"}}'], 'web 123kB (virtual 21.5MB) b\n日本 0B \n'],
  [
    ['ps', '--format', 'table {{.Names}}\\t{{.Mounts}}\\t{{.Label "com.example.my-label"}}'],
    'NAMES     MOUNTS            my label\nweb       /home/user/som…   x\n日本                        \n',
  ],
  [
    ['images'],
    `REPOSITORY           TAG       IMAGE ID       CREATED          SIZE
nginx                latest    bbbbbbbbbbbb   2 weeks ago      188MB
localhost:5000/a/b   1         bbbbbbbbbbbb   2 weeks ago      188MB
<none>               <none>    ffffffffffff   59 minutes ago   999B
`,
  ],
  [['image', 'ls', '-q'], 'bbbbbbbbbbbb\nbbbbbbbbbbbb\nffffffffffff\n'],
  [
    ['stats', '--no-stream', 'web'],
    `CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O           BLOCK I/O    PIDS
aaaaaaaaaaaa   web       10.00%    10.82MiB / 1.944GiB   0.54%     1.23kB / 5.68MB   123kB / 0B   5
`,
  ],
  [['top', 'web'], 'PID                 COMMAND\n1                   sh\n'],
  [['diff', 'web'], 'C /a\nA /b\nD /c\n'],
  [['inspect', '-f', '{{.Name}} {{json .State}}', 'web'], '/web {"Status":"running"}\n'],
  [['inspect', '--type', 'image', 'host'], '[\n    {\n        "Id": "sha256:1"\n    }\n]\n'],
  [['wait', 'web'], '9\n'],
  [['rename', 'web', 'other'], ''],
  [['stop', '-t', '3', 'web'], 'web\n'],
  [['start', 'old'], 'old\n'],
  [['update', '-m', '1g', 'web'], 'web\nno swap\n'],
  [['container', 'prune', '-f'], 'Deleted Containers:\nx\ny\n\nTotal reclaimed space: 1.235MB\n'],
  [['import', '/', 'mine'], 'sha256:new\n'],
  [['rmi', 'host'], 'Untagged: host:latest\nDeleted: sha256:1\n'],
  [
    ['system', 'df'],
    `TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE
Images          1         1         1kB       750B (75%)
Containers      2         1         400B      300B (75%)
Local Volumes   0         0         0B        0B
Build Cache     0         0         0B        0B
`,
  ],
  [['events', '--format', '{{.Action}} {{.Actor.Attributes.name}}'], 'start web\n'],
] as const) {
  test(args.join(' '), async () => {
    await using engine = await fakeEngine({ routes: ROUTES })
    assert.deepEqual(await runCommand(['--socket', engine.socket, ...args]), { code: 0, stdout, stderr: '' })
  })
}

test('inspect keeps the digits of large numbers', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  assert.match((await runCommand(['--socket', engine.socket, 'inspect', 'web'])).stdout, /"Memory": 9223372036854771712$/m)
})

test('inspect prints what is there and tells what is not', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const result = await runCommand(['--socket', engine.socket, 'inspect', '-f', '{{.Id}}', 'web', 'nope', 'host'])
  assert.deepEqual(result, { code: 1, stdout: 'abc\nsha256:1\n', stderr: 'pocker: no such object: nope\n' })
})

test('logs go to the stream they came from', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  assert.deepEqual(await runCommand(['--socket', engine.socket, 'logs', '-n', '5', '--since', '10m', 'web']), {
    code: 0,
    stdout: 'out\n',
    stderr: 'err\n',
  })
  const query = engine.seen.find((request) => request.path.endsWith('/logs'))?.query
  assert.deepEqual([query?.get('tail'), query?.get('since')], ['5', `${NOW / 1000 - 600}.000000000`])
})

test('an event has its moment to the nanosecond', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  assert.match(
    (await runCommand(['--socket', engine.socket, 'events'])).stdout,
    /\.123456789\S+ container start abc \(image=nginx, name=web\)\n$/,
  )
})

test('rm tells which could not be removed', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const result = await runCommand(['--socket', engine.socket, 'rm', 'web', 'nope'])
  assert.deepEqual(result, { code: 1, stdout: 'web\n', stderr: 'pocker: no such thing: DELETE /containers/nope\n' })
})

test('rm -f does not mind what is not there', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  assert.equal((await runCommand(['--socket', engine.socket, 'rm', '-f', 'nope'])).code, 0)
})

test('a name cannot lead elsewhere', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  await runCommand(['--socket', engine.socket, 'rm', 'a/../b?force=1 HTTP/1.1\r\nX: y'])
  assert.deepEqual(
    engine.seen.map(({ path }) => path),
    ['/containers/a%2F..%2Fb%3Fforce%3D1%20HTTP%2F1.1%0D%0AX%3A%20y'],
  )
})

test('prune asks first', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const io = fakeIo()
  io.stdin.end('n\n')
  assert.equal((await runCommand(['--socket', engine.socket, 'container', 'prune'], io)).code, 1)
  assert.deepEqual(engine.seen, [])
})

test('filters are sent as Docker writes them', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  await runCommand(['--socket', engine.socket, 'ps', '-f', 'label=a', '--filter', 'label=b=c', '-f', 'status=exited'])
  assert.deepEqual(JSON.parse(engine.seen[0]?.query.get('filters') ?? ''), { label: ['a', 'b=c'], status: ['exited'] })
})

test('the API version is asked for of our own helper only', async () => {
  const versions: string[] = []
  await using engine = await fakeEngine({ routes: { 'GET /containers/json': () => [] } })
  const io = fakeIo({ env: { DOCKER_HOST: `unix://${engine.socket}` } })
  versions.push((await runCommand(['ps', '-q'], io)).stdout)
  assert.deepEqual([engine.seen.length, versions], [1, ['']])
})

for (const [args, code, stderr] of [
  [['ps', '--bad'], 125, "pocker: unknown flag: --bad\nSee 'pocker ps --help'\n"],
  [['run'], 1, "pocker: 'pocker run' requires at least 1 argument\nSee 'pocker run --help'\n"],
  [['run', '-m', 'x', 'host'], 125, `pocker: invalid argument "x" for "-m, --memory" flag: invalid size: 'x'\nSee 'pocker run --help'\n`],
  [
    ['run', '--rm', '--restart', 'always', 'host'],
    125,
    "pocker: conflicting options: cannot specify both --restart and --rm\nSee 'pocker run --help'\n",
  ],
  [
    ['container', 'run', '-d', '-a', 'stdin', 'host'],
    125,
    "pocker: conflicting options: cannot specify both --attach and --detach\nSee 'pocker container run --help'\n",
  ],
  [['frobnicate'], 1, "pocker: unknown command: pocker frobnicate\nHint: 'pocker help' lists all commands\n"],
  [['container', 'frobnicate'], 1, "pocker: unknown command: pocker container frobnicate\nHint: 'pocker help' lists all commands\n"],
  [['ps', 'x'], 1, "pocker: 'pocker ps' accepts no arguments\nSee 'pocker ps --help'\n"],
  [['rename', 'x'], 1, "pocker: 'pocker rename' requires exactly 2 arguments\nSee 'pocker rename --help'\n"],
  [['rm', ''], 1, 'pocker: container name cannot be empty\n'],
  [['update', 'x'], 1, "pocker: you must provide one or more flags when using this command\nSee 'pocker update --help'\n"],
  [['inspect', '-f', '{{.', 'x'], 64, 'pocker: template parsing error: unclosed action\n'],
  [
    ['-H', 'tcp://1.2.3.4', 'ps'],
    1,
    'pocker: find engine "tcp://1.2.3.4": only unix sockets and ssh are supported\nHint: write it as unix:///path/to/socket or ssh://user@host\n',
  ],
] as const) {
  test(`${args.join(' ')} exits with ${code}`, async () => assert.deepEqual(await runCommand(args), { code, stdout: '', stderr }))
}

test("nobody at another engine's place is told, and nothing is started there", async () => {
  const result = await runCommand(['ps'], fakeIo({ env: { DOCKER_HOST: 'unix:///nowhere/at/all.sock' } }))
  assert.deepEqual(result, {
    code: 1,
    stdout: '',
    stderr: 'pocker: connect to the engine at unix:///nowhere/at/all.sock: nobody listens there\n',
  })
})

test('control characters in an error cannot reach the terminal', async () => {
  await using engine = await fakeEngine({
    routes: { 'GET /containers/json': (_, response) => json(response, 500, { message: 'bad \u001b[2J name' }) },
  })
  assert.equal((await runCommand(['--socket', engine.socket, 'ps'])).stderr, 'pocker: bad \ufffd[2J name\n')
})

test('every command has a help of its own', async () => {
  for (const { name } of COMMANDS) {
    const { code, stdout } = await runCommand(['help', ...name.split(' ')])
    assert.deepEqual([code, stdout.startsWith(`Usage:  pocker ${name} `)], [0, true], name)
  }
})

test('the help names every command of the top', async () => {
  const { stdout } = await runCommand(['help'])
  for (const { name, section } of COMMANDS) if (section !== 'group') assert.match(stdout, new RegExp(`^  ${name} `, 'm'))
})
