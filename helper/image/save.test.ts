import assert from 'node:assert/strict'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import type { ProgressMessage } from '../api/progress.ts'
import { TarReader } from '../archive/tar/reader.ts'
import { digestHex, parseDigest } from './digest.ts'
import { importFolder } from './import-folder.ts'
import { loadImages } from './load.ts'
import { manifestOf } from './manifest-of.ts'
import { putImage } from './put-image.ts'
import { removeImage } from './remove-image.ts'
import { saveImages } from './save.ts'
import { putTestImage } from './testing/test-image.ts'
import { makeTestImages } from './testing/test-image-context.ts'

const never = new AbortController().signal
const options = { platform: undefined, signal: never }

function filesIn(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  let current = ''
  const reader = new TarReader({
    begin: ({ path, type }) => {
      current = type === 'file' ? path : ''
      if (current !== '') assert.ok(!files.has(current), `${current} is there once`)
      if (current !== '') files.set(current, Buffer.alloc(0))
    },
    data: (piece) => void files.set(current, Buffer.concat([files.get(current) ?? Buffer.alloc(0), piece])),
    end: () => undefined,
  })
  reader.write(archive)
  reader.finish()
  return files
}

function json(files: Map<string, Buffer>, name: string): unknown {
  return JSON.parse(String(files.get(name)))
}

test('an archive is a docker-archive and an OCI layout, with each blob once', async (context) => {
  const { context: images } = makeTestImages(context)
  const one = await putTestImage(images, { layers: ['base', 'one'], tags: ['app:1', 'app:2'] })
  const two = await putTestImage(images, { layers: ['base', 'two'], tags: ['localhost:5000/other:1'] })
  const files = filesIn(await buffer(await saveImages(images, ['app:1', 'localhost:5000/other:1', two.id], options)))
  const blob = (digest: string) => `blobs/sha256/${digestHex(parseDigest(digest))}`
  const parts = [one, two].flatMap((image) => [image.id, image.content?.manifest ?? '', ...(image.content?.blobs ?? [])])
  assert.deepEqual([...files.keys()].sort(), [...new Set(parts.map(blob)), 'index.json', 'manifest.json', 'oci-layout'].sort())
  assert.deepEqual(json(files, 'oci-layout'), { imageLayoutVersion: '1.0.0' })
  assert.deepEqual(json(files, 'manifest.json'), [
    { Config: blob(one.id), RepoTags: ['app:1'], Layers: one.content?.blobs.map(blob) },
    { Config: blob(two.id), RepoTags: ['localhost:5000/other:1'], Layers: two.content?.blobs.map(blob) },
  ])
  const { manifests }: { manifests?: unknown } = { ...Object(json(files, 'index.json')) }
  assert.ok(Array.isArray(manifests))
  assert.deepEqual(
    manifests.map(({ annotations }) => annotations),
    [
      { 'io.containerd.image.name': 'docker.io/library/app:1', 'org.opencontainers.image.ref.name': '1' },
      { 'io.containerd.image.name': 'localhost:5000/other:1', 'org.opencontainers.image.ref.name': '1' },
    ],
  )
})

test('a repository is all its tags, an ID has none', async (context) => {
  const { context: images } = makeTestImages(context)
  const one = await putTestImage(images, { layers: ['one'], tags: ['app:1', 'app:latest', 'other:1'] })
  const two = await putTestImage(images, { layers: ['two'], tags: ['app:2'] })
  const tagsOf = async (...names: string[]) => {
    const entries = json(filesIn(await buffer(await saveImages(images, names, options))), 'manifest.json')
    assert.ok(Array.isArray(entries))
    return entries.map(({ RepoTags }) => RepoTags)
  }
  assert.deepEqual(await tagsOf('app'), [['app:1', 'app:latest'], ['app:2']])
  assert.deepEqual(await tagsOf('docker.io/library/app'), [['app:1', 'app:latest'], ['app:2']])
  assert.deepEqual(await tagsOf(two.id), [null])
  assert.deepEqual(await tagsOf(one.id.slice(7, 19), 'other:1'), [['other:1']])
})

test('the same images give the same archive', async (context) => {
  const { context: images } = makeTestImages(context)
  await putTestImage(images, { layers: ['one'], tags: ['app:1'] })
  const [first, second] = [await saveImages(images, ['app'], options), await saveImages(images, ['app'], options)]
  assert.deepEqual(await buffer(first), await buffer(second))
})

test('what is saved can be loaded, into the same images', async (context) => {
  const { context: from, events } = makeTestImages(context)
  const { context: to } = makeTestImages(context)
  const made = await putTestImage(from, { layers: ['base', 'one'], config: { config: { Cmd: ['x'] } } })
  const config = from.content.read(parseDigest(made.id), 10_000)
  const blobs = made.content?.blobs ?? []
  const manifest = manifestOf(from.content, parseDigest(made.id), blobs)
  const one = putImage(from, { config, manifest, blobs, tags: ['app:1'], repoDigests: [`docker.io/library/app@sha256:${'0'.repeat(64)}`] })
  const archive = await buffer(await saveImages(from, ['app:1'], options))
  const messages: ProgressMessage[] = []
  for await (const message of await loadImages(to, Readable.from([archive]), { quiet: true, signal: never })) messages.push(message)
  assert.deepEqual(messages, [{ stream: 'Loaded image: app:1\n' }])
  const [loaded] = to.records.list()
  assert.deepEqual([loaded?.id, loaded?.tags, loaded?.config], [one.id, ['app:1'], { Cmd: ['x'] }])
  assert.deepEqual([loaded?.content?.blobs, loaded?.content?.manifest], [blobs, one.content?.manifest])
  assert.deepEqual(
    events.filter(({ Action }) => Action === 'save').map(({ Actor }) => Actor.ID),
    [one.id],
  )
})

test('what cannot be saved is refused before the first byte', async (context) => {
  const { context: images, place } = makeTestImages(context)
  const one = await putTestImage(images, { layers: ['one'], tags: ['app:1'] })
  images.records.put({ ...importFolder(place.concat('/host/usr'), { dataRoot: images.dataRoot, now: 1 }), tags: ['folder:latest'] })
  await assert.rejects(saveImages(images, ['app:3'], options), { code: 'no-such-image' })
  await assert.rejects(saveImages(images, ['App'], options), { code: 'bad-reference' })
  await assert.rejects(saveImages(images, ['app:1', 'folder'], options), { code: 'image-not-portable' })
  const s390x = { os: 'linux', architecture: 's390x' }
  await assert.rejects(saveImages(images, ['app:1'], { ...options, platform: s390x }), { code: 'no-matching-platform' })
  await assert.rejects(saveImages(images, ['app:1'], { ...options, signal: AbortSignal.abort() }), { code: 'cancelled' })
  images.content.delete(one.content?.blobs[0] ?? parseDigest(''))
  await assert.rejects(saveImages(images, ['app:1'], options), { code: 'blob-missing' })
})

test('an image that is removed meanwhile is saved whole, and gone afterwards', async (context) => {
  const { context: images } = makeTestImages(context)
  const one = await putTestImage(images, { layers: ['one'], tags: ['app:1'] })
  const archive = await saveImages(images, ['app:1'], options)
  removeImage(images, 'app:1', { force: true })
  assert.equal(images.records.list().length, 0)
  assert.equal(filesIn(await buffer(archive)).size, 6)
  await new Promise(setImmediate)
  assert.deepEqual(images.content.list(), [])
  assert.equal(images.layers.has(one.content?.diffIds[0] ?? parseDigest('')), false)
})

test('a client that goes ends the archive and what it kept', async (context) => {
  const { context: images } = makeTestImages(context)
  const one = await putTestImage(images, { layers: ['one'], tags: ['app:1'] })
  const gone = new AbortController()
  const archive = await saveImages(images, ['app:1'], { platform: undefined, signal: gone.signal })
  gone.abort()
  await assert.rejects(buffer(archive), { code: 'cancelled' })
  assert.equal(images.isLeased(parseDigest(one.id)), false)
})

test('a blob that the disk has damaged ends the archive with an error', async (context) => {
  const { context: images } = makeTestImages(context)
  const one = await putTestImage(images, { layers: ['one'], tags: ['app:1'] })
  const path = join(images.dataRoot, 'content/blobs/sha256', digestHex(one.content?.blobs[0] ?? parseDigest('')))
  for (const damage of ['two', 'longer', '']) {
    chmodSync(path, 0o600)
    writeFileSync(path, damage)
    const archive = await saveImages(images, ['app:1'], options)
    await assert.rejects(buffer(archive), { code: 'blob-corrupt' })
  }
  rmSync(path)
})
