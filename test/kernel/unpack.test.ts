/** Honest archives: the tree is the one that GNU tar makes of them. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { rawTar } from '../../helper/archive/testing/raw-tar.ts'
import { makeEverything } from '../support/everything-tree.ts'
import {
  describeTree,
  listTree,
  makeUnpackPlace,
  sha256,
  skipUnlessRoot,
  type UnpackPlace,
  unpackBlob,
  unpackCode,
} from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

function gnuTar(folder: string, archive: string, flags: readonly string[]): void {
  execFileSync('tar', ['-C', folder, '--numeric-owner', ...flags, '-cf', archive, '.'])
}

/** What GNU tar makes of the archive. */
function gnuTree(place: UnpackPlace, archive: string): string[] {
  const folder = join(place.path, 'gnu')
  mkdirSync(folder, { mode: 0o755 })
  execFileSync('tar', [
    '-C',
    folder,
    '--numeric-owner',
    '--same-owner',
    '-p',
    '--xattrs',
    '--xattrs-include=*',
    '--warning=no-timestamp',
    '-xf',
    archive,
  ])
  return describeTree(folder)
}

async function sameAsGnu(context: TestContext, flags: readonly string[]): Promise<UnpackPlace> {
  const place = makeUnpackPlace(context)
  const source = join(place.path, 'source')
  mkdirSync(source)
  makeEverything(source)
  const archive = join(place.path, 'archive.tar')
  gnuTar(source, archive, flags)
  const { diffId, digest } = await unpackBlob(place, archive)
  assert.deepEqual(describeTree(place.folder), gnuTree(place, archive))
  assert.equal(diffId, `sha256:${sha256(readFileSync(archive))}`)
  assert.equal(digest, diffId)
  return place
}

const formats: Readonly<Record<string, readonly string[]>> = {
  'pax with attributes': ['--format=pax', '--xattrs', '--xattrs-include=*'],
  'pax with sparse files, version 0.0': ['--format=pax', '-S', '--sparse-version=0.0'],
  'pax with sparse files, version 0.1': ['--format=pax', '-S', '--sparse-version=0.1'],
  'pax with sparse files, version 1.0': ['--format=pax', '-S', '--sparse-version=1.0'],
  'the format of GNU tar': ['--format=gnu'],
  'the format of GNU tar with sparse files': ['--format=gnu', '-S'],
}

for (const [name, flags] of Object.entries(formats)) {
  test(`an archive in ${name} becomes what GNU tar makes of it`, options, async (context) => {
    const place = await sameAsGnu(context, flags)
    const tree = describeTree(place.folder).join('\n')
    if (flags.includes('--xattrs'))
      for (const name of ['security.capability', 'user.note', 'posix_acl_default']) assert.ok(tree.includes(name), name)
    if (flags.includes('-S')) assert.ok(statSync(join(place.folder, 'sparse')).blocks < 1000, 'holes stay holes')
  })
}

test('compressed ones too, with the digests of both', options, async (context) => {
  const place = makeUnpackPlace(context)
  const plain = rawTar([{ name: 'a', data: 'content' }])
  for (const compress of [gzipSync, zstdCompressSync]) {
    const blob = compress(plain)
    const facts = await unpackBlob(place, blob)
    assert.deepEqual(facts, { diffId: `sha256:${sha256(plain)}`, digest: `sha256:${sha256(blob)}`, size: 7 })
    assert.deepEqual(listTree(place.folder), ['a content'])
  }
})

test('progress ends at the size of the blob', options, async (context) => {
  const place = makeUnpackPlace(context)
  const blob = rawTar([{ name: 'a', data: Buffer.alloc(3_000_000) }])
  const seen: number[] = []
  await unpackBlob(place, blob, { onProgress: (bytes) => seen.push(bytes) })
  assert.equal(seen.at(-1), blob.length)
  assert.ok(seen.length > 2)
})

test('a layer that is cancelled ends as such', options, async (context) => {
  const place = makeUnpackPlace(context)
  const blob = rawTar(Array.from({ length: 20_000 }, (_, index) => ({ name: `f${index}`, data: 'x'.repeat(600) })))
  const stop = new AbortController()
  assert.equal(await unpackCode(place, blob, { signal: stop.signal, onProgress: () => stop.abort() }), 'cancelled')
})

test('folders that the archive does not name are made as anybody may read them', options, async (context) => {
  const place = makeUnpackPlace(context)
  await unpackBlob(place, rawTar([{ name: 'a/b/c', data: 'x' }]))
  assert.equal(statSync(join(place.folder, 'a/b')).mode & 0o7777, 0o755)
  assert.equal(statSync(place.folder).mode & 0o7777, 0o755)
})

test('the root has what the archive says of it', options, async (context) => {
  const place = makeUnpackPlace(context)
  await unpackBlob(place, rawTar([{ name: './', type: '5', mode: 0o1711, uid: 7, gid: 8, mtime: 1000 }, { name: './a' }]))
  const { mode, uid, gid, mtimeMs } = statSync(place.folder)
  assert.deepEqual([mode & 0o7777, uid, gid, mtimeMs], [0o1711, 7, 8, 1_000_000])
})

test('what comes later takes the place of what came before', options, async (context) => {
  const place = makeUnpackPlace(context)
  const entries = [
    { name: 'a/b/c', data: '1' },
    { name: 'a', data: '2' },
    { name: 'l', type: '2', link: 'a' },
    { name: 'l', data: '3' },
    { name: 'd', data: '4' },
    { name: 'd', type: '5', mode: 0o755 },
    { name: 'd', type: '5', mode: 0o700 },
    { name: 'e', data: '5' },
    { name: 'h', type: '1', link: 'e' },
    { name: 'h', data: '6' },
  ]
  await unpackBlob(place, rawTar(entries))
  assert.deepEqual(listTree(place.folder), ['a 2', 'd/', 'e 5', 'h 6', 'l 3'])
  assert.equal(statSync(join(place.folder, 'd')).mode & 0o7777, 0o700)
})

test('files behind a link of the same layer go where it leads within the layer', options, async (context) => {
  const place = makeUnpackPlace(context)
  await unpackBlob(
    place,
    rawTar([
      { name: 'usr/lib/', type: '5', mode: 0o755 },
      { name: 'lib', type: '2', link: 'usr/lib' },
      { name: 'lib/one', data: '1' },
      { name: 'lib/new/two', data: '2' },
      { name: 'absolute', type: '2', link: '/usr' },
      { name: 'absolute/three', data: '3' },
    ]),
  )
  assert.deepEqual(listTree(place.folder), [
    'absolute -> /usr',
    'lib -> usr/lib',
    'usr/',
    'usr/lib/',
    'usr/lib/new/',
    'usr/lib/new/two 2',
    'usr/lib/one 1',
    'usr/three 3',
  ])
})

test('whiteouts become those of overlayfs', options, async (context) => {
  const place = makeUnpackPlace(context)
  const entries = [
    { name: 'a/.wh.gone' },
    { name: '.wh.top' },
    { name: 'o/', type: '5', mode: 0o755 },
    { name: 'o/before', data: '1' },
    { name: 'o/.wh..wh..opq' },
    { name: 'o/after', data: '2' },
    // A name that the archive has as well: about the layers below only.
    { name: 'kept', data: '3' },
    { name: '.wh.kept' },
    { name: '.wh.again' },
    { name: 'again', data: '4' },
    { name: '.wh.folder' },
    { name: 'folder/', type: '5', mode: 0o755 },
    { name: 'other/', type: '5', mode: 0o755 },
    { name: '.wh.other' },
    { name: '.wh..wh.plnk/1.2', data: 'aufs' },
    { name: 'new/.wh..wh..opq' },
  ]
  await unpackBlob(place, rawTar(entries))
  assert.deepEqual(listTree(place.folder), [
    'a/',
    'a/gone char 0:0',
    'again 4',
    'folder/',
    'kept 3',
    'new/',
    'o/',
    'o/after 2',
    'o/before 1',
    'other/',
    'top char 0:0',
  ])
  const opaque = (name: string) =>
    execFileSync('getfattr', ['-h', '-d', '-m', '-', name], { cwd: place.folder, encoding: 'utf8' }).includes('trusted.overlay.opaque="y"')
  assert.deepEqual(['a', 'o', 'folder', 'other', 'new'].map(opaque), [false, true, true, true, true])
})

test('two layers over each other look as Docker shows them', options, async (context) => {
  const place = makeUnpackPlace(context)
  const lower = { ...place, folder: join(place.path, 'lower') }
  mkdirSync(lower.folder)
  await unpackBlob(
    lower,
    rawTar([
      { name: 'a/1', data: '1' },
      { name: 'b/2', data: '2' },
      { name: 'c/3', data: '3' },
    ]),
  )
  await unpackBlob(place, rawTar([{ name: 'a/.wh.1' }, { name: 'b/.wh..wh..opq' }, { name: 'b/4', data: '4' }, { name: 'c/5', data: '5' }]))
  const merged = join(place.path, 'merged')
  mkdirSync(merged)
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', `lowerdir=${place.folder}:${lower.folder}`, merged])
  try {
    assert.deepEqual(listTree(merged), ['a/', 'b/', 'b/4 4', 'c/', 'c/3 3', 'c/5 5'])
  } finally {
    execFileSync('umount', [merged])
  }
})
