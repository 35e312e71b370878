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
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FileServer } from '../../helper/files/file-server.ts'
import {
  codeOf,
  contentOf,
  leftovers,
  listOf,
  makeServedFolders,
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
      const end = Date.now() + 20_000
      // The attacker takes its time to begin.
      for (let round = 0; round < ROUNDS || (codes.size === 1 && Date.now() < end); round++) {
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

/** Whatever its names are exchanged for meanwhile. */
function empty(folder: string): void {
  while (readdirSync(folder).length > 0) {
    try {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
    } catch {
      // It was another kind of file a moment ago.
    }
  }
}

test('a folder that is swapped for a link is not what is changed or emptied', options, async (context) => {
  const { path, lower, view } = makeServedFolders(context)
  const volume = join(path, 'volume')
  mkdirSync(volume)
  chownSync(volume, 1000, 1000)
  mkdirSync(join(lower, 'precious/inner'), { recursive: true })
  writeFileSync(join(lower, 'precious/file'), '')
  const server = serveView(context, { ...view, mounts: [{ source: volume, destination: '/volume', readOnly: false }] })
  const codes = new Set<string>()
  {
    // As soon as there is a folder by that name, it is a link to another one of the container's.
    await using _ = swap(volume, 'new', 'link')
    const end = Date.now() + 20_000
    // The attacker takes its time to begin.
    for (let round = 0; round < ROUNDS || (codes.size === 1 && Date.now() < end); round++) {
      empty(volume)
      symlinkSync('/precious', join(volume, 'link'))
      codes.add(await codeOf(server.ask('folder', { path: '/volume/new' })))
      codes.add(await codeOf(server.ask('remove', { path: '/volume/new', recursive: true })))
    }
  }
  assert.ok(codes.size > 1, `the attack never hit: ${[...codes].join()}`)
  assert.deepEqual(await namesOf(server, '/precious'), ['file', 'inner'])
  assert.deepEqual([(await statOf(server, '/precious')).uid, (await statOf(server, '/precious')).mode], [0, 0o755])
})

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
  const end = Date.now() + 20_000
  for (let round = 0; round < 500 || (codes.size === 1 && Date.now() < end); round++)
    codes.add(await codeOf(contentOf(server, '/volume/file')))
  assert.deepEqual([...codes].sort(), ['none', 'not-a-file'])
  assert.equal(existsSync(opened), false)
  waiting.kill('SIGKILL')
})

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
