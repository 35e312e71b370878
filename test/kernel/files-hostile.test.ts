/** What a container can do to whoever looks into its files: nothing beyond its own. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import type { FileServer } from '../../helper/files/file-server.ts'
import {
  children,
  codeOf,
  contentOf,
  leftovers,
  listOf,
  makeServedFolders,
  makeServers,
  namesOf,
  type ServedFolders,
  serveView,
  statOf,
  write,
} from '../support/file-serving.ts'
import { skipUnlessRoot } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

/** Has two names of a folder change places by renameat2(2), as fast as the kernel does it: a path is never missing in between. */
function swap(folder: string, one: string, other: string): AsyncDisposable {
  const script = `import ctypes,sys\nc=ctypes.CDLL(None)\nwhile True: c.renameat2(-100,b"${one}",-100,b"${other}",2)`
  const swapper = spawn('python3', ['-c', script], { cwd: folder, stdio: 'ignore' })
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(swapper, 'exit')
      swapper.kill('SIGKILL')
      await ended
    },
  }
}

/** A volume with a folder of the container's, and a link out of it. */
function serveVolume(context: TestContext, { path, canary, view }: ServedFolders): { server: FileServer; volume: string } {
  const volume = join(path, 'volume')
  mkdirSync(volume)
  mkdirSync(join(volume, 'folder'))
  writeFileSync(join(volume, 'folder/secret'), 'mine')
  symlinkSync(canary, join(volume, 'link'))
  return { volume, server: serveView(context, { ...view, mounts: [{ source: volume, destination: '/volume', readOnly: false }] }) }
}

const ROUNDS = 300

for (const [what, attack, prepare = async () => undefined] of [
  ['looking', (server: FileServer, round: number) => statOf(server, '/volume/folder', round % 2 === 0)],
  ['listing', (server: FileServer) => listOf(server, '/volume/folder')],
  ['reading', (server: FileServer) => contentOf(server, '/volume/folder/secret')],
  ['writing', (server: FileServer, round: number) => write(server, `/volume/folder/${round % 2 === 0 ? 'secret' : 'new'}`, 'hostile')],
  ['making a folder', (server: FileServer, round: number) => server.ask('folder', { path: `/volume/folder/${round}` })],
  [
    'renaming',
    (server: FileServer, round: number) =>
      server.ask('rename', { from: '/volume/folder/secret', to: `/volume/folder/${round}`, overwrite: true }),
    (server: FileServer) => write(server, '/volume/folder/secret', 'mine'),
  ],
  [
    'copying',
    (server: FileServer, round: number) => server.ask('copy', { from: '/volume/folder', to: `/volume/${round}`, overwrite: false }),
  ],
  [
    'deleting',
    (server: FileServer) => server.ask('remove', { path: '/volume/folder/secret', recursive: true }),
    (server: FileServer) => write(server, '/volume/folder/secret', 'mine'),
  ],
  [
    'deleting a folder',
    (server: FileServer) => server.ask('remove', { path: '/volume/folder/inner', recursive: true }),
    (server: FileServer) => server.ask('folder', { path: '/volume/folder/inner' }),
  ],
  ['watching', async (server: FileServer) => (await server.watch({ path: '/volume/folder', recursive: true }, QUIET))()],
] as const) {
  test(`E10: ${what} while a folder is swapped for a link out of the container leads nowhere`, options, async (context) => {
    const folders = makeServedFolders(context)
    const { server, volume } = serveVolume(context, folders)
    const codes = new Set<string>()
    {
      await using _ = swap(volume, 'folder', 'link')
      for (let round = 0; round < ROUNDS; round++) {
        await prepare(server).catch(() => undefined) // there is no such folder at the moment
        codes.add(await codeOf(attack(server, round).then((result) => assert.ok(!JSON.stringify(result ?? '').includes('canary secret')))))
      }
    }
    // Of a kind that a link to nowhere, or a change of mind, has: and the canary is looked at when the test is over.
    const expected = ['none', 'no-such-file', 'not-a-folder', 'file-exists', 'too-many-links', 'is-a-folder', 'path-busy']
    assert.deepEqual(
      [...codes].filter((code) => !expected.includes(code)),
      [],
    )
    assert.ok(codes.size > 1, `the attack never hit: ${[...codes].join()}`)
    assert.deepEqual(leftovers(volume), [])
  })
}

const QUIET = { onChanges: () => undefined, onEnd: () => undefined }

test('links to the host, and magic ones, lead to none of its files', options, async (context) => {
  const { lower, canary, view } = makeServedFolders(context)
  for (const [name, target] of [
    ['out', canary],
    ['up', '../../../../../../../../etc'],
    ['magic', '/proc/self/root/etc'],
    ['cwd', '/proc/self/cwd'],
    ['one', '/proc/1/root/etc'],
  ] as const)
    symlinkSync(target, join(lower, name))
  mkdirSync(join(lower, 'proc'))
  mkdirSync(join(lower, 'etc'))
  writeFileSync(join(lower, 'etc/passwd'), 'of the container')
  const server = serveView(context, view)
  assert.equal(await contentOf(server, '/up/passwd'), 'of the container')
  assert.equal(await contentOf(server, '/../../etc/passwd'), 'of the container')
  for (const path of ['/out/secret', '/magic/passwd', '/one/passwd', '/cwd/0', '/proc/self/root/etc/passwd', `${canary}/secret`]) {
    assert.equal(await codeOf(contentOf(server, path)), 'no-such-file', path)
  }
})

test('in a folder like /tmp, a link of another user leads nowhere', options, async (context) => {
  const { lower, upper, view } = makeServedFolders(context)
  for (const folder of [lower, upper]) mkdirSync(join(folder, 'tmp'))
  chmodSync(join(upper, 'tmp'), 0o1777)
  mkdirSync(join(lower, 'etc'))
  writeFileSync(join(lower, 'etc/passwd'), 'root')
  for (const [name, owner] of [
    ['theirs', 1000],
    ['mine', 0],
  ] as const) {
    symlinkSync('/etc/passwd', join(upper, 'tmp', name))
    lchownSync(join(upper, 'tmp', name), owner, owner)
  }
  const server = serveView(context, view)
  for (const work of [write(server, '/tmp/theirs', 'hostile'), contentOf(server, '/tmp/theirs'), statOf(server, '/tmp/theirs', true)]) {
    assert.equal(await codeOf(work), 'permission-denied')
  }
  assert.equal(await contentOf(server, '/tmp/mine'), 'root')
  assert.equal(existsSync(join(upper, 'etc/passwd')), false)
})

test('a file that becomes a pipe or a device while it is looked at is not opened', options, async (context) => {
  const folders = makeServedFolders(context)
  const volume = join(folders.path, 'volume')
  mkdirSync(volume)
  writeFileSync(join(volume, 'file'), 'content')
  execFileSync('mkfifo', [join(volume, 'other')])
  linkSync(join(volume, 'other'), join(volume, 'pipe'))
  // Who opens the pipe for reading lets this one through.
  const opened = join(folders.path, 'opened')
  const waiting = spawn('sh', ['-c', 'exec 3>pipe; touch "$0"', opened], { cwd: volume, stdio: 'ignore' })
  await using _ = swap(volume, 'file', 'other')
  const server = serveView(context, { ...folders.view, mounts: [{ source: volume, destination: '/volume', readOnly: false }] })
  const codes = new Set<string>()
  for (let round = 0; round < 500; round++) codes.add(await codeOf(contentOf(server, '/volume/file')))
  assert.deepEqual([...codes].sort(), ['none', 'not-a-file'])
  assert.equal(existsSync(opened), false)
  waiting.kill('SIGKILL')
})

test('what hangs ends with its process, and the next one answers', options, async (context) => {
  const { lower, view } = makeServedFolders(context)
  writeFileSync(join(lower, 'file'), 'content')
  const servers = makeServers(context, { deadline: 3000 })
  const start = () => servers.find('a', 'look') ?? servers.start({ key: 'a', owner: 'a', root: view, access: 'look' })
  const server = start()
  await statOf(server, '/file')
  const [pid] = [...children()]
  assert.ok(pid !== undefined)
  process.kill(pid, 'SIGSTOP')
  const waiting = [statOf(server, '/file'), listOf(server, '/'), contentOf(server, '/file')]
  assert.deepEqual(await Promise.all(waiting.map(codeOf)), ['files-not-answering', 'files-not-answering', 'files-not-answering'])
  await server.ended
  assert.equal(await contentOf(start(), '/file'), 'content')
})

test('long work is no hanging', options, async (context) => {
  const { lower, view } = makeServedFolders(context)
  mkdirSync(join(lower, 'many'))
  const deadline = 3000
  const server = serveView(context, view, { deadline })
  let took = 0
  for (let from = 0, to = 8000; took < 1.5 * deadline; from = to, to *= 2) {
    for (let index = from; index < to; index++) writeFileSync(join(lower, 'many', `${index}`), '')
    const begin = performance.now()
    await server.ask('copy', { from: '/many', to: `/copy-${to}`, overwrite: false })
    took = performance.now() - begin
  }
})

test('a process that dies is said to have, and another one comes', options, async (context) => {
  const { view } = makeServedFolders(context)
  const servers = makeServers(context)
  const server = servers.start({ key: 'a', owner: 'a', root: view, access: 'write' })
  await statOf(server, '/')
  const [pid] = [...children()]
  assert.ok(pid !== undefined)
  const ended = Promise.withResolvers<void>()
  await server.watch({ path: '/', recursive: false }, { onChanges: () => undefined, onEnd: ended.resolve })
  process.kill(pid, 'SIGSTOP')
  const asked = codeOf(statOf(server, '/'))
  process.kill(pid, 'SIGKILL')
  assert.equal(await asked, 'files-process-died')
  await ended.promise
  assert.equal(servers.find('a', 'write'), undefined)
  assert.equal(servers.serves('a'), false)
})

test('when it is told to end, what is half done is undone', options, async (context) => {
  const { lower, upper, view } = makeServedFolders(context)
  mkdirSync(join(lower, 'many'))
  for (let index = 0; index < 3000; index++) writeFileSync(join(lower, 'many', `${index}`), '')
  const server = serveView(context, view)
  const never = new Readable({ read: () => undefined })
  never.push('some')
  const works = [
    write(server, '/new', never),
    server.ask('copy', { from: '/many', to: '/copy', overwrite: false }),
    server.ask('create', { path: '/other', create: true, overwrite: false }).then(() => new Promise(() => undefined)),
  ]
  const codes = works.slice(0, 2).map(codeOf)
  while (!existsSync(join(upper, 'copy'))) await new Promise((resolve) => setTimeout(resolve, 1))
  await server.end()
  assert.deepEqual(await codes[1], 'files-interrupted')
  never.push('more')
  assert.equal(await codes[0], 'files-interrupted')
  assert.deepEqual(readdirSync(upper), [])
})

test('there are only so many processes: the idlest makes room, and what is in use stays', options, async (context) => {
  const { view } = makeServedFolders(context)
  const servers = makeServers(context, { limit: 2 })
  const start = (key: string) => servers.start({ key, owner: key, root: view, access: 'look' })
  const [a, b] = [start('a'), start('b')]
  await statOf(a, '/')
  await statOf(b, '/')
  await statOf(a, '/')
  const c = start('c')
  await b.ended
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => servers.find(key, 'look') !== undefined),
    [true, false, true],
  )
  const stop = await a.watch({ path: '/', recursive: false }, QUIET)
  await statOf(c, '/')
  using _ = c.hold()
  assert.throws(() => start('d'), { code: 'too-many-file-requests' })
  stop()
})

test('a process that nobody asks ends after a while', options, async (context) => {
  const { view } = makeServedFolders(context)
  const servers = makeServers(context, { idle: 50 })
  const server = servers.start({ key: 'a', owner: 'a', root: view, access: 'look' })
  const hold = server.hold()
  await statOf(server, '/')
  await new Promise((resolve) => setTimeout(resolve, 150))
  assert.equal(servers.serves('a'), true)
  hold[Symbol.dispose]()
  await server.ended
  assert.equal(servers.serves('a'), false)
})

test('requests without end are refused', options, async (context) => {
  const { lower, view } = makeServedFolders(context)
  writeFileSync(join(lower, 'large'), Buffer.alloc(1 << 20))
  const server = serveView(context, view)
  const codes = await Promise.all(Array.from({ length: 300 }, () => codeOf(statOf(server, '/'))))
  assert.deepEqual([...new Set(codes)].sort(), ['none', 'too-many-file-requests'])
  const handles = Array.from({ length: 200 }, () => codeOf(server.ask('open', { path: '/large', offset: 0, length: undefined })))
  assert.deepEqual([...new Set(await Promise.all(handles))].sort(), ['none', 'too-many-file-requests'])
  assert.equal((await statOf(server, '/large')).size, 1 << 20)
})

function statusOf(path: string): Map<string, string> {
  const lines = readFileSync(`${path}/status`, 'utf8').trim().split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

// chown, dac_override, fowner, fsetid, mknod, setfcap; and for a layer alone sys_admin, which reads overlayfs's marks
const FILE_CAPABILITIES = '000000008800001b'
const LAYER_CAPABILITIES = '000000008820001b'

for (const isLayer of [false, true]) {
  test(
    `the process has no privileges but those over files, and sees nothing else (${isLayer ? 'a layer' : 'a container'})`,
    options,
    async (context) => {
      const { lower, view } = makeServedFolders(context)
      writeFileSync(join(lower, 'mark'), '')
      const server = isLayer ? serveView(context, { folder: lower }, { access: 'read', isLayer }) : serveView(context, view)
      assert.deepEqual(await namesOf(server, '/'), ['mark'])
      const [pid] = [...children()]
      const status = statusOf(`/proc/${pid}`)
      for (const set of ['CapPrm', 'CapEff', 'CapBnd']) assert.equal(status.get(set), isLayer ? LAYER_CAPABILITIES : FILE_CAPABILITIES, set)
      for (const set of ['CapInh', 'CapAmb']) assert.equal(status.get(set), '0000000000000000', set)
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const of = statusOf(`/proc/${pid}/task/${thread}`)
        assert.deepEqual([of.get('Seccomp'), of.get('NoNewPrivs')], ['2', '1'], of.get('Name'))
      }
      assert.deepEqual(readdirSync(`/proc/${pid}/root`), ['mark'])
      const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n')
      assert.equal(mounts.length, 1)
      for (const option of ['nodev', 'nosuid', 'noexec']) assert.match(mounts[0] ?? '', new RegExp(`\\b${option}\\b`))
      for (const kind of ['mnt', 'net', 'ipc', 'uts']) {
        assert.notEqual(readlinkSync(`/proc/${pid}/ns/${kind}`), readlinkSync(`/proc/self/ns/${kind}`), kind)
      }
      const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
      assert.deepEqual(
        open.filter((path) => path.startsWith('/') && path !== '/' && path !== '/dev/null'),
        [],
      )
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter(Boolean)
        .map((line) => line.split('=')[0])
      assert.deepEqual(names.sort(), ['LANG', 'MALLOC_ARENA_MAX', 'PATH', 'UV_THREADPOOL_SIZE'])
    },
  )
}

test('a layer alone shows what it deletes and what it replaces', options, async (context) => {
  const { lower } = makeServedFolders(context)
  for (const name of ['opaque', 'plain']) mkdirSync(join(lower, name))
  writeFileSync(join(lower, 'opaque/file'), '')
  execFileSync('setfattr', ['-n', 'trusted.overlay.opaque', '-v', 'y', join(lower, 'opaque')])
  execFileSync('mknod', [join(lower, 'gone'), 'c', '0', '0'])
  chownSync(join(lower, 'plain'), 5, 6)
  const server = serveView(context, { folder: lower }, { access: 'read', isLayer: true })
  const { entries } = await listOf(server, '/')
  assert.deepEqual(
    entries.map(({ name, kind, layer, isReadOnly }) => [name, kind, layer, isReadOnly]),
    [
      ['gone', 'other', 'deletes', true],
      ['opaque', 'folder', 'replaces', true],
      ['plain', 'folder', undefined, true],
    ],
  )
  assert.equal((await statOf(server, '/opaque')).layer, 'replaces')
  assert.equal(await codeOf(write(server, '/new', 'x')), 'read-only-files')
  assert.deepEqual([statSync(lower).isDirectory(), readdirSync(lower).length], [true, 3])
})
