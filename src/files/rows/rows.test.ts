import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FileEntry } from '../../../helper/api/files.ts'
import { EngineError } from '../../client/engine-error.ts'
import { fakeClient, fakeHost } from '../../testing/fake-client.ts'
import { serveFiles } from '../../testing/fake-files.ts'
import type { ChildRow } from '../../views/child-rows.ts'
import { at, scriptedFiles, web } from '../flows/scripted.fixture.ts'
import { PlaceNames } from '../place-uri.ts'
import { Watches } from '../watches.ts'
import { ChangeRows } from './change-rows.ts'
import { fileLook, modeText } from './file-row.ts'
import { FolderRows } from './folder-rows.ts'
import { imageRows, instruction } from './layer-rows.ts'
import { fileSources } from './sources.ts'

const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({
  name,
  kind: 'file',
  size: 2048,
  mode: 0o644,
  uid: 0,
  gid: 0,
  modified: 0,
  changed: 0,
  isReadOnly: false,
  ...more,
})
const look = (its: FileEntry) => fileLook({ place: web, path: `/${its.name}` }, its)

test('a file opens, a folder unfolds, a device does neither', () => {
  assert.equal(look(entry('a')).command?.id, 'pocker.files.open')
  assert.equal(look(entry('a')).fold, undefined)
  assert.equal(look(entry('a', { kind: 'folder' })).fold, 'folded')
  assert.equal(look(entry('a', { kind: 'other' })).command, undefined)
  assert.deepEqual(look(entry('a', { kind: 'link', link: 'b', target: 'folder' })).flags, ['file', 'folder', 'writable'])
  assert.equal(look(entry('a', { kind: 'link', link: 'b' })).command, undefined)
})

test('names cannot be what they are not', () => {
  const { label, file, tooltip, spoken } = look(entry('gpj\u202e$(trash)\n.exe'))
  for (const text of [label, tooltip, spoken]) assert.doesNotMatch(text ?? '', /\u202e|\$\(trash\)/)
  assert.doesNotMatch(label, /\n/)
  assert.match(file ?? '', /%E2%80%AE%24\(trash\)%0A\.exe$/)
})

test('bytes that are no text are shown as bytes', () => {
  assert.equal(look(entry('f\uefffr')).label, 'f\\xffr')
  assert.match(look(entry('f\uef80r')).tooltip ?? '', /^\/f\\x80r\n/)
})

test('the tooltip says size, mode and owner; what is read-only has no commands that write', () => {
  assert.match(look(entry('a', { mode: 0o4755, uid: 3 })).tooltip ?? '', /\/a\n2\.?\d* ?kB · rwsr-xr-x · 3:0\n/i)
  assert.deepEqual(look(entry('a', { isReadOnly: true })).flags, ['file', 'file', 'fixed'])
  assert.equal(modeText(0o1777), 'rwxrwxrwt')
  assert.equal(modeText(0o6640), 'rwSr-S---')
})

test('a layer’s deletion is shown as one', () => {
  const shown = look(entry('a', { kind: 'other', layer: 'deletes' }))
  assert.deepEqual([shown.flags, shown.command, shown.file?.split('?')[1]], [['file', 'whiteout', 'writable'], undefined, 'deleted'])
  assert.equal(look(entry('a', { kind: 'folder', layer: 'replaces' })).description, 'replaces the folder below')
})

async function rowsOf(t: TestContext, files: Parameters<typeof serveFiles>[2]) {
  const parts = await scriptedFiles(t, { ...(files === undefined ? {} : { files }) })
  const watches = new Watches(parts.hosts, () => {})
  const folders = new FolderRows({ hosts: parts.hosts, watches, names: new PlaceNames() })
  t.after(() => {
    folders.dispose()
    watches.dispose()
  })
  const tell = Promise.withResolvers<(line: object) => void>()
  let opened = 0
  parts.engine.handlers.set('GET /pocker/containers/a/files/watch', (_request, response, url) => {
    opened++
    response.write(`${JSON.stringify({ kind: 'ready', path: url.searchParams.get('path') })}\n`)
    tell.resolve((line) => response.write(`${JSON.stringify(line)}\n`))
  })
  const root = folders.root(web, { id: 'files', label: 'Files', flags: [], fold: 'folded' })
  const labels = async (row: ChildRow) => ((await row.children?.()) ?? []).map(({ look: its }) => its.label)
  return { ...parts, folders, watches, root, labels, tell: tell.promise, opened: () => opened }
}

test('folders come first, names in their order, and what comes and goes is told for its folder', async (t) => {
  const { root, labels, tell, folders, tree } = await rowsOf(t, { '/b2': '', '/b10': '', '/z': {}, '/a': '' })
  assert.deepEqual(await labels(root), ['z', 'a', 'b2', 'b10'])
  const changed = new Promise((resolve) => folders.onDidChange(resolve))
  tree.set('/new', { content: Buffer.alloc(0) })
  const say = await tell
  say({ kind: 'changed', path: '/a' })
  say({ kind: 'created', path: '/new' })
  assert.equal(await changed, root)
  assert.deepEqual(await labels(root), ['z', 'a', 'b2', 'b10', 'new'])
})

test('a folder that is as it is shown is not drawn anew for what its watch tells', async (t) => {
  const { root, labels, tell, folders, tree, engine } = await rowsOf(t, { '/a': '' })
  assert.deepEqual(await labels(root), ['a'])
  let drawn = 0
  const changed = new Promise((resolve) => folders.onDidChange(resolve))
  folders.onDidChange(() => drawn++)
  const say = await tell
  const lists = () => engine.calls.filter((call) => call.endsWith('/files/list')).length
  say({ kind: 'created', path: '/a' })
  while (lists() < 2) await sleep(10)
  await sleep(50)
  assert.equal(drawn, 0)
  tree.set('/b', { content: Buffer.alloc(0) })
  say({ kind: 'created', path: '/b' })
  await changed
})

test('a folder is read once it is watched: what comes before is among its rows', async (t) => {
  const { root, labels, engine, tree } = await rowsOf(t, { '/a': '' })
  engine.handlers.set('GET /pocker/containers/a/files/watch', (_request, response) => {
    setTimeout(() => {
      tree.set('/late', { content: Buffer.alloc(0) })
      response.write(`${JSON.stringify({ kind: 'ready', path: '/' })}\n`)
    }, 100)
  })
  assert.deepEqual(await labels(root), ['a', 'late'])
})

test('a folder that cannot be watched is read all the same', async (t) => {
  const { root, labels, engine } = await rowsOf(t, { '/a': '' })
  engine.handlers.set('GET /pocker/containers/a/files/watch', (_request, response) =>
    response.writeHead(404).end(JSON.stringify({ message: 'x', code: 'no-such-file' })),
  )
  assert.deepEqual(await labels(root), ['a'])
})

test('what is folded or out of sight is not watched, and read again when it is seen', async (t) => {
  const { root, labels, folders, watches } = await rowsOf(t, { '/a': '' })
  await labels(root)
  await labels(root)
  assert.equal(watches.count, 1)
  folders.isSeen = false
  assert.equal(watches.count, 0)
  const changed = new Promise((resolve) => folders.onDidChange(resolve))
  folders.isSeen = true
  assert.equal(await changed, root)
  await labels(root)
  assert.equal(watches.count, 1)
  folders.fold(root)
  assert.equal(watches.count, 0)
})

test('what was folded is read again when it is unfolded, by itself or with what it is in', async (t) => {
  const { root, labels, folders, watches } = await rowsOf(t, { '/d': {}, '/d/x': '' })
  await labels(root)
  await folders.find(at('/d'))?.children?.()
  folders.fold(root)
  assert.equal(watches.count, 0)
  let changed = new Promise((resolve) => folders.onDidChange(resolve))
  folders.unfold(root)
  assert.equal(await changed, root)
  await labels(root)
  assert.equal(watches.count, 1)
  folders.hide(web)
  assert.equal(watches.count, 0)
  changed = new Promise((resolve) => folders.onDidChange(resolve))
  folders.show(web)
  assert.equal(await changed, root)
  let isUpToDate = false
  const waiting = folders.upToDate(root.file).then(() => {
    isUpToDate = true
  })
  await folders.find(at('/d'))?.children?.()
  assert.equal(isUpToDate, false)
  await labels(root)
  await waiting
})

test('rows are found where they are shown, and forgotten with their place', async (t) => {
  const { root, labels, folders, watches } = await rowsOf(t, { '/d': {}, '/d/x': '' })
  assert.equal(folders.find(at('/d')), undefined)
  await labels(root)
  const d = folders.find(at('/d'))
  assert.equal(d?.look.label, 'd')
  await d?.children?.()
  assert.equal(folders.find(at('/d/x'))?.kind, 'file')
  assert.equal(watches.count, 2)
  assert.equal(folders.find(at('/')), root)
  folders.forget(web)
  assert.equal(folders.find(at('/')), undefined)
  assert.equal(folders.find(at('/d/x')), undefined)
  assert.equal(watches.count, 0)
})

test('only so many containers are watched at a time, the last ones that were looked at', async (t) => {
  const { engine, folders, watches } = await rowsOf(t, {})
  for (let number = 0; number < 10; number++) {
    const id = `c${number}`
    serveFiles(engine, `/pocker/containers/${id}`)
    engine.handlers.set(`GET /pocker/containers/${id}/files/watch`, (_request, response) =>
      response.write(`${JSON.stringify({ kind: 'ready', path: '/' })}\n`),
    )
    await folders.root({ ...web, id }, { id: 'files', label: 'Files', flags: [], fold: 'folded' }).children?.()
  }
  assert.equal(watches.count, 8)
})

test('a folder with too many files says so', async (t) => {
  const { root, labels, engine } = await rowsOf(t, {})
  engine.handlers.set('GET /pocker/containers/a/files/list', (_request, response) =>
    response.end(JSON.stringify({ entries: [entry('a')], isCut: true })),
  )
  assert.deepEqual(await labels(root), ['a', 'There are more files here than can be shown.'])
})

test('changes are counted once and shown as a tree; a click compares', async (t) => {
  const { engine, host } = await scriptedFiles(t)
  let list = [
    { Path: '/etc', Kind: 0 },
    { Path: '/etc/x', Kind: 0 },
    { Path: '/n', Kind: 1 },
  ]
  engine.handlers.set('GET /containers/a/changes', (_request, response) => response.end(JSON.stringify(list)))
  const changes = new ChangeRows(async () => false)
  const container = { host, containerId: 'a' }
  const row = changes.root(container, web)
  assert.equal(row.look.label, 'Changes')
  await changes.count(container)
  assert.equal(row.look.label, 'Changes (2)')
  const [etc, n] = (await row.children?.()) ?? []
  assert.equal(engine.calls.filter((call) => call.endsWith('/changes')).length, 1)
  assert.deepEqual(
    [etc?.look.label, n?.look.label, n?.look.command?.id, n?.look.flags],
    ['etc', 'n', 'pocker.files.openChange', ['change', 'added', 'leaf']],
  )
  const [x] = (await etc?.children?.()) ?? []
  assert.ok(x !== undefined && 'change' in x)
  assert.match(x.look.file ?? '', /etc\/x\?modified$/)
  list = []
  const redrawn = new Promise((resolve) => changes.onDidChange(resolve))
  changes.refresh(container)
  assert.equal(await redrawn, row)
  assert.deepEqual(
    ((await row.children?.()) ?? []).map(({ look: its }) => its.label),
    ['Nothing differs from the image.'],
  )
})

test('what changes while changes are read is seen', async (t) => {
  const { engine, host } = await scriptedFiles(t)
  const asked = Promise.withResolvers<(list: readonly object[]) => void>()
  engine.handlers.set('GET /containers/a/changes', (_request, response) => asked.resolve((list) => void response.end(JSON.stringify(list))))
  const changes = new ChangeRows(async () => false)
  t.after(() => changes.dispose())
  const container = { host, containerId: 'a' }
  const row = changes.root(container, web)
  const counted = changes.count(container)
  const answer = await asked.promise
  engine.handlers.set('GET /containers/a/changes', (_request, response) => response.end(JSON.stringify([{ Path: '/n', Kind: 1 }])))
  changes.refresh(container)
  // Longer than the refresh waits: the second reading would begin while the first one goes on.
  await sleep(300)
  answer([])
  await counted
  while (row.look.label !== 'Changes (1)') await new Promise((resolve) => void changes.onDidChange(resolve))
})

test('what was put back is no change as long as it is what the image has', async (t) => {
  const { engine, host } = await scriptedFiles(t)
  const list = ['/a', '/d', '/d/x', '/d/y', '/dd', '/e', '/e/f'].map((Path) => ({ Path, Kind: 0 }))
  engine.handlers.set('GET /containers/a/changes', (_request, response) => response.end(JSON.stringify(list)))
  const asked: string[] = []
  const changes = new ChangeRows(async (_container, path) => {
    asked.push(path)
    return path !== '/d/y'
  })
  const container = { host, containerId: 'a' }
  const row = changes.root(container, web)
  changes.putBack(container, '/d')
  changes.putBack(container, '/e/f')
  await changes.count(container)
  assert.equal(row.look.label, 'Changes (3)')
  assert.deepEqual(asked, ['/d', '/d/x', '/d/y', '/e', '/e/f'])
})

test('on an engine that is not Pocker the row says in words what it cannot do, and changes are there', async () => {
  const client = fakeClient({ 'GET /containers/a/changes': [[]] })
  const changes = new ChangeRows(async () => false)
  const folders = new FolderRows(unused())
  const { containers } = fileSources({ names: new PlaceNames(), folders, changes })
  const [files, differences] = await containers.rows({ host: fakeHost(client, false), containerId: 'a' })
  assert.match(files?.look.tooltip ?? '', /cannot list files without running a program/)
  assert.equal(files?.children, undefined)
  assert.equal(differences?.look.label, 'Changes')
  assert.deepEqual(client.calls, [])
})

function unused(): ConstructorParameters<typeof FolderRows>[0] {
  return Object.create(null)
}

test('an image has all its files, and each layer with its size and line', async (t) => {
  const { engine, host, hosts } = await scriptedFiles(t)
  const layers = [
    { diffId: 'sha256:1', size: 1 << 20, createdBy: '/bin/sh -c #(nop) ADD file:1 in / ' },
    { diffId: 'sha256:2', size: 0, createdBy: 'RUN /bin/sh -c apt-get update # buildkit' },
  ]
  engine.handlers.set('GET /pocker/images/sha256%3Aab/layers', (_request, response) => response.end(JSON.stringify({ layers })))
  const asked: string[] = []
  engine.handlers.set('GET /pocker/images/sha256%3Aab/files/list', (_request, response, url) => {
    asked.push(url.searchParams.get('layer') ?? 'all')
    response.end(JSON.stringify({ entries: [entry('.', { name: 'a', kind: 'other', layer: 'deletes', isReadOnly: true })], isCut: false }))
  })
  const folders = new FolderRows({ hosts, watches: new Watches(hosts, () => {}), names: new PlaceNames() })
  const rows = await imageRows({ host, imageId: 'sha256:ab', tag: 'registry/x/nginx:1' }, folders)
  assert.deepEqual(
    rows.map(({ look: { label, description } }) => [label, description]),
    [
      ['Files', undefined],
      ['Layer 1', '1 MB · ADD file:1 in /'],
      ['Layer 2', '0 B · RUN apt-get update'],
    ],
  )
  const [, , last] = rows
  assert.deepEqual(
    ((await last?.children?.()) ?? []).map(({ look: its }) => its.flags),
    [['file', 'whiteout', 'fixed']],
  )
  await rows[0]?.children?.()
  assert.deepEqual(asked, ['1', 'all'])
})

test('other engines tell the layers’ sizes', async () => {
  const history = [
    { CreatedBy: 'CMD x', Size: 0 },
    { CreatedBy: 'COPY y', Size: 5 },
    { CreatedBy: 'ADD z', Size: 7 },
  ]
  const client = fakeClient({ 'GET /images/i/history': [history] })
  const rows = await imageRows({ host: fakeHost(client, false), imageId: 'i' }, new FolderRows(unused()))
  assert.deepEqual(
    rows.map(({ look: its, children }) => [its.label, its.description, children]),
    [
      ['Layer 1', '7 B · ADD z', undefined],
      ['Layer 2', '5 B · COPY y', undefined],
    ],
  )
})

test('an image that cannot be read fails for whoever shows it', async () => {
  const client = fakeClient({ 'GET /pocker/images/i/layers': [new EngineError('no-such-image', 'x', { status: 404 })] })
  await assert.rejects(imageRows({ host: fakeHost(client), imageId: 'i' }, new FolderRows(unused())), { code: 'no-such-image' })
})

const lines: readonly (readonly [createdBy: string, shown: string])[] = [
  ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
  ['/bin/sh -c set -x     && apt-get update', 'RUN set -x && apt-get update'],
  ['RUN |2 A=1 B=2 /bin/sh -c make # buildkit', 'RUN make'],
  ['COPY . /app # buildkit', 'COPY . /app'],
  ['', ''],
]
for (const [createdBy, shown] of lines) test(`"${createdBy}" is shown as "${shown}"`, () => assert.equal(instruction(createdBy), shown))
