import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HUB } from './credentials/credentials.ts'
import type { FakeEngine, FakeRoutes } from './testing/fake-engine.ts'
import { fakeEngine, json } from './testing/fake-engine.ts'
import { fakeIo, NOW, runCommand } from './testing/fake-io.ts'
import { progressRoute } from './testing/progress-route.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const PULLED = progressRoute(
  { status: 'Pulling from library/busybox', id: 'latest' },
  { status: 'Downloading', progressDetail: { current: 1, total: 2 }, id: 'aaa' },
  { status: 'Pull complete', progressDetail: {}, id: 'aaa' },
  { status: 'Status: Downloaded newer image for busybox:latest' },
)
const PULL_LINES = 'latest: Pulling from library/busybox\naaa: Pull complete\nStatus: Downloaded newer image for busybox:latest\n'

const ROUTES: FakeRoutes = {
  'POST /images/create': PULLED,
  'POST /images/busybox/push': progressRoute(
    { status: 'The push refers to repository' },
    { progressDetail: {}, aux: { Tag: 'latest' } },
    { status: 'latest: digest: x' },
  ),
  'POST /images/refused/push': progressRoute({ status: 'Preparing' }, { errorDetail: { message: 'denied: \u001b[2J' }, error: 'denied' }),
  'GET /images/busybox/history': () => [
    {
      Id: `sha256:${'a'.repeat(64)}`,
      Created: NOW / 1000 - 86400 * 3,
      CreatedBy: 'CMD ["sh"]\tand a rather long text that goes on and on',
      Size: 0,
      Comment: 'buildkit',
    },
    { Id: '<missing>', Created: 0, CreatedBy: 'ADD x', Size: 4300000, Comment: '' },
  ],
  'GET /images/search': () => [
    {
      name: 'busybox',
      description: 'Busybox base\nimage which is rather long in its text.',
      star_count: 3000,
      is_official: true,
      is_automated: false,
    },
    { name: 'me/x', description: '', star_count: 0, is_official: false, is_automated: true },
  ],
  'POST /images/prune': () => ({ ImagesDeleted: [{ Untagged: 'x:1' }, { Deleted: 'sha256:abc' }], SpaceReclaimed: 1234567 }),
  'POST /images/load': progressRoute({ stream: 'Loaded image: x:1\n' }),
  'POST /commit': (_, response) => json(response, 201, { Id: 'sha256:new' }),
  'POST /images/busybox/tag': (_, response) => json(response, 201, undefined),
  'GET /images/get': (_, response) => void response.end('an archive'),
  'GET /containers/web/export': (_, response) => void response.end('a root'),
  'GET /images/json': () => [
    {
      Id: `sha256:${'b'.repeat(64)}`,
      RepoTags: [],
      RepoDigests: [`x@sha256:${'c'.repeat(64)}`, `x@sha256:${'d'.repeat(64)}`],
      Created: NOW / 1000,
      Size: 250,
      SharedSize: -1,
      Containers: -1,
    },
  ],
}

// Recorded from Docker's own command line (28.2) against the same answers.
for (const [args, stdout] of [
  [['pull', 'busybox'], `Using default tag: latest\n${PULL_LINES}docker.io/library/busybox:latest\n`],
  [['pull', 'busybox:1'], `${PULL_LINES}docker.io/library/busybox:1\n`],
  [['image', 'pull', '-q', 'busybox'], 'docker.io/library/busybox:latest\n'],
  [['pull', '-a', 'reg:5/x'], `${PULL_LINES}reg:5/x\n`],
  [['push', 'busybox'], 'Using default tag: latest\nThe push refers to repository\nlatest: digest: x\n'],
  [['image', 'push', '-q', 'busybox:latest'], 'docker.io/library/busybox:latest\n'],
  [['tag', 'busybox', 'me/x'], ''],
  [['load'], 'Loaded image: x:1\n'],
  [['commit', 'web', 'me/x'], 'sha256:new\n'],
  [['container', 'commit', 'web'], 'sha256:new\n'],
  [['save', 'busybox', 'x'], 'an archive'],
  [['export', 'web'], 'a root'],
  [
    ['history', 'busybox'],
    `IMAGE          CREATED      CREATED BY                                      SIZE      COMMENT
aaaaaaaaaaaa   3 days ago   CMD ["sh"] and a rather long text that goes …   0B        buildkit
<missing>      N/A          ADD x                                           4.3MB     
`,
  ],
  [['image', 'history', '-q', 'busybox'], 'aaaaaaaaaaaa\n<missing>\n'],
  [['history', '-H=false', '--format', '{{.Size}}', 'busybox'], '0\n4300000\n'],
  [
    ['search', 'busybox'],
    `NAME      DESCRIPTION                                     STARS     OFFICIAL
busybox   Busybox base image which is rather long in i…   3000      [OK]
me/x                                                      0         
`,
  ],
  [['image', 'prune', '-af'], 'Deleted Images:\nuntagged: x:1\ndeleted: sha256:abc\n\nTotal reclaimed space: 1.235MB\n'],
  [['images', '--format', '{{.Repository}}:{{.Tag}}'], 'x:<none>\n'],
  [['images', '--digests', '-q'], 'bbbbbbbbbbbb\nbbbbbbbbbbbb\n'],
] as const) {
  test(args.join(' '), async () => {
    await using engine = await fakeEngine({ routes: ROUTES })
    const io = fakeIo()
    io.stdin.end('archive')
    assert.deepEqual(await runCommand(['--socket', engine.socket, ...args], io), { code: 0, stdout, stderr: '' })
  })
}

const asked = (engine: FakeEngine) =>
  engine.seen.map(({ method, path, query }) => `${method} ${path}?${decodeURIComponent(query.toString().replaceAll('+', ' '))}`)

for (const [args, request] of [
  [['pull', 'busybox'], 'POST /images/create?fromImage=busybox&tag=latest'],
  [['pull', '-a', 'busybox'], 'POST /images/create?fromImage=busybox'],
  [['pull', '--platform', 'aarch64', 'me/x:1'], 'POST /images/create?fromImage=me/x&tag=1&platform=linux/arm64'],
  [['pull', `x:1@sha256:${'a'.repeat(64)}`], `POST /images/create?fromImage=x&tag=sha256:${'a'.repeat(64)}`],
  [['push', 'busybox'], 'POST /images/busybox/push?tag=latest'],
  [['push', '--platform', 'linux/arm64', 'busybox:2'], 'POST /images/busybox/push?tag=2&platform={"os":"linux","architecture":"arm64"}'],
  [['tag', 'busybox', 'reg:5/x:2'], 'POST /images/busybox/tag?repo=reg:5/x&tag=2'],
  [['save', 'a', 'b:1'], 'GET /images/get?names=a&names=b:1'],
  [['load', '-q'], 'POST /images/load?quiet=1'],
  [
    ['import', '-c', 'CMD a', '-c', 'ENV B=c', '-m', 'hi', '-', 'me/y:2'],
    'POST /images/create?fromSrc=-&repo=me/y:2&message=hi&changes=CMD a&changes=ENV B=c',
  ],
  [['import', 'https://example.com/x.tar'], 'POST /images/create?fromSrc=https://example.com/x.tar'],
  [
    ['commit', '-a', 'Me', '-m', 'hi', '-c', 'CMD a', '-p=false', 'web', 'x'],
    'POST /commit?container=web&repo=x&tag=latest&comment=hi&author=Me&changes=CMD a&pause=0',
  ],
  [['search', '--limit', '5', '-f', 'is-official=true', 'x'], 'GET /images/search?term=x&limit=5&filters={"is-official":["true"]}'],
  [['image', 'prune', '-f', '--filter', 'until=24h'], 'POST /images/prune?filters={"until":["24h"],"dangling":["true"]}'],
  [['rmi', '-f', '--no-prune', 'x'], 'DELETE /images/x?force=1&noprune=1'],
] as const) {
  test(`${args.join(' ')} asks for that`, async () => {
    await using engine = await fakeEngine({ routes: ROUTES })
    const io = fakeIo()
    io.stdin.end('archive')
    await runCommand(['--socket', engine.socket, ...args], io)
    assert.deepEqual(asked(engine), [request])
  })
}

for (const [args, code, stderr] of [
  [['push', 'refused'], 1, /^pocker: denied: \ufffd\[2J\n$/],
  [['push', '-a', 'busybox:1'], 1, /tag can't be used with --all-tags/],
  [['push', `x@sha256:${'a'.repeat(64)}`], 1, /cannot push a digest reference/],
  [['pull', '-a', 'busybox:1'], 1, /tag can't be used with --all-tags/],
  [['pull', 'Busybox'], 1, /invalid reference format/],
  [['pull', '--platform', 'a/b/c/d', 'x'], 125, /for "--platform" flag/],
  [['tag', 'x', `y@sha256:${'a'.repeat(64)}`], 1, /cannot have a digest/],
  [['history', 'nope'], 1, /no such thing: GET \/images\/nope\/history/],
  [['save', 'x', '-o', '/proc/nowhere/file'], 1, /directory "\/proc\/nowhere" does not exist/],
  [['save', 'x', '-o', '/tmp'], 1, /must be a regular file/],
  [['save', 'x', '-o', '/dev/null'], 1, /must be a regular file/],
  [['load', '-i', '/proc/nowhere'], 1, /^pocker: open \/proc\/nowhere: no such file or directory\n$/],
  [['load', '-i', '/'], 1, /it is a folder/],
  [['import', '/proc/nowhere', 'x'], 1, /no such file/],
  [['import', '/', 'x', '-m', 'hi'], 1, /--message is for archives/],
  [['import', '/'], 1, /needs a name/],
  [['commit', ''], 1, /container name cannot be empty/],
  [['search', '--limit', 'x', 'y'], 125, /"--limit" flag/],
  [['rmi', 'nope'], 1, /no such thing/],
  [['rmi', '-f', 'nope'], 0, /no such thing/],
  [['run', '--pull', 'sometimes', 'x'], 125, /must be one of "always", "missing" or "never"/],
] as const) {
  test(`${args.join(' ')} exits with ${code}`, async () => {
    await using engine = await fakeEngine({ routes: ROUTES })
    const result = await runCommand(['--socket', engine.socket, ...args])
    assert.deepEqual([result.code, /^(push refused)$/.test(args.join(' ')) ? '' : result.stdout], [code, ''])
    assert.match(result.stderr, stderr)
  })
}

test('an archive does not go to a terminal, and none is read from one', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  for (const args of [['save', 'x'], ['export', 'web'], ['load']]) {
    const { code } = await runCommand(['--socket', engine.socket, ...args], fakeIo({ terminal: { rows: 24, columns: 80 } }))
    assert.equal(code, 1)
  }
  assert.deepEqual(engine.seen, [])
})

test('a saved file is there when it is complete, for its owner alone', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'x.tar')
  await using engine = await fakeEngine({ routes: ROUTES })
  const run = (...args: readonly string[]) => runCommand(['--socket', engine.socket, ...args], fakeIo({ cwd: folder.path }))
  assert.deepEqual(await run('save', '-o', 'x.tar', 'busybox'), { code: 0, stdout: '', stderr: '' })
  assert.deepEqual([readFileSync(file, 'utf8'), statSync(file).mode & 0o777], ['an archive', 0o600])
  assert.equal((await run('export', '-o', 'x.tar', 'nope')).code, 1)
  assert.deepEqual([readdirSync(folder.path), readFileSync(file, 'utf8')], [['x.tar'], 'an archive'])
})

test('a save that breaks off leaves no file', async () => {
  using folder = temporaryFolder()
  const routes: FakeRoutes = {
    'GET /images/get': (_, response) => {
      response.write('half')
      setImmediate(() => response.destroy())
    },
  }
  await using engine = await fakeEngine({ routes })
  const result = await runCommand(['--socket', engine.socket, 'save', '-o', 'x.tar', 'busybox'], fakeIo({ cwd: folder.path }))
  assert.deepEqual([result.code, readdirSync(folder.path)], [1, []])
})

test('what is loaded is sent as it is', async () => {
  using folder = temporaryFolder()
  const bytes = Buffer.alloc(1_000_000, 'tar')
  writeFileSync(join(folder.path, 'x.tar'), bytes)
  await using engine = await fakeEngine({ routes: ROUTES })
  for (const args of [
    ['load', '-i', 'x.tar'],
    ['import', 'x.tar', 'me/x'],
  ]) {
    assert.equal((await runCommand(['--socket', engine.socket, ...args], fakeIo({ cwd: folder.path }))).code, 0)
  }
  const io = fakeIo()
  io.stdin.end(bytes)
  assert.equal((await runCommand(['--socket', engine.socket, 'load'], io)).code, 0)
  assert.deepEqual(
    engine.seen.map((request) => request.bytes.equals(bytes)),
    [true, true, true],
  )
})

test('credentials go to their registry and to no other', async () => {
  using folder = temporaryFolder()
  const auth = Buffer.from('me:pw').toString('base64')
  writeFileSync(
    join(folder.path, 'config.json'),
    JSON.stringify({ auths: { [HUB]: { auth }, 'reg:5': { auth: Buffer.from('you:s').toString('base64') } } }),
  )
  await using engine = await fakeEngine({ routes: ROUTES })
  const io = () => fakeIo({ env: { DOCKER_CONFIG: folder.path } })
  for (const args of [
    ['pull', 'busybox'],
    ['push', 'busybox'],
    ['search', 'x'],
    ['pull', 'reg:5/x'],
    ['pull', 'evil.example/x'],
    ['history', 'busybox'],
  ]) {
    await runCommand(['--socket', engine.socket, ...args], io())
  }
  const users = engine.seen.map(({ headers }) => {
    const header = headers['x-registry-auth']
    return typeof header === 'string' ? JSON.parse(Buffer.from(header, 'base64url').toString('utf8')).username : 'no header'
  })
  assert.deepEqual(users, ['me', 'me', 'me', 'you', undefined, 'no header'])
})

test('image prune asks first', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  const io = fakeIo()
  io.stdin.end('n\n')
  const { code, stdout } = await runCommand(['--socket', engine.socket, 'image', 'prune'], io)
  assert.deepEqual([code, engine.seen.length], [1, 0])
  assert.equal(stdout, 'WARNING! This will remove all dangling images.\nAre you sure you want to continue? [y/N] ')
})
