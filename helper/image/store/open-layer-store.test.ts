import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseDigest } from '../digest.ts'
import { digestOf } from '../testing/test-image-context.ts'
import type { LayerStore } from './layer-store.ts'
import { openLayerStore } from './open-layer-store.ts'

const A = digestOf(Buffer.from('a'))
const B = digestOf(Buffer.from('b'))

interface Place {
  readonly folder: string
  readonly discarded: string[]
  readonly open: () => LayerStore
}

function makePlace(test: TestContext): Place {
  const place = mkdtempSync(join(tmpdir(), 'pocker-layers-'))
  test.after(() => rmSync(place, { recursive: true, force: true }))
  const folder = join(place, 'layers')
  const discarded: string[] = []
  const discard = (path: string) => {
    discarded.push(path)
    rmSync(path, { recursive: true })
  }
  return { folder, discarded, open: () => openLayerStore({ folder, trash: { discard } }) }
}

function addLayer(store: LayerStore, diffId = A, text = 'x'): void {
  const layer = store.create()
  writeFileSync(join(layer.folder, 'file'), text)
  layer.commit(diffId, { size: text.length })
}

test('a layer has its folder, its size, and is there at the next start', (test) => {
  const { open } = makePlace(test)
  const store = open()
  addLayer(store, A, 'twelve bytes')
  for (const opened of [store, open()]) {
    assert.ok(opened.has(A))
    assert.equal(opened.size(A), 12)
    assert.equal(readFileSync(join(opened.folder(A), 'file'), 'utf8'), 'twelve bytes')
    assert.deepEqual(opened.list(), [A])
  }
})

test('a container may enter the layer, other users of the host may not reach it (CVE-2021-41091)', (test) => {
  const { folder, open } = makePlace(test)
  const store = open()
  addLayer(store)
  assert.equal(statSync(store.folder(A)).mode & 0o7777, 0o755)
  assert.equal(statSync(join(store.folder(A), '..')).mode & 0o7777, 0o700)
  assert.equal(statSync(folder).mode & 0o7777, 0o700)
})

test('paths are short: all layers of an image must fit into one page of mount options', (test) => {
  const { folder, open } = makePlace(test)
  const store = open()
  addLayer(store)
  assert.ok(store.folder(A).length - folder.length <= 20)
})

test('the disk takes the layer on another thread first', async (test) => {
  const { open } = makePlace(test)
  const store = open()
  const layer = store.create()
  await layer.sync()
  layer.commit(A, { size: 0 })
  assert.ok(store.has(A))
})

test('what is not committed is no layer, and gone at the next start', (test) => {
  const { folder, open } = makePlace(test)
  const store = open()
  writeFileSync(join(store.create().folder, 'file'), 'half')
  assert.deepEqual(store.list(), [])
  assert.equal(readdirSync(folder).length, 1)
  assert.deepEqual(open().list(), [])
  assert.deepEqual(readdirSync(folder), [])
})

test('an aborted layer leaves nothing, a committed one is not aborted', (test) => {
  const { folder, open } = makePlace(test)
  const store = open()
  const aborted = store.create()
  aborted.abort()
  aborted.abort()
  assert.deepEqual(readdirSync(folder), [])
  const committed = store.create()
  committed.commit(A, { size: 0 })
  committed.abort()
  assert.ok(statSync(store.folder(A)).isDirectory())
})

test('of two that unpack the same layer the first is kept', (test) => {
  const { folder, open } = makePlace(test)
  const store = open()
  const second = store.create()
  addLayer(store, A, 'first')
  writeFileSync(join(second.folder, 'file'), 'second')
  second.commit(A, { size: 6 })
  assert.equal(readFileSync(join(store.folder(A), 'file'), 'utf8'), 'first')
  assert.equal(store.size(A), 5)
  assert.equal(readdirSync(folder).length, 1)
})

test('layers whose digests begin alike are kept apart', (test) => {
  const { open } = makePlace(test)
  const store = open()
  const twins = ['0', '1', '2'].map((digit) => parseDigest(`sha256:${'a'.repeat(16)}${digit.repeat(48)}`))
  for (const twin of twins) addLayer(store, twin, twin)
  for (const twin of twins) assert.equal(readFileSync(join(open().folder(twin), 'file'), 'utf8'), twin)
})

test('a deleted layer is discarded', (test) => {
  const { discarded, open } = makePlace(test)
  const store = open()
  addLayer(store)
  addLayer(store, B)
  store.delete(A)
  store.delete(A)
  assert.equal(discarded.length, 1)
  assert.deepEqual(store.list(), [B])
  assert.throws(() => store.folder(A), { code: 'layer-missing' })
  assert.throws(() => store.size(A), { code: 'layer-missing' })
})

test('folders that are no layers, or say that they are another, are discarded', (test) => {
  const { folder, open } = makePlace(test)
  const store = open()
  addLayer(store, A)
  addLayer(store, B)
  mkdirSync(join(folder, 'empty'))
  writeFileSync(join(folder, 'file'), '')
  mkdirSync(join(folder, 'torn'))
  writeFileSync(join(folder, 'torn', 'facts.json'), '{"diffId":')
  const [name = ''] = readdirSync(folder).filter((found) => B.includes(found))
  renameSync(join(folder, name), join(folder, 'f'.repeat(16)))
  assert.deepEqual(open().list(), [A])
  assert.equal(readdirSync(folder).length, 1)
})
