import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { type Digest, digestHex } from '../digest.ts'
import { digestOf } from '../testing/test-image-context.ts'
import type { ContentStore } from './content-store.ts'
import { openContentStore } from './open-content-store.ts'

const hello = Buffer.from('hello')
const HELLO = digestOf(hello)

interface Place {
  readonly folder: string
  readonly store: ContentStore
}

function makePlace(test: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-content-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, store: openContentStore(folder) }
}

function blobPath(folder: string, digest: Digest): string {
  return join(folder, 'blobs/sha256', digestHex(digest))
}

function damage(folder: string, digest: Digest, text: string): void {
  chmodSync(blobPath(folder, digest), 0o600)
  writeFileSync(blobPath(folder, digest), text)
}

test('a blob lies in an OCI layout under its digest, for its owner to read', (test) => {
  const { folder, store } = makePlace(test)
  assert.equal(store.put(hello), HELLO)
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'oci-layout'), 'utf8')), { imageLayoutVersion: '1.0.0' })
  assert.deepEqual(readFileSync(blobPath(folder, HELLO)), hello)
  assert.equal(statSync(blobPath(folder, HELLO)).mode & 0o7777, 0o400)
  assert.equal(store.size(HELLO), 5)
  assert.deepEqual(store.list(), [HELLO])
  assert.deepEqual(readdirSync(join(folder, 'ingest')), [])
})

test('a blob can be read, streamed and deleted, and is then missing', async (test) => {
  const { store } = makePlace(test)
  const big = Buffer.alloc(3_000_000, 'ab')
  const digest = store.put(big)
  assert.deepEqual(store.read(digest, big.length), big)
  assert.deepEqual(await buffer(store.stream(digest)), big)
  store.delete(digest)
  store.delete(digest)
  assert.equal(store.has(digest), false)
  assert.throws(() => store.read(digest, 10), { code: 'blob-missing' })
  assert.throws(() => store.stream(digest), { code: 'blob-missing' })
})

test('a blob of several pieces has the digest of the whole, also after starting over', (test) => {
  const { store } = makePlace(test)
  const blob = store.create()
  blob.write(Buffer.from('something else, and longer'))
  blob.reset()
  blob.write(Buffer.from('hel'))
  assert.equal(blob.written, 3)
  blob.write(Buffer.from('lo'))
  assert.equal(blob.commit({ digest: HELLO, size: 5 }), HELLO)
  blob.abort()
  assert.deepEqual(store.read(HELLO, 5), hello)
})

test('what is not what was expected leaves nothing', (test) => {
  const { folder, store } = makePlace(test)
  for (const expected of [{ digest: digestOf(Buffer.from('other')) }, { digest: HELLO, size: 4 }, { size: 6 }]) {
    const blob = store.create()
    blob.write(hello)
    assert.throws(() => blob.commit(expected), { code: 'blob-mismatch' })
  }
  assert.deepEqual(store.list(), [])
  assert.deepEqual(readdirSync(join(folder, 'ingest')), [])
})

test('an aborted blob leaves nothing', (test) => {
  const { folder, store } = makePlace(test)
  const blob = store.create()
  blob.write(hello)
  blob.abort()
  blob.abort()
  assert.deepEqual(readdirSync(join(folder, 'ingest')), [])
})

test('what a killed helper did not finish is gone at the next start', (test) => {
  const { folder, store } = makePlace(test)
  store.put(hello)
  store.create().write(Buffer.from('half'))
  const next = openContentStore(folder)
  assert.deepEqual(readdirSync(join(folder, 'ingest')), [])
  assert.deepEqual(next.list(), [HELLO])
})

test('names that are no digests are no blobs', (test) => {
  const { folder, store } = makePlace(test)
  writeFileSync(join(folder, 'blobs/sha256', 'HELLO'), '')
  assert.deepEqual(store.list(), [])
})

test('damage is found by every way of reading', async (test) => {
  const { folder, store } = makePlace(test)
  store.put(hello)
  damage(folder, HELLO, 'hullo')
  assert.throws(() => store.read(HELLO, 5), { code: 'blob-corrupt' })
  await assert.rejects(buffer(store.stream(HELLO)), { code: 'blob-corrupt' })
  truncateSync(blobPath(folder, HELLO), 2)
  await assert.rejects(buffer(store.stream(HELLO)), { code: 'blob-corrupt' })
})

test('putting a damaged blob again heals it', (test) => {
  const { folder, store } = makePlace(test)
  store.put(hello)
  damage(folder, HELLO, 'hullo')
  store.put(hello)
  assert.deepEqual(store.read(HELLO, 5), hello)
})

test('a blob larger than asked for is not read', (test) => {
  const { store } = makePlace(test)
  store.put(hello)
  assert.throws(() => store.read(HELLO, 4), { code: 'blob-too-large' })
})

test('a large blob is right although the disk is asked to take it while it is written', async (test) => {
  const { store } = makePlace(test)
  const piece = Buffer.alloc(1 << 20, 'x')
  const blob = store.create()
  for (let count = 0; count < 40; count++) blob.write(piece)
  const digest = blob.commit({ size: 40 << 20 })
  let bytes = 0
  for await (const part of store.stream(digest)) bytes += part.length
  assert.equal(bytes, 40 << 20)
})
