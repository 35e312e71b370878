import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fakeEngine } from '../testing/fake-engine.ts'
import { accountOf, parseAccounts } from './accounts.ts'
import { type ContainerFiles, containerFiles } from './container-files.ts'
import { findShell } from './find-shell.ts'
import { readyHost } from './shell.fixture.ts'
import { Shells } from './shells.ts'

const PASSWD = `root:x:0:0:root:/root:/bin/zsh
# no account
daemon:x:1:1::/:/usr/sbin/nologin
me:x:1000:1000:,,,:/home/me:/opt/fish
1000:x:7:7::/:/bin/odd
evil:x:8:8::/:$(reboot)
`

/** Files by path, and what was looked at. */
function filesOf(paths: Readonly<Record<string, 'program' | 'text' | 'folder'>>, passwd?: string) {
  const looked: string[] = []
  const files: ContainerFiles = {
    look: async (path) => {
      looked.push(path)
      const kind = paths[path]
      return kind === undefined ? undefined : { isFile: kind !== 'folder', isExecutable: kind !== 'text' }
    },
    read: async () => (passwd === undefined ? undefined : Buffer.from(passwd)),
  }
  return { files, looked }
}

test('the user’s own shell comes first, then the better ones', async () => {
  const all = { '/bin/zsh': 'program', '/bin/bash': 'program', '/opt/fish': 'program', '/bin/sh': 'program' } as const
  assert.equal(await findShell(filesOf(all, PASSWD).files, ''), '/bin/zsh')
  assert.equal(await findShell(filesOf(all, PASSWD).files, 'me:staff'), '/opt/fish')
  assert.equal(await findShell(filesOf(all, PASSWD).files, 'daemon'), '/bin/bash')
  assert.equal(await findShell(filesOf(all).files, ''), '/bin/bash')
  assert.equal(await findShell(filesOf({ '/bin/sh': 'program' }, PASSWD).files, ''), '/bin/sh')
})

test('what is not a program is no shell', async () => {
  assert.equal(await findShell(filesOf({ '/bin/bash': 'folder', '/bin/ash': 'text', '/bin/sh': 'program' }).files, ''), '/bin/sh')
  assert.equal(await findShell(filesOf({}, PASSWD).files, ''), undefined)
})

test('an account’s shell that is no plain path is not looked at', async () => {
  const { files, looked } = filesOf({}, PASSWD)
  await findShell(files, 'evil')
  assert.ok(looked.every((path) => path.startsWith('/') && !path.includes('$')))
})

test('accounts in Docker’s notation', () => {
  const accounts = parseAccounts(PASSWD)
  assert.deepEqual(
    ['', '0', 'me', 'me:root', '1000', '8', 'nobody'].map((user) => accountOf(accounts, user)?.name),
    ['root', 'root', 'me', 'me', '1000', 'evil', undefined],
  )
})

async function hostWith(t: TestContext, isPocker: boolean) {
  const engine = await fakeEngine(t)
  if (!isPocker) engine.version = { ...engine.version, Platform: { Name: 'Docker Engine' } }
  return { engine, host: await readyHost(t, engine) }
}

const FACTS = {
  id: 'c1',
  name: 'web',
  imageId: 'sha256:1',
  user: '',
  hasLocale: false,
  hasTerminal: true,
  takesInput: true,
  isRunning: true,
  isPaused: false,
  isRestarting: false,
  isLeaving: false,
  exitCode: 0,
}

test('with Pocker nothing is run: files are looked at through the engine, once for each image and user', async (t) => {
  const { engine, host } = await hostWith(t, true)
  engine.handlers.set('GET /pocker/containers/c1/files/content', (_request, response, url) => {
    assert.equal(url.searchParams.get('path'), '/etc/passwd')
    response.end(PASSWD)
  })
  engine.handlers.set('GET /pocker/containers/c1/files/stat', (_request, response, url) => {
    assert.equal(url.searchParams.get('follow'), 'true')
    if (url.searchParams.get('path') !== '/bin/bash') response.writeHead(404).end(JSON.stringify({ message: 'x', code: 'no-such-file' }))
    else response.end(JSON.stringify({ kind: 'file', size: 1, mode: 0o755, uid: 0, gid: 0, modified: 0, changed: 0, isReadOnly: false }))
  })
  const shells = new Shells()
  assert.equal(await shells.find(host, FACTS, ''), '/bin/bash')
  const asked = engine.calls.length
  assert.equal(await shells.find(host, { ...FACTS, id: 'c2' }, ''), '/bin/bash')
  assert.equal(engine.calls.length, asked)
  assert.ok(!engine.calls.some((call) => call.includes('/exec')))
})

test('a container that has gone is an error, and not one without a shell', async (t) => {
  const { engine, host } = await hostWith(t, true)
  engine.handlers.set('GET /pocker/containers/c1/files/content', (_request, response) =>
    response.writeHead(404).end(JSON.stringify({ message: 'x', code: 'no-such-container' })),
  )
  await assert.rejects(new Shells().find(host, FACTS, ''), { code: 'no-such-container' })
})

test('with another engine the archive’s head and the archive of one file tell the same, through links', async (t) => {
  const { engine, host } = await hostWith(t, false)
  const stats: Record<string, object> = {
    '/etc/passwd': { mode: 0o644 },
    '/bin/zsh': { mode: 0o777 + 0x08000000, linkTarget: '/usr/bin/zsh-5.9' },
    '/usr/bin/zsh-5.9': { mode: 0o755 },
    '/tmp': { mode: 0o777 + 0x80000000 },
  }
  engine.handlers.set('HEAD /containers/c1/archive', (_request, response, url) => {
    const stat = stats[url.searchParams.get('path') ?? '']
    if (stat === undefined) response.writeHead(404)
    else
      response.setHeader(
        'X-Docker-Container-Path-Stat',
        Buffer.from(JSON.stringify({ size: 1, mtime: '2026-01-01T00:00:00Z', ...stat })).toString('base64'),
      )
    response.end()
  })
  engine.handlers.set('GET /containers/c1/archive', (_request, response) => response.end(tarOf(t, PASSWD)))
  const files = containerFiles(host, 'c1')
  assert.equal((await files.read('/etc/passwd', 1000))?.toString(), PASSWD)
  assert.deepEqual(await files.look('/bin/zsh'), { isFile: true, isExecutable: true })
  assert.deepEqual(await files.look('/tmp'), { isFile: false, isExecutable: true })
  assert.equal(await files.look('/nowhere'), undefined)
  assert.equal(await findShell(files, ''), '/bin/zsh')
})

function tarOf(t: TestContext, content: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-tar-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'passwd'), content)
  return execFileSync('tar', ['-C', folder, '-c', 'passwd'])
}
