/** Renaming, copying and deleting files and folders with all that is in them. */
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeEverything } from '../support/everything-tree.ts'
import { codeOf, contentOf, makeServedFolders, namesOf, serveFolders, serveView, statOf } from '../support/file-serving.ts'
import { describeTree, skipUnlessRoot } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

test('renaming: an image’s folder too, over what is there only when asked', options, async (context) => {
  const { server, seen } = serveFolders(context, ({ lower, upper }) => {
    mkdirSync(join(lower, 'image/inner'), { recursive: true })
    writeFileSync(join(lower, 'image/inner/file'), 'x')
    for (const name of ['empty', 'full']) mkdirSync(join(upper, name))
    for (const name of ['a', 'b', 'full/file']) writeFileSync(join(upper, name), name)
    symlinkSync('a', join(lower, 'link'))
  })
  const rename = (from: string, to: string, overwrite = false) => server.ask('rename', { from, to, overwrite })
  await rename('/image', '/moved')
  assert.equal(await contentOf(server, '/moved/inner/file'), 'x')
  assert.equal(await codeOf(statOf(server, '/image')), 'no-such-file')
  assert.equal(await codeOf(rename('/a', '/b')), 'file-exists')
  await rename('/a', '/b', true)
  assert.equal(seen('/b'), 'a')
  await rename('/link', '/link2')
  assert.equal((await statOf(server, '/link2')).link, 'a')
  assert.equal(await codeOf(rename('/moved', '/full', true)), 'folder-not-empty')
  assert.equal(await codeOf(rename('/b', '/full', true)), 'is-a-folder')
  assert.equal(await codeOf(rename('/full', '/b', true)), 'not-a-folder')
  assert.equal(await codeOf(rename('/moved', '/moved/inner/deeper')), 'folder-into-itself')
  assert.equal(await codeOf(rename('/', '/x')), 'path-busy')
  assert.equal(await codeOf(rename('/nowhere', '/x')), 'no-such-file')
  await rename('/moved', '/empty', true)
  assert.deepEqual(await namesOf(server, '/empty'), ['inner'])
})

test('a copy of a tree of everything is what the tree is', options, async (context) => {
  const { server, path, lower } = serveFolders(context, ({ path }) => {
    mkdirSync(join(path, 'lower/tree'))
    makeEverything(join(path, 'lower/tree'))
  })
  await server.ask('copy', { from: '/tree', to: '/copy', overwrite: false })
  const copy = join(path, 'upper/copy')
  const comparable = (folder: string) => describeTree(folder).map((line) => line.replaceAll(/\ntrusted\.overlay\.\w+=\w+/g, ''))
  assert.deepEqual(comparable(copy).filter(isOfFile), comparable(join(lower, 'tree')).filter(isOfFile))
  assert.equal(await codeOf(server.ask('copy', { from: '/tree', to: '/copy', overwrite: true })), 'folder-not-empty')
  assert.equal(await codeOf(server.ask('copy', { from: '/tree', to: '/copy', overwrite: false })), 'file-exists')
  assert.equal(await codeOf(server.ask('copy', { from: '/tree', to: '/tree/inner', overwrite: false })), 'folder-into-itself')
  await server.ask('folder', { path: '/bare' })
  assert.equal(await codeOf(server.ask('copy', { from: '/bare', to: '/bare', overwrite: true })), 'folder-into-itself')
  assert.equal((await statOf(server, '/bare')).kind, 'folder')
})

/** Blocks of attributes of files that have none but overlayfs's are not of the tree. */
function isOfFile(line: string): boolean {
  return !/^# file: [^\n]*$/.test(line)
}

test('a copy takes the place of a file only when asked, and of a link itself', options, async (context) => {
  const { server, seen } = serveFolders(context, ({ lower }) => {
    for (const name of ['a', 'b', 'target']) writeFileSync(join(lower, name), name)
    symlinkSync('target', join(lower, 'link'))
    utimesSync(join(lower, 'a'), 1, 1_600_000_000)
  })
  assert.equal(await codeOf(server.ask('copy', { from: '/a', to: '/b', overwrite: false })), 'file-exists')
  const { result } = await server.ask('copy', { from: '/a', to: '/b', overwrite: true })
  assert.deepEqual([seen('/b'), result.modified], ['a', 1_600_000_000_000])
  await server.ask('copy', { from: '/a', to: '/link', overwrite: true })
  assert.deepEqual([seen('/link'), seen('/target')], ['a', 'target'])
  assert.deepEqual(await namesOf(server, '/'), ['a', 'b', 'link', 'target'])
})

test('a copy that is cancelled leaves nothing', options, async (context) => {
  const { server } = serveFolders(context, ({ lower }) => {
    mkdirSync(join(lower, 'many/inner'), { recursive: true })
    for (let index = 0; index < 5000; index++) writeFileSync(join(lower, 'many', index % 2 === 0 ? '.' : 'inner', `${index}`), `${index}`)
  })
  const stop = new AbortController()
  const copying = codeOf(server.ask('copy', { from: '/many', to: '/copy', overwrite: false }, { signal: stop.signal }))
  while ((await statOf(server, '/copy').catch(() => undefined)) === undefined);
  stop.abort()
  assert.equal(await copying, 'cancelled')
  assert.deepEqual(await namesOf(server, '/'), ['many'])
})

test('deleting: a link itself, a folder with all that is in it only when asked', options, async (context) => {
  const { server, canary } = serveFolders(context, ({ lower, canary }) => {
    mkdirSync(join(lower, 'folder/inner'), { recursive: true })
    mkdirSync(join(lower, 'other'))
    writeFileSync(join(lower, 'folder/inner/file'), '')
    writeFileSync(join(lower, 'other/kept'), '')
    symlinkSync('../other', join(lower, 'folder/link'))
    symlinkSync(canary, join(lower, 'folder/out'))
    symlinkSync('/', join(lower, 'folder/root'))
    symlinkSync('other', join(lower, 'link'))
    mkdirSync(join(lower, 'sticky'), { mode: 0o777 })
    chmodSync(join(lower, 'sticky'), 0o1777)
    writeFileSync(join(lower, 'sticky/others'), '')
    chownSync(join(lower, 'sticky/others'), 1234, 1234)
  })
  const remove = (path: string, recursive = false) => server.ask('remove', { path, recursive })
  assert.equal(await codeOf(remove('/folder')), 'folder-not-empty')
  assert.equal(await codeOf(remove('/')), 'path-busy')
  assert.equal(await codeOf(remove('/', true)), 'path-busy')
  assert.equal(await codeOf(remove('/nowhere', true)), 'no-such-file')
  await remove('/link', true)
  await remove('/folder', true)
  await remove('/sticky/others')
  assert.deepEqual(await namesOf(server, '/'), ['other', 'sticky'])
  assert.deepEqual(await namesOf(server, '/other'), ['kept'])
  assert.ok(readdirSync(canary).length > 0)
})

test('nothing that is mounted is deleted with the folder it is in', options, async (context) => {
  const { lower, path, view } = makeServedFolders(context)
  mkdirSync(join(lower, 'data/volume'), { recursive: true })
  mkdirSync(join(path, 'volume'))
  writeFileSync(join(path, 'volume/precious'), '')
  const server = serveView(context, { ...view, mounts: [{ source: join(path, 'volume'), destination: '/data/volume', readOnly: false }] })
  for (const target of ['/data', '/data/volume']) {
    assert.equal(await codeOf(server.ask('remove', { path: target, recursive: true })), 'path-busy', target)
    assert.equal(await codeOf(server.ask('rename', { from: target, to: '/x', overwrite: false })), 'path-busy', target)
  }
  assert.deepEqual(readdirSync(join(path, 'volume')), ['precious'])
  assert.deepEqual(await namesOf(server, '/'), ['data'])
})
