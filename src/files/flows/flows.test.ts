import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type FakeFile, serveFiles } from '../../testing/fake-files.ts'
import { pockerFiles } from '../pocker-files.ts'
import { localSource } from '../transfer/local-source.ts'
import { changeView, LARGEST_TO_COMPARE } from './change-view.ts'
import { discardChange } from './discard-change.ts'
import { download } from './download.ts'
import { deleteFiles, newFile, newFolder, renameFile } from './edit-files.ts'
import { isAsImage } from './is-as-image.ts'
import { moveOrCopy, withoutInner } from './move.ts'
import { at, scriptedFiles, web } from './scripted.fixture.ts'
import { pathCompletion, typedParts } from './type-path.ts'
import { upload } from './upload.ts'

function localFolder(t: TestContext, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-flow-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

test('an upload asks once what to do with all files that are there', async (t) => {
  const folder = localFolder(t, { 'app/a': 'new a', 'app/b': 'new b', 'app/c': 'new c' })
  for (const [answer, expected] of [
    ['replace', { '/app/a': 'new a', '/app/b': 'new b' }],
    ['both', { '/app/a': 'old', '/app/a copy': 'new a', '/app/b': 'old' }],
    ['skip', { '/app/a': 'old', '/app/b': 'old' }],
  ] as const) {
    const { flow, tree, ui, shown } = await scriptedFiles(t, { files: { '/app': {}, '/app/a': 'old', '/app/b': 'old' }, script: [answer] })
    await upload(flow, at('/'), async () => [await localSource(join(folder, 'app'))])
    for (const [path, content] of Object.entries({ ...expected, '/app/c': 'new c' }))
      assert.equal(tree.get(path)?.content?.toString(), content, path)
    assert.match(ui.asked[0]?.placeholder ?? '', /^2 files .*app\/a/)
    assert.deepEqual(ui.rest, [])
    assert.deepEqual(shown, ['refresh /'])
  }
})

test('an upload that is left at the question changes nothing', async (t) => {
  const folder = localFolder(t, { a: 'new', b: 'new' })
  const { flow, tree } = await scriptedFiles(t, { files: { '/a': 'old' }, script: ['leave'] })
  await upload(flow, at('/'), async () => [await localSource(join(folder, 'a')), await localSource(join(folder, 'b'))])
  assert.equal(tree.get('/a')?.content?.toString(), 'old')
  assert.equal(tree.has('/b'), false)
})

test('what could not be uploaded is told, the rest is there', async (t) => {
  const folder = localFolder(t, { a: '1', b: '2' })
  const { flow, tree, engine } = await scriptedFiles(t)
  const put = engine.handlers.get('PUT /pocker/containers/a/files/content')
  engine.handlers.set('PUT /pocker/containers/a/files/content', (request, response, url) => {
    if (url.searchParams.get('path') !== '/a') return put?.(request, response, url)
    // node:http closes the connection with its answer, and who is still sending then reads none.
    request.resume().once('end', () => response.writeHead(403).end(JSON.stringify({ message: 'x', code: 'read-only-files' })))
  })
  const sources = async () => [await localSource(join(folder, 'a')), await localSource(join(folder, 'b'))]
  await assert.rejects(upload(flow, at('/'), sources), { code: 'some-not-copied' })
  assert.equal(tree.get('/b')?.content?.toString(), '2')
})

test('nothing is put into an image', async (t) => {
  const { flow } = await scriptedFiles(t)
  await assert.rejects(
    upload(flow, at('/', { ...web, kind: 'image' }), async () => []),
    { code: 'read-only-place' },
  )
})

test('a download takes what links lead to, a container as a whole by its name, and says where it is', async (t) => {
  const folder = localFolder(t)
  const files = { '/etc': {}, '/etc/x': '1', '/link': { link: 'etc/x' } }
  const { flow, shown } = await scriptedFiles(t, { files, local: [folder] })
  await download(flow, [at('/link'), at('/')])
  assert.equal(readFileSync(join(folder, 'link'), 'utf8'), '1')
  assert.equal(readFileSync(join(folder, 'web/etc/x'), 'utf8'), '1')
  assert.match(shown.at(-1) ?? '', /^tell 2 files/)
})

test('a container cannot make a download write elsewhere', async (t) => {
  const folder = localFolder(t, { 'chosen/keep': 'mine', precious: 'mine' })
  const { flow, engine } = await scriptedFiles(t, { files: { '/d': {} }, local: [join(folder, 'chosen')] })
  const stat = { kind: 'file', size: 1, mode: 0o644, uid: 0, gid: 0, modified: 1, changed: 1, isReadOnly: false }
  const names = ['../precious', '../../precious', '/etc/x', '..', '.', '', 'a/../../precious']
  engine.handlers.set('GET /pocker/containers/a/files/list', (_request, response) =>
    response.end(JSON.stringify({ entries: names.map((name) => ({ ...stat, name })), isCut: false })),
  )
  engine.handlers.set('GET /pocker/containers/a/files/content', (_request, response) => response.end('evil'))
  await download(flow, [at('/d')])
  assert.deepEqual(readdirSync(folder).sort(), ['chosen', 'precious'])
  assert.equal(readFileSync(join(folder, 'precious'), 'utf8'), 'mine')
  assert.deepEqual(readdirSync(join(folder, 'chosen'), { recursive: true }).sort(), ['d', 'keep'])
})

test('files are made, renamed and deleted, and the folders are shown anew', async (t) => {
  const script = ['text a.txt', 'text sub', 'text b.txt', 'yes', 'no']
  const { flow, tree, shown, ui } = await scriptedFiles(t, { files: { '/etc': {}, '/etc/d': {}, '/etc/d/x': '1' }, script })
  await newFile(flow, at('/etc'))
  await newFolder(flow, at('/etc'))
  await renameFile(flow, at('/etc/a.txt'))
  await deleteFiles(flow, [at('/etc/d'), at('/etc/d/x')])
  await deleteFiles(flow, [at('/etc/sub'), at('/etc/b.txt')])
  assert.deepEqual([...tree.keys()], ['/', '/etc', '/etc/sub', '/etc/b.txt'])
  assert.deepEqual(shown, ['refresh /etc', 'open container /etc/a.txt', 'refresh /etc', 'refresh /etc', 'refresh /etc'])
  assert.deepEqual(ui.rest, [])
})

test('a name that is taken is not overwritten', async (t) => {
  const { flow, tree } = await scriptedFiles(t, { files: { '/a': '1', '/b': '2' }, script: ['text b', 'text b'] })
  await assert.rejects(renameFile(flow, at('/a')), { code: 'file-exists' })
  await assert.rejects(newFile(flow, at('/')), { code: 'file-exists' })
  assert.equal(tree.get('/b')?.content?.toString(), '2')
})

test('the root is never deleted, and what is gone already is no failure', async (t) => {
  const { flow } = await scriptedFiles(t, { script: ['yes'] })
  await deleteFiles(flow, [at('/')])
  await deleteFiles(flow, [at('/gone')])
})

test('dragged within a container files are moved, which is asked; from another one they are copied', async (t) => {
  const { flow, tree, engine } = await scriptedFiles(t, { files: { '/a': '1', '/d': {}, '/d/e': {} }, script: ['yes'] })
  const other = { ...web, id: 'b', name: 'db' }
  const theirs = serveFiles(engine, '/pocker/containers/b', { '/x': '2' })
  await moveOrCopy(flow, [at('/a'), at('/x', other), at('/d/e')], at('/d'))
  assert.deepEqual([...tree.keys()].sort(), ['/', '/d', '/d/a', '/d/e', '/d/x'])
  assert.equal(theirs.has('/x'), true)
  await assert.rejects(moveOrCopy(flow, [at('/d')], at('/d/e')), { code: 'folder-into-itself' })
})

test('of files and folders that lie in each other only the outer ones count', () => {
  const other = { ...web, id: 'b' }
  const list = [at('/a/b'), at('/a'), at('/ab'), at('/a/b', other)]
  assert.deepEqual(withoutInner(list), [at('/a'), at('/ab'), at('/a/b', other)])
})

async function changed(
  t: TestContext,
  image: Parameters<typeof serveFiles>[2],
  container: Parameters<typeof serveFiles>[2],
  script: string[] = [],
) {
  const parts = await scriptedFiles(t, { files: container ?? {}, script })
  const origin = serveFiles(parts.engine, '/pocker/containers/a/image', image)
  return { ...parts, origin }
}

const large = { content: Buffer.alloc(0), size: LARGEST_TO_COMPARE + 1 }
const views: readonly (readonly [what: string, image: object, container: object, kind: 'added' | 'modified' | 'deleted', view: object])[] =
  [
    ['a file that was added is opened', {}, { '/x': '1' }, 'added', { kind: 'open', file: at('/x') }],
    [
      'one that was deleted is the image’s',
      { '/x': '1' },
      {},
      'deleted',
      { kind: 'open', file: at('/x', { ...web, kind: 'origin', name: 'image-of-web' }) },
    ],
    ['a folder that was added is said', {}, { '/x': {} }, 'added', { kind: 'say' }],
    ['a changed file is compared', { '/x': '1' }, { '/x': '2' }, 'modified', { kind: 'compare', title: 'web: x (image ↔ container)' }],
    ['a large one is not', { '/x': '1' }, { '/x': large }, 'modified', { kind: 'say' }],
    [
      'links are said',
      { '/x': { link: 'a' } },
      { '/x': { link: 'b' } },
      'modified',
      { kind: 'say', text: '“x” was a link to “a” and is one to “b”.' },
    ],
    [
      'another kind is said',
      { '/x': '1' },
      { '/x': {} },
      'modified',
      { kind: 'say', text: '“x” was something else in the image: a file became a folder.' },
    ],
    [
      'a folder’s mode is said',
      { '/x': { mode: 0o700 } },
      { '/x': { uid: 5 } },
      'modified',
      { kind: 'say', text: 'Mode and owner of “x” differ: rwx------ 0:0 became rwxr-xr-x 5:0.' },
    ],
  ]
for (const [what, image, container, kind, expected] of views) {
  test(`${what}`, async (t) => {
    const { hosts } = await changed(t, { ...image }, { ...container })
    assert.partialDeepStrictEqual(await changeView(hosts, at('/x'), kind), expected)
  })
}

test('a change is taken back only after a question, with mode and owner as the image has them', async (t) => {
  const image = { '/m': { content: Buffer.from('image'), mode: 0o4711, uid: 3, gid: 4 }, '/d': { mode: 0o700, uid: 9 }, '/d/x': '1' }
  const { ui, hosts, tree } = await changed(t, image, { '/m': 'mine', '/a': {}, '/a/b': '1' }, ['no', 'yes', 'yes', 'yes'])
  assert.equal(await discardChange({ ui, hosts }, at('/m'), 'modified'), false)
  assert.equal(tree.get('/m')?.content?.toString(), 'mine')
  assert.equal(await discardChange({ ui, hosts }, at('/m'), 'modified'), true)
  assert.deepEqual(tree.get('/m'), { content: Buffer.from('image'), mode: 0o4711, uid: 3, gid: 4 })
  await discardChange({ ui, hosts }, at('/a'), 'added')
  await discardChange({ ui, hosts }, at('/d'), 'deleted')
  assert.equal(tree.has('/a/b'), false)
  assert.partialDeepStrictEqual(tree.get('/d'), { mode: 0o700, uid: 9 })
  assert.equal(tree.get('/d/x')?.content?.toString(), '1')
})

const pairs: readonly (readonly [what: string, image: FakeFile, container: FakeFile, isSame: boolean])[] = [
  ['the same file', { content: Buffer.from('ab') }, { content: Buffer.from('ab') }, true],
  ['an empty file', { content: Buffer.alloc(0) }, { content: Buffer.alloc(0) }, true],
  ['other bytes', { content: Buffer.from('ab') }, { content: Buffer.from('ac') }, false],
  ['more bytes', { content: Buffer.from('ab') }, { content: Buffer.from('abc'), size: 2 }, false],
  ['fewer bytes', { content: Buffer.from('abc'), size: 2 }, { content: Buffer.from('ab') }, false],
  ['another mode', { content: Buffer.from('ab') }, { content: Buffer.from('ab'), mode: 0o600 }, false],
  ['another owner', { content: Buffer.from('ab') }, { content: Buffer.from('ab'), uid: 5 }, false],
  ['another kind', { content: Buffer.alloc(0) }, {}, false],
]
for (const [what, image, container, isSame] of pairs) {
  test(`${what} is ${isSame ? '' : 'not '}what the image has`, async (t) => {
    const { hosts } = await changed(t, { '/x': image }, { '/x': container })
    assert.equal(await isAsImage(hosts, at('/x')), isSame)
  })
}

test('a link cannot be put back, which is said', async (t) => {
  const { ui, hosts } = await changed(t, { '/l': { link: 'x' } }, {})
  await assert.rejects(discardChange({ ui, hosts }, at('/l'), 'deleted'), { code: 'cannot-discard' })
})

test('a typed path is completed, folders first, and its folder is read once', async (t) => {
  const { host, engine } = await scriptedFiles(t, { files: { '/etc': {}, '/Etcetera': '', '/usr': {}, '/etc/nginx': {} } })
  const complete = pathCompletion(pockerFiles(host.client, web))
  const { signal } = new AbortController()
  const of = async (text: string) => (await complete(text, signal)).map(({ path }) => path)
  assert.deepEqual(await of('/e'), ['/etc', '/Etcetera'])
  assert.deepEqual(await of('/u'), ['/usr'])
  assert.deepEqual(await of('/etc/'), ['/etc/nginx'])
  assert.deepEqual(await of('/none/'), [])
  assert.deepEqual(await of(''), ['/etc', '/usr', '/Etcetera'])
  assert.equal(engine.calls.filter((call) => call.endsWith('/list')).length, 4)
})

test('what is typed has a folder and the start of a name', () => {
  assert.deepEqual(['', '/', 'etc', '/etc/', '/etc/n', '/etc/../x'].map(typedParts), [
    { folder: '/', start: '' },
    { folder: '/', start: '' },
    { folder: '/', start: 'etc' },
    { folder: '/etc', start: '' },
    { folder: '/etc', start: 'n' },
    { folder: '/', start: 'x' },
  ])
})
