import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fakeEngine } from '../testing/fake-engine.ts'
import { type FakeFile, serveFiles } from '../testing/fake-files.ts'
import { hostsOf } from '../testing/fake-hosts.ts'
import { FileSystem, LARGEST_TO_OPEN, type RefChange } from './file-system.ts'
import type { FileRef, Place } from './place.ts'
import { Watches } from './watches.ts'

const place: Place = { hostId: 'local', kind: 'container', id: 'a', name: 'web' }
const at = (path: string, its: Place = place): FileRef => ({ place: its, path })
const other: Place = { ...place, id: 'b' }

async function system(t: TestContext, files: Record<string, string | FakeFile> = {}, open: readonly FileRef[] = []) {
  const engine = await fakeEngine(t)
  const tree = serveFiles(engine, '/pocker/containers/a', files)
  const hosts = hostsOf(t, engine)
  const watches = new Watches(hosts, () => {})
  const its = new FileSystem({ hosts, watches, openFiles: () => open })
  t.after(() => {
    its.dispose()
    watches.dispose()
  })
  const changes = () => new Promise<readonly RefChange[]>((resolve) => void its.onDidChange(resolve))
  return { engine, tree, its, changes }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

test('a link is what it leads to, and says that it is one; one that leads nowhere is there all the same', async (t) => {
  const { its } = await system(t, { '/x': '123', '/to': { link: 'x' }, '/up': { link: '/' }, '/none': { link: 'nowhere' } })
  const seen = async (path: string) => {
    const { type, size } = await its.stat(at(path))
    return [type, size]
  }
  assert.deepEqual(await seen('/x'), [1, 3])
  assert.deepEqual(await seen('/'), [2, 0])
  assert.deepEqual(await seen('/to'), [65, 3])
  assert.deepEqual(await seen('/up'), [66, 0])
  assert.deepEqual(await seen('/none'), [64, 0])
  assert.deepEqual(await its.list(at('/')), [
    ['none', 64],
    ['to', 65],
    ['up', 66],
    ['x', 1],
  ])
})

test('writing follows the contract of `create` and `overwrite`, and keeps mode and owner', async (t) => {
  const { its, tree } = await system(t, { '/x': { content: Buffer.from('old'), mode: 0o600, uid: 7 } })
  const write = (path: string, create: boolean, overwrite: boolean) => its.write(at(path), Buffer.from('new'), { create, overwrite })
  await assert.rejects(write('/x', true, false), { code: 'file-exists' })
  await assert.rejects(write('/y', false, true), { code: 'no-such-file' })
  await assert.rejects(write('/', true, true), { code: 'is-a-folder' })
  await assert.rejects(write('/no/y', true, true), { code: 'no-such-file' })
  await write('/x', false, true)
  await write('/y', true, false)
  assert.deepEqual(tree.get('/x'), { content: Buffer.from('new'), mode: 0o600, uid: 7 })
  assert.equal(text(await its.read(at('/y'))), 'new')
  await its.write(at('/y'), new Uint8Array(), { create: true, overwrite: true })
  assert.equal((await its.read(at('/y'))).length, 0)
})

test('a file that is too large is refused before it is read, and one that lies about its size while it is', async (t) => {
  const { its, engine } = await system(t, { '/large': { content: Buffer.alloc(0), size: LARGEST_TO_OPEN + 1 }, '/endless': '' })
  await assert.rejects(its.read(at('/large')), { code: 'too-large-to-open' })
  assert.ok(!engine.calls.includes('GET /pocker/containers/a/files/content'))
  engine.handlers.set('GET /pocker/containers/a/files/content', (_request, response) => {
    const piece = Buffer.alloc(1 << 20)
    const more = () => response.write(piece, (error) => error == null && more())
    more()
  })
  await assert.rejects(its.read(at('/endless')), { code: 'too-large-to-open' })
})

test('each change of ours is told, several in one piece', async (t) => {
  const { its, changes } = await system(t, { '/x': '1' })
  const told = changes()
  await its.rename(at('/x'), at('/y'), { overwrite: false })
  await its.makeFolder(at('/f'))
  await its.copy(at('/y'), at('/f/z'), { overwrite: false })
  await its.remove(at('/y'), { recursive: false })
  const seen = [...(await told)]
  while (seen.length < 5) seen.push(...(await changes()))
  assert.deepEqual(
    seen.map(({ kind, ref }) => `${kind} ${ref.path}`),
    ['deleted /x', 'created /y', 'created /f', 'created /f/z', 'deleted /y'],
  )
})

test('what is moved to another container is copied there first', async (t) => {
  const { its, engine, tree } = await system(t, { '/f': {}, '/f/x': { content: Buffer.from('1'), mode: 0o4755 }, '/y': '2' })
  const theirs = serveFiles(engine, '/pocker/containers/b', { '/y': 'there' })
  await its.rename(at('/f'), at('/g', other), { overwrite: false })
  assert.deepEqual(theirs.get('/g/x'), { content: Buffer.from('1'), mode: 0o755 })
  assert.deepEqual([...tree.keys()], ['/', '/y'])
  await assert.rejects(its.rename(at('/y'), at('/y', other), { overwrite: false }), { code: 'file-exists' })
  assert.equal(tree.has('/y'), true)
  await its.copy(at('/y'), at('/y', other), { overwrite: true })
  assert.equal(theirs.get('/y')?.content?.toString(), '2')
})

test('what cannot be moved to another container stays where it is', async (t) => {
  const { its, engine, tree } = await system(t, { '/f': {}, '/f/l': { link: 'x' } })
  const theirs = serveFiles(engine, '/pocker/containers/b')
  await assert.rejects(its.rename(at('/f'), at('/g', other), { overwrite: true }), { code: 'cannot-copy' })
  assert.equal(tree.has('/f/l'), true)
  assert.equal(theirs.size, 1)
})

test('a watch tells what is not excluded, and at first and after a gap what is open below it', async (t) => {
  const open = [at('/etc/a'), at('/etc/b/c'), at('/etcetera'), at('/etc/a', other)]
  const { its, engine, changes } = await system(t, {}, open)
  const lines = Promise.withResolvers<(line: object) => void>()
  engine.handlers.set('GET /pocker/containers/a/files/watch', (_request, response) => {
    lines.resolve((line) => response.write(`${JSON.stringify(line)}\n`))
  })
  const watching = its.watch(at('/etc'), { recursive: true, excludes: ['**/.git/**'] })
  const tell = await lines.promise
  let told = changes()
  tell({ kind: 'ready', path: '/etc' })
  // It was read before it was watched.
  assert.deepEqual(
    (await told).map(({ kind, ref }) => `${kind} ${ref.path}`),
    ['changed /etc', 'changed /etc/a', 'changed /etc/b/c'],
  )
  told = changes()
  tell({ kind: 'created', path: '/etc/.git/x' })
  tell({ kind: 'created', path: '/etc/x' })
  assert.deepEqual(await told, [{ kind: 'created', ref: at('/etc/x') }])
  told = changes()
  tell({ kind: 'overflow', path: '/etc' })
  assert.deepEqual(
    (await told).map(({ kind, ref }) => `${kind} ${ref.path}`),
    ['changed /etc', 'changed /etc/a', 'changed /etc/b/c'],
  )
  watching.dispose()
})

test('a host that is no more is not waited for', async (t) => {
  const { its } = await system(t)
  await assert.rejects(its.stat(at('/', { ...place, hostId: 'gone' })), { code: 'no-such-host' })
})

test('an engine that is not Pocker shows a file, and says what it cannot do', async (t) => {
  const engine = await fakeEngine(t)
  engine.version = { ApiVersion: '1.47', Version: '27' }
  const header = Buffer.from(JSON.stringify({ name: 'x', size: 3, mode: 0o644, mtime: '2026-01-01T00:00:00Z', linkTarget: '' })).toString(
    'base64',
  )
  engine.handlers.set('HEAD /containers/a/archive', (_request, response) =>
    response.writeHead(200, { 'X-Docker-Container-Path-Stat': header }).end(),
  )
  const hosts = hostsOf(t, engine)
  const watches = new Watches(hosts, () => {})
  const its = new FileSystem({ hosts, watches, openFiles: () => [] })
  const { type, size, isReadOnly, modified } = await its.stat(at('/x'))
  assert.deepEqual([type, size, isReadOnly, modified], [1, 3, true, Date.UTC(2026, 0, 1)])
  await assert.rejects(its.list(at('/')), { code: 'needs-pocker' })
  await assert.rejects(its.write(at('/x'), Buffer.from(''), { create: true, overwrite: true }), { code: 'needs-pocker' })
  await assert.rejects(its.stat(at('/x', { ...place, kind: 'image' })), { code: 'needs-pocker' })
})
