import assert from 'node:assert/strict'
import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { folderSize, listChanges } from './changes.ts'

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-changes-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function tree(folder: string, files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), file)
  }
}

async function changesOf(upper: string, ...layers: readonly string[]): Promise<string[]> {
  const changes = await listChanges({ upper, layers })
  return changes.map(({ Path, Kind }) => `${'CAD'.charAt(Kind)} ${Path}`)
}

test('what the layers have is changed, what they have not is added', async (context) => {
  const [upper, top, bottom] = [temporaryFolder(context), temporaryFolder(context), temporaryFolder(context)]
  tree(upper, ['etc/a', 'etc/new', 'usr/b', 'usr/lib/x', 'var/c'])
  tree(top, ['etc/a', 'usr/lib'])
  tree(bottom, ['usr/b', 'usr/lib/x', 'var'])
  assert.deepEqual(await changesOf(upper, top, bottom), [
    'C /etc',
    'C /etc/a',
    'A /etc/new',
    'C /usr',
    'C /usr/b',
    'C /usr/lib',
    'A /usr/lib/x',
    'C /var',
    'A /var/c',
  ])
})

test('names that are not UTF-8 are listed and looked into', async (context) => {
  const folder = temporaryFolder(context)
  mkdirSync(Buffer.from(`${folder}/\xff`, 'latin1'))
  writeFileSync(Buffer.from(`${folder}/\xff/a`, 'latin1'), '')
  assert.deepEqual(await changesOf(folder), ['A /\ufffd', 'A /\ufffd/a'])
})

test('links are not followed, not even when a folder becomes one meanwhile', async (context) => {
  const folder = temporaryFolder(context)
  const outside = temporaryFolder(context)
  tree(outside, ['secret'])
  symlinkSync(outside, join(folder, 'link'))
  tree(
    folder,
    Array.from({ length: 300 }, (_, number) => `swap${number}/inner`),
  )
  symlinkSync(outside, join(folder, 'target'))
  const swapping = setInterval(() => {
    for (let number = 0; number < 300; number += 7) {
      rmSync(join(folder, `swap${number}`), { recursive: true, force: true })
      symlinkSync(outside, join(folder, `swap${number}`))
    }
    clearInterval(swapping)
  }, 0)
  for (let round = 0; round < 20; round++) {
    const paths = await changesOf(folder)
    assert.ok(paths.every((path) => !path.includes('secret')))
  }
})

test('folders nested deeper than any program needs do not exhaust the helper', async (context) => {
  const folder = temporaryFolder(context)
  const inner = temporaryFolder(context)
  let nest = join(inner, '0')
  mkdirSync(nest)
  for (let depth = 1; depth < 1200; depth++) {
    // Wrapped from outside, because a path of that length cannot be given.
    const outer = join(inner, String(depth))
    mkdirSync(outer)
    renameSync(nest, join(outer, 'd'))
    nest = outer
  }
  renameSync(nest, join(folder, 'd'))
  const changes = await listChanges({ upper: folder, layers: [] })
  assert.equal(changes.length, 513)
})

test('a folder is as large as its files, each counted once', async (context) => {
  const folder = temporaryFolder(context)
  mkdirSync(join(folder, 'sub'))
  writeFileSync(join(folder, 'sub/a'), Buffer.alloc(10_000))
  linkSync(join(folder, 'sub/a'), join(folder, 'b'))
  writeFileSync(join(folder, 'c'), Buffer.alloc(1))
  const { bytes, allocated } = await folderSize(folder)
  assert.equal(bytes, 10_001)
  assert.ok(allocated >= 12_288)
  await assert.rejects(folderSize(join(folder, 'missing')), { code: 'ENOENT' })
})

test('mount points that the image lacks are no changes of the container’s', async (context) => {
  const folder = temporaryFolder(context)
  const layer = temporaryFolder(context)
  for (const path of ['etc', 'proc']) mkdirSync(join(folder, path))
  mkdirSync(join(layer, 'etc'))
  writeFileSync(join(folder, 'etc/hostname'), '')
  assert.deepEqual(await listChanges({ upper: folder, layers: [layer] }), [])
  writeFileSync(join(folder, 'etc/new'), '')
  const changes = await listChanges({ upper: folder, layers: [layer] })
  assert.deepEqual(
    changes.map(({ Path }) => Path),
    ['/etc', '/etc/new'],
  )
})
