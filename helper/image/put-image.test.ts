import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { addLayer } from './add-layer.ts'
import { parseDigest } from './digest.ts'
import { putImage } from './put-image.ts'
import { putTestImage } from './testing/test-image.ts'
import { diffIdOf, digestOf, makeTestImages } from './testing/test-image-context.ts'

test('an image is its configuration, its layers uppermost first, and what its registry calls it', async (test) => {
  const { context } = makeTestImages(test)
  const repoDigest = `docker.io/library/app@sha256:${'d'.repeat(64)}`
  const record = await putTestImage(context, {
    layers: ['lower', 'upper'],
    tags: ['app:1'],
    repoDigests: [repoDigest],
    config: { created: '2024-01-02T03:04:05.678901234Z', config: { Cmd: ['/run'], Labels: null }, history: [{ comment: 'done' }] },
  })
  assert.equal(record.created, Date.UTC(2024, 0, 2, 3, 4, 5, 678))
  assert.deepEqual(record.config, { Cmd: ['/run'] })
  assert.deepEqual(record.layers, [
    context.layers.folder(diffIdOf(Buffer.from('upper'))),
    context.layers.folder(diffIdOf(Buffer.from('lower'))),
  ])
  assert.equal(record.content?.comment, 'done')
  assert.deepEqual(record.content?.repoDigests, [repoDigest])
  assert.equal(digestOf(context.content.read(parseDigest(record.id), 10_000)), record.id)
  assert.deepEqual(context.records.get(record.id), record)
})

test('a tag moves to the image put last', async (test) => {
  const { context } = makeTestImages(test)
  const first = await putTestImage(context, { layers: ['one'], tags: ['app:latest', 'app:1'] })
  const second = await putTestImage(context, { layers: ['two'], tags: ['app:latest'] })
  assert.deepEqual(context.records.get(first.id)?.tags, ['app:1'])
  assert.deepEqual(second.tags, ['app:latest'])
})

test('an image that is there gets the new names too, and keeps what its registry called it', async (test) => {
  const { context } = makeTestImages(test)
  const repoDigests = [`docker.io/library/app@sha256:${'d'.repeat(64)}`]
  const pulled = await putTestImage(context, { layers: ['one'], tags: ['app:1'], repoDigests })
  const loaded = await putTestImage(context, { layers: ['one'], tags: ['app:2'] })
  assert.equal(loaded.id, pulled.id)
  assert.deepEqual(loaded.tags, ['app:1', 'app:2'])
  assert.deepEqual(loaded.content?.repoDigests, repoDigests)
  assert.equal(loaded.content?.manifest, pulled.content?.manifest)
})

test('without all its parts an image is refused and not known', async (test) => {
  const { context } = makeTestImages(test)
  const bytes = Buffer.from('layer')
  const config = (diffIds: unknown) => Buffer.from(JSON.stringify({ rootfs: { type: 'layers', diff_ids: diffIds } }))
  const parts = { manifest: Buffer.from('{}'), tags: ['x:1'], repoDigests: [] }
  using lease = context.lease()
  const blob = context.content.put(bytes)
  lease.protect(blob)
  assert.throws(() => putImage(context, { ...parts, config: config([diffIdOf(bytes)]), blobs: [blob] }), { code: 'layer-missing' })
  await addLayer(context, lease.protect, { blob })
  assert.throws(() => putImage(context, { ...parts, config: config([diffIdOf(bytes)]), blobs: [] }), { code: 'layer-count' })
  assert.throws(() => putImage(context, { ...parts, config: config([diffIdOf(bytes)]), blobs: [digestOf(Buffer.from('other'))] }), {
    code: 'blob-missing',
  })
  assert.throws(() => putImage(context, { ...parts, tags: ['host:latest'], config: config([]), blobs: [] }), { code: 'host-image-stays' })
  assert.deepEqual(context.records.list(), [])
})

const refused: readonly (readonly [what: string, config: string, code: string])[] = [
  ['no JSON', '{', 'bad-image-config'],
  ['bytes that are not UTF-8', '{"rootfs":{"diff_ids":[]},"author":"\xff"}', 'bad-image-config'],
  ['a list', '[]', 'bad-image-config'],
  ['no layers at all', '{}', 'bad-image-config'],
  ['another algorithm', '{"rootfs":{"diff_ids":["sha512:00"]}}', 'bad-image-config'],
  ['a path as a digest', '{"rootfs":{"diff_ids":["sha256:../../../etc/passwd"]}}', 'bad-image-config'],
  ['an image that is a manifest too', '{"rootfs":{"diff_ids":[]},"layers":[]}', 'bad-image-config'],
  ['an index', '{"rootfs":{"diff_ids":[]},"manifests":[]}', 'bad-image-config'],
  ['a NUL in its command', '{"rootfs":{"diff_ids":[]},"config":{"Cmd":["a\\u0000b"]}}', 'bad-image-config'],
  ['too many layers', JSON.stringify({ rootfs: { diff_ids: Array(129).fill(`sha256:${'0'.repeat(64)}`) } }), 'too-many-layers'],
  ['too many bytes', JSON.stringify({ rootfs: { diff_ids: [] }, author: 'x'.repeat(5 << 20) }), 'bad-image-config'],
]

for (const [what, config, code] of refused) {
  test(`a configuration with ${what} is refused`, (test) => {
    const { context } = makeTestImages(test)
    const image = { config: Buffer.from(config, 'latin1'), manifest: Buffer.from('{}'), blobs: [], tags: ['x:1'], repoDigests: [] }
    assert.throws(() => putImage(context, image), { code })
    assert.deepEqual(context.content.list(), [])
  })
}

test('a layer that is not what the image says leaves nothing', async (test) => {
  const { context } = makeTestImages(test)
  using lease = context.lease()
  const blob = context.content.put(Buffer.from('layer'))
  await assert.rejects(addLayer(context, lease.protect, { blob, diffId: diffIdOf(Buffer.from('other')) }), { code: 'layer-mismatch' })
  assert.deepEqual(readdirSync(join(context.dataRoot, 'layers')), [])
})

test('a blob that the disk has changed makes no layer', async (test) => {
  const unpackLayer = async () => ({ diffId: diffIdOf(Buffer.from('layer')), digest: digestOf(Buffer.from('changed')), size: 0 })
  const { context } = makeTestImages(test, { unpackLayer })
  using lease = context.lease()
  const blob = context.content.put(Buffer.from('layer'))
  await assert.rejects(addLayer(context, lease.protect, { blob }), { code: 'blob-corrupt' })
  assert.deepEqual(readdirSync(join(context.dataRoot, 'layers')), [])
})
