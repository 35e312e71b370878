/** Files as they are served: what is told of them and what is read. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { readContent } from '../../helper/files/content-streams.ts'
import { PIECE } from '../../helper/files/requests.ts'
import {
  children,
  codeOf,
  contentOf,
  listOf,
  makeServedFolders,
  namesOf,
  serveFolders,
  serveView,
  statOf,
  write,
} from '../support/file-serving.ts'
import { describeTree, skipUnlessRoot } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

test('what is told of a file, a folder and a link', options, async (context) => {
  const { server } = serveFolders(context, ({ lower }) => {
    writeFileSync(join(lower, 'file'), 'content')
    chownSync(join(lower, 'file'), 1000, 2000)
    chmodSync(join(lower, 'file'), 0o4751)
    utimesSync(join(lower, 'file'), 1, 1_700_000_000.5)
    mkdirSync(join(lower, 'folder'))
    symlinkSync('file', join(lower, 'link'))
    symlinkSync('/folder', join(lower, 'absolute'))
    symlinkSync('nowhere', join(lower, 'dangling'))
    symlinkSync('round', join(lower, 'round'))
  })
  const { changed, ...file } = await statOf(server, '/file')
  assert.deepEqual(file, {
    kind: 'file',
    size: 7,
    mode: 0o4751,
    uid: 1000,
    gid: 2000,
    modified: 1_700_000_000_500,
    isReadOnly: false,
  })
  assert.ok(Math.abs(changed - Date.now()) < 60_000)
  assert.equal((await statOf(server, '/folder')).kind, 'folder')
  const told = async (path: string) => {
    const { kind, target, link } = await statOf(server, path)
    return [kind, link, target]
  }
  assert.deepEqual(await told('/link'), ['link', 'file', 'file'])
  assert.deepEqual(await told('/absolute'), ['link', '/folder', 'folder'])
  assert.deepEqual(await told('/dangling'), ['link', 'nowhere', undefined])
  assert.deepEqual(await told('/round'), ['link', 'round', undefined])
  assert.equal((await statOf(server, '/link', true)).size, 7)
  assert.equal((await statOf(server, '/absolute', true)).kind, 'folder')
  assert.equal(await codeOf(statOf(server, '/dangling', true)), 'no-such-file')
  assert.equal(await codeOf(statOf(server, '/round', true)), 'too-many-links')
  for (const path of ['/', '/.', '/..', '/folder/../..', '//']) assert.equal((await statOf(server, path)).kind, 'folder', path)
  for (const [path, code] of [
    ['/nowhere', 'no-such-file'],
    ['/file/x', 'not-a-folder'],
    ['relative', 'path-unusable'],
    ['/a\0b', 'path-unusable'],
    [`/${'x'.repeat(256)}`, 'name-too-long'],
    [`/${'x/'.repeat(3000)}`, 'name-too-long'],
  ] as const) {
    assert.equal(await codeOf(statOf(server, path)), code, path.slice(0, 20))
  }
})

test('a folder is listed by name, through a link too, and with what its links lead to', options, async (context) => {
  const { server } = serveFolders(context, ({ lower, upper }) => {
    for (const folder of [lower, upper]) mkdirSync(join(folder, 'folder'))
    writeFileSync(join(lower, 'folder/b'), '')
    writeFileSync(join(upper, 'folder/a'), '')
    writeFileSync(join(lower, 'folder/gone'), '')
    execFileSync('mknod', [join(upper, 'folder/gone'), 'c', '0', '0'])
    symlinkSync('/folder', join(lower, 'folder/self'))
    symlinkSync('folder', join(lower, 'link'))
  })
  const { entries, isCut } = await listOf(server, '/link')
  assert.equal(isCut, false)
  assert.deepEqual(
    entries.map(({ name, kind, target }) => [name, kind, target]),
    [
      ['a', 'file', undefined],
      ['b', 'file', undefined],
      ['self', 'link', 'folder'],
    ],
  )
  assert.equal(await codeOf(listOf(server, '/folder/a')), 'not-a-folder')
})

test('of 100,000 files 20,000 are listed, and others are answered meanwhile', options, async (context) => {
  const { server } = serveFolders(context, ({ lower }) => {
    mkdirSync(join(lower, 'many'))
    for (let index = 0; index < 100_000; index++) writeFileSync(join(lower, 'many', `file-${index}`), '')
  })
  const order: string[] = []
  const long = listOf(server, '/many').then((list) => {
    order.push('list')
    return list
  })
  await statOf(server, '/').then(() => order.push('stat'))
  const { entries, isCut } = await long
  assert.deepEqual([entries.length, isCut, order], [20_000, true, ['stat', 'list']])
  const { modified } = await statOf(server, '/many')
  await server.ask('remove', { path: '/many', recursive: true })
  assert.equal(await codeOf(statOf(server, '/many')), 'no-such-file')
  assert.ok(modified > 0)
})

test('content comes in ranges, and a file of 5 GB in constant memory', options, async (context) => {
  const size = 5 * 2 ** 30
  const { server } = serveFolders(context, ({ lower }) => {
    writeFileSync(join(lower, 'small'), '0123456789')
    writeFileSync(join(lower, 'empty'), '')
    writeFileSync(join(lower, 'pieces'), Buffer.alloc(3 * PIECE, 'p'))
    truncateSync(join(lower, 'small'), 10)
    const huge = openSync(join(lower, 'huge'), 'w')
    writeSync(huge, 'begin', 0)
    writeSync(huge, 'end', size - 3)
  })
  assert.equal(await contentOf(server, '/small'), '0123456789')
  assert.equal(await contentOf(server, '/small', { offset: 3, length: 4 }), '3456')
  assert.equal(await contentOf(server, '/small', { offset: 8, length: 4 }), '89')
  assert.equal(await contentOf(server, '/small', { offset: 20 }), '')
  assert.equal(await contentOf(server, '/small', { length: 0 }), '')
  assert.equal(await contentOf(server, '/empty'), '')
  assert.equal((await contentOf(server, '/pieces')).length, 3 * PIECE)
  assert.equal((await contentOf(server, '/pieces', { offset: 1, length: 2 * PIECE })).length, 2 * PIECE)
  assert.equal(await contentOf(server, '/huge', { offset: size - 3 }), 'end')
  const [pid] = [...children()]
  const resident = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  await contentOf(server, '/huge', { length: 64 << 20 })
  const before = resident()
  const { content } = await readContent(server, {
    path: '/huge',
    offset: 0,
    length: 1 << 30,
  })
  let read = 0
  for await (const piece of content) read += piece.length
  assert.equal(read, 1 << 30)
  assert.ok(resident() - before < 64 << 10, `${resident() - before} kB more`)
})

test('whoever stops reading lets the file go', options, async (context) => {
  const { server } = serveFolders(context, ({ lower }) => writeFileSync(join(lower, 'large'), Buffer.alloc(8 << 20)))
  const [pid] = [...children()]
  const open = () => readdirSync(`/proc/${pid}/fd`).length
  await statOf(server, '/large')
  const before = open()
  for (let round = 0; round < 200; round++) {
    const { content } = await readContent(server, { path: '/large', offset: 0, length: undefined })
    for await (const _ of content) break
  }
  await statOf(server, '/large')
  assert.equal(open(), before)
  assert.equal(server.isBusy, false)
})

test('looking leaves no trace, not even of the time', options, async (context) => {
  const { lower, upper, view, path } = makeServedFolders(context)
  mkdirSync(join(lower, 'data'))
  writeFileSync(join(lower, 'data/file'), 'x')
  writeFileSync(join(upper, 'changed'), 'x')
  for (const each of [join(lower, 'data/file'), join(lower, 'data'), join(upper, 'changed')]) utimesSync(each, 1, 1)
  const times = () => [join(lower, 'data/file'), join(lower, 'data'), join(upper, 'changed')].map((each) => lstatSync(each).atimeMs)
  const before = [describeTree(lower), describeTree(upper), describeTree(join(path, 'work')), times()]
  const server = serveView(
    context,
    { ...view, mounts: [{ source: lower, destination: '/new/place', readOnly: false }] },
    { access: 'look' },
  )
  await namesOf(server, '/data')
  await contentOf(server, '/data/file')
  await contentOf(server, '/changed')
  assert.deepEqual(await namesOf(server, '/new/place'), ['data'])
  assert.equal(await codeOf(write(server, '/data/file', 'x')), 'read-only-files')
  assert.deepEqual([describeTree(lower), describeTree(upper), describeTree(join(path, 'work')), times()], before)
})

test('devices, pipes and sockets are neither opened nor written over, and can be deleted', options, async (context) => {
  const { server, lower } = serveFolders(context, ({ lower }) => {
    execFileSync('mkfifo', [join(lower, 'pipe')])
    execFileSync('mknod', [join(lower, 'disk'), 'b', '7', '0'])
    execFileSync('mknod', [join(lower, 'null'), 'c', '1', '3'])
  })
  const listening = createServer().listen(join(lower, 'socket'))
  context.after(() => void listening.close())
  for (const path of ['/pipe', '/disk', '/null', '/socket']) {
    assert.equal((await statOf(server, path)).kind, 'other', path)
    assert.equal(await codeOf(contentOf(server, path)), 'not-a-file', path)
    assert.equal(await codeOf(write(server, path, 'x')), 'not-a-file', path)
    await server.ask('copy', { from: path, to: `${path}-copy`, overwrite: false })
    await server.ask('rename', { from: path, to: `${path}-renamed`, overwrite: false })
    await server.ask('remove', { path: `${path}-renamed`, recursive: false })
  }
  assert.deepEqual(await namesOf(server, '/'), ['disk-copy', 'null-copy', 'pipe-copy', 'socket-copy'])
})

test('names that are not UTF-8, and odd ones, are listed, opened, written, renamed and deleted', options, async (context) => {
  const odd = [Buffer.from('latin-\xfc', 'latin1'), Buffer.from('line\nbreak'), Buffer.from([0xee, 0xbe, 0x80]), Buffer.from('-rf *')]
  const { server } = serveFolders(context, ({ lower }) => {
    for (const name of odd) writeFileSync(Buffer.concat([Buffer.from(`${lower}/`), name]), name)
  })
  const names = await namesOf(server, '/')
  assert.equal(names.length, odd.length)
  for (const name of names) {
    const content = await contentOf(server, `/${name}`)
    await write(server, `/${name}`, `${content}!`)
    await server.ask('rename', { from: `/${name}`, to: `/${name}2`, overwrite: false })
    assert.equal(await contentOf(server, `/${name}2`), `${content}!`)
    await server.ask('remove', { path: `/${name}2`, recursive: false })
  }
  assert.deepEqual(await namesOf(server, '/'), [])
})
