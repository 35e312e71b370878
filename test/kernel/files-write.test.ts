/** Files as they are written: whole or not at all, and no others than they were. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import {
  children,
  codeOf,
  leftovers,
  listOf,
  makeServedFolders,
  namesOf,
  serveFolders,
  serveView,
  statOf,
  write,
} from '../support/file-serving.ts'
import { mountTmpfs } from '../support/mounts.ts'
import { skipUnlessRoot } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

for (const [what, exists, how, expected] of [
  ['made', false, { create: true, overwrite: false }, 'none'],
  ['made or replaced', false, { create: true, overwrite: true }, 'none'],
  ['not made unless asked', false, { create: false, overwrite: true }, 'no-such-file'],
  ['kept unless asked', true, { create: true, overwrite: false }, 'file-exists'],
  ['replaced', true, { create: true, overwrite: true }, 'none'],
  ['saved', true, { create: false, overwrite: false }, 'none'],
] as const) {
  test(`a file that is ${exists ? 'there' : 'missing'} is ${what}`, options, async (context) => {
    const { server, seen } = serveFolders(context, ({ lower }) => {
      if (exists) writeFileSync(join(lower, 'file'), 'old')
    })
    assert.equal(await codeOf(write(server, '/file', 'new', how)), expected)
    if (exists || expected === 'none') assert.equal(seen('/file'), expected === 'none' ? 'new' : 'old')
  })
}

test('what comes to be there while a file is written counts when it is done', options, async (context) => {
  for (const [how, expected] of [
    [{ create: true, overwrite: false }, 'file-exists'],
    [{ create: true, overwrite: true }, 'none'],
  ] as const) {
    const { server } = serveFolders(context)
    const { handle } = (await server.ask('create', { path: '/file', ...how })).result
    await write(server, '/file', 'of somebody else', { mode: 0o600 })
    assert.equal(await codeOf(server.ask('commit', { handle })), expected)
    const { size, mode } = await statOf(server, '/file')
    assert.deepEqual([size, mode], [expected === 'none' ? 0 : 16, 0o600])
    assert.deepEqual(await namesOf(server, '/'), ['file'])
  }
})

test('a new file and folder belong to the owner of their folder, unless it is said otherwise', options, async (context) => {
  const { server } = serveFolders(context, ({ lower }) => {
    mkdirSync(join(lower, 'app'))
    chownSync(join(lower, 'app'), 1000, 1001)
  })
  const facts = ({ mode, uid, gid }: { mode: number; uid: number; gid: number }) => [mode.toString(8), uid, gid]
  assert.deepEqual(facts(await write(server, '/app/new', 'x')), ['644', 1000, 1001])
  assert.deepEqual(facts(await write(server, '/app/tool', 'x', { mode: 0o4755, uid: 5, gid: 6 })), ['4755', 5, 6])
  assert.deepEqual(facts((await server.ask('folder', { path: '/app/inner' })).result), ['755', 1000, 1001])
  assert.deepEqual(facts((await server.ask('folder', { path: '/app/other', mode: 0o1777, uid: 7 })).result), ['1777', 7, 1001])
  assert.deepEqual(facts(await write(server, '/app/inner/deep', 'x')), ['644', 1000, 1001])
  assert.equal(await codeOf(server.ask('folder', { path: '/app/inner' })), 'file-exists')
  assert.equal(await codeOf(server.ask('folder', { path: '/nowhere/inner' })), 'no-such-file')
})

test('a file that is replaced keeps owner, mode and attributes; its capabilities go, as with any write', options, async (context) => {
  const { server, upper } = serveFolders(context, ({ lower }) => {
    const file = join(lower, 'tool')
    writeFileSync(file, 'old')
    chownSync(file, 1000, 1001)
    chmodSync(file, 0o6755)
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', file])
    execFileSync('setcap', ['cap_net_raw+ep', file])
    // An access list for user 1234, as setfacl would write it.
    const list = '0x0200000001000700ffffffff02000500d204000004000500ffffffff10000500ffffffff20000500ffffffff'
    execFileSync('setfattr', ['-n', 'system.posix_acl_access', '-v', list, file])
  })
  const before = await statOf(server, '/tool')
  const after = await write(server, '/tool', 'new content')
  assert.deepEqual([after.mode, after.uid, after.gid], [before.mode, 1000, 1001])
  assert.equal(after.mode & 0o6000, 0o6000)
  const attributes = execFileSync('getfattr', ['-d', '-m', '^(user|system|security)', join(upper, 'tool')], { encoding: 'utf8' })
  assert.match(attributes, /user\.note="kept"/)
  assert.match(attributes, /posix_acl_access/)
  assert.doesNotMatch(attributes, /security\.capability/)
  assert.equal((await write(server, '/tool', 'x', { mode: 0o600 })).mode, 0o600)
})

test('writing goes through links, to where they lead in the container', options, async (context) => {
  const { server, seen } = serveFolders(context, ({ lower, canary }) => {
    mkdirSync(join(lower, 'data'))
    writeFileSync(join(lower, 'data/file'), 'old')
    symlinkSync('data/file', join(lower, 'relative'))
    symlinkSync('/data/file', join(lower, 'absolute'))
    symlinkSync('absolute', join(lower, 'twice'))
    symlinkSync('data/new', join(lower, 'dangling'))
    symlinkSync(join(canary, 'secret'), join(lower, 'out'))
    symlinkSync('../../../../../../etc/passwd', join(lower, 'up'))
    symlinkSync('/proc/1/root/etc', join(lower, 'magic'))
  })
  for (const link of ['relative', 'absolute', 'twice']) {
    await write(server, `/${link}`, link)
    assert.equal(seen('/data/file'), link)
    assert.equal((await statOf(server, `/${link}`)).kind, 'link')
  }
  await write(server, '/dangling', 'made')
  assert.equal(seen('/data/new'), 'made')
  for (const path of ['/out', '/up', '/magic/x']) assert.equal(await codeOf(write(server, path, 'hostile')), 'no-such-file', path)
})

test('a file with several names stays one, and so does one that is mounted', options, async (context) => {
  const folders = makeServedFolders(context)
  const { upper, lower, path, view } = folders
  mkdirSync(join(lower, 'etc'))
  for (const name of ['one', 'two']) writeFileSync(join(upper, name), 'old')
  renameSync(join(upper, 'one'), join(upper, 'two'))
  linkSync(join(upper, 'two'), join(upper, 'one'))
  writeFileSync(join(path, 'hosts'), 'a much longer old content')
  const { ino } = statSync(join(path, 'hosts'))
  const server = serveView(context, {
    ...view,
    mounts: [{ source: join(path, 'hosts'), destination: '/etc/hosts', readOnly: false }],
    readOnlyRoot: false,
  })
  await write(server, '/one', 'new')
  assert.equal(readFileSync(join(upper, 'two'), 'utf8'), 'new')
  await write(server, '/etc/hosts', 'new')
  assert.deepEqual([readFileSync(join(path, 'hosts'), 'utf8'), statSync(join(path, 'hosts')).ino], ['new', ino])
  // Nothing was made in the container's own /etc for it but the mount point.
  assert.deepEqual(readdirSync(join(upper, 'etc')), ['hosts'])
  const large = Readable.from([Buffer.alloc(65 << 20)])
  assert.equal(await codeOf(write(server, '/etc/hosts', large)), 'file-too-large')
  assert.equal(readFileSync(join(path, 'hosts'), 'utf8'), 'new')
})

test('in a container whose root is read-only, what is mounted can be written', options, async (context) => {
  const { lower, path, view } = makeServedFolders(context)
  mkdirSync(join(lower, 'etc'))
  writeFileSync(join(lower, 'etc/passwd'), 'x')
  for (const name of ['volume', 'fixed']) mkdirSync(join(path, name))
  writeFileSync(join(path, 'hosts'), 'old')
  const mounts = [
    { source: join(path, 'hosts'), destination: '/etc/hosts', readOnly: false },
    { source: join(path, 'volume'), destination: '/volume', readOnly: false },
    { source: join(path, 'fixed'), destination: '/fixed', readOnly: true },
  ]
  for (const access of ['look', 'write'] as const) {
    const server = serveView(context, { ...view, mounts, readOnlyRoot: true }, { access })
    const readOnly = async (name: string) => (await statOf(server, name)).isReadOnly
    assert.deepEqual(await Promise.all(['/', '/etc/passwd', '/etc/hosts', '/volume', '/fixed'].map(readOnly)), [
      true,
      true,
      false,
      false,
      true,
    ])
    const listed = (await listOf(server, '/etc')).entries.map(({ name, isReadOnly }) => [name, isReadOnly])
    assert.deepEqual(listed, [
      ['hosts', false],
      ['passwd', true],
    ])
    if (access === 'look') continue
    await write(server, '/etc/hosts', 'new')
    await write(server, '/volume/a', 'new')
    assert.equal(readFileSync(join(path, 'hosts'), 'utf8'), 'new')
    for (const to of ['/etc/passwd', '/etc/new', '/fixed/a']) assert.equal(await codeOf(write(server, to, 'x')), 'read-only-files', to)
  }
})

test('a write that is cut off leaves the old file and nothing else', options, async (context) => {
  const { server, seen, upper } = serveFolders(context, ({ lower }) => writeFileSync(join(lower, 'file'), 'old'))
  const cut = new Error('the client went away')
  const broken = Readable.from(
    (function* () {
      yield Buffer.alloc(1 << 20)
      assert.deepEqual(leftovers(upper), [])
      throw cut
    })(),
  )
  for (const path of ['/file', '/new']) await assert.rejects(write(server, path, path === '/file' ? broken : failing(cut)), cut)
  assert.equal(seen('/file'), 'old')
  assert.deepEqual(await namesOf(server, '/'), ['file'])
  const [pid] = [...children()]
  assert.deepEqual(
    readdirSync(`/proc/${pid}/fd`).filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).includes('deleted')),
    [],
  )
})

function failing(error: Error): Readable {
  return new Readable({
    read() {
      this.destroy(error)
    },
  })
}

test('a full file system is said, and the old file stays', options, async (context) => {
  const { view, lower } = makeServedFolders(context)
  mkdirSync(join(lower, 'full'))
  await using small = await mountTmpfs(1 << 20)
  for (const name of ['file', 'one']) writeFileSync(join(small.path, name), 'old')
  linkSync(join(small.path, 'one'), join(small.path, 'two'))
  const server = serveView(context, { ...view, mounts: [{ source: small.path, destination: '/full', readOnly: false }] })
  const large = () => Readable.from([Buffer.alloc(700 << 10), Buffer.alloc(700 << 10)])
  for (const path of ['/full/file', '/full/new', '/full/one']) assert.equal(await codeOf(write(server, path, large())), 'no-space', path)
  assert.deepEqual(await namesOf(server, '/full'), ['file', 'one', 'two'])
  for (const name of ['file', 'one', 'two']) assert.equal(readFileSync(join(small.path, name), 'utf8'), 'old')
  // Room for one copy of the content, and not for two.
  assert.equal(await codeOf(write(server, '/full/one', Buffer.alloc(700 << 10))), 'no-space')
  assert.equal(readFileSync(join(small.path, 'two'), 'utf8'), 'old')
  await write(server, '/full/file', Buffer.alloc(700 << 10))
  await server.end()
})
