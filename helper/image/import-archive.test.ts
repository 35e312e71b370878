import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { ImportOptions } from '../http/backend.ts'
import type { ImageContext } from './context.ts'
import { importArchive } from './import-archive.ts'
import { tarOf } from './testing/test-archive.ts'
import { diffIdOf, digestOf, makeTestImages } from './testing/test-image-context.ts'

const plain: ImportOptions = {
  repo: undefined,
  tag: undefined,
  message: undefined,
  changes: [],
  platform: undefined,
  signal: new AbortController().signal,
}
const archive = tarOf([['etc/motd', 'hello']])

async function importTo(images: ImageContext, body: Uint8Array, options: Partial<ImportOptions> = {}): Promise<string> {
  const said = []
  for await (const { status } of await importArchive(images, Readable.from([body]), { ...plain, ...options })) said.push(status)
  assert.equal(said.length, 1)
  return said[0] ?? ''
}

test('an image of one layer, whose blob is the archive as it came', async (context) => {
  const { context: images, events } = makeTestImages(context)
  const body = gzipSync(archive)
  const options = {
    repo: 'app',
    tag: '1',
    message: 'by hand',
    changes: ['CMD ["x"]', 'ENV A=b'],
    platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
  }
  const id = await importTo(images, body, options)
  const record = images.records.get(id)
  assert.deepEqual(record?.tags, ['app:1'])
  assert.deepEqual(record?.config, { Cmd: ['x'], Env: ['A=b'] })
  assert.deepEqual(record?.content?.blobs, [digestOf(body)])
  assert.deepEqual(record?.content?.diffIds, [diffIdOf(body)])
  const { architecture, variant, os, comment, history, created } = record?.content ?? {}
  assert.deepEqual({ architecture, variant, os, comment }, { architecture: 'arm', variant: 'v7', os: 'linux', comment: 'by hand' })
  assert.deepEqual(history, [{ created, comment: 'by hand' }])
  const manifest = JSON.parse(String(images.content.read(record?.content?.manifest ?? digestOf(body), 10_000)))
  assert.deepEqual(manifest.layers, [
    { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf(body), size: body.length },
  ])
  assert.deepEqual(
    events.map(({ Action, Actor }) => `${Action} ${Actor.ID}`),
    [`tag ${id}`, `import ${id}`],
  )
})

test('without a name it has none, and is for this machine', async (context) => {
  const { context: images } = makeTestImages(context)
  const record = images.records.get(await importTo(images, archive))
  assert.deepEqual(record?.tags, [])
  assert.equal(record?.content?.architecture, process.arch === 'x64' ? 'amd64' : process.arch)
})

const refused: readonly (readonly [name: string, body: Uint8Array, options: Partial<ImportOptions>, code: string])[] = [
  ['nothing', Buffer.alloc(0), {}, 'bad-archive'],
  ['xz', Buffer.concat([Buffer.from('fd377a585a00', 'hex'), archive]), {}, 'unsupported-compression'],
  ['a bad name', archive, { repo: 'App' }, 'bad-reference'],
  ["this machine's name", archive, { repo: 'host' }, 'host-image-stays'],
  ['a bad change', archive, { changes: ['RUN x'] }, 'bad-change'],
  ['another system', archive, { platform: { os: 'windows', architecture: 'amd64' } }, 'unsupported-os'],
  ['a client that has gone', archive, { signal: AbortSignal.abort() }, 'cancelled'],
]

for (const [name, body, options, code] of refused) {
  test(`refused, and nothing is left: ${name}`, async (context) => {
    const { context: images } = makeTestImages(context)
    await assert.rejects(importTo(images, body, options), { code })
    assert.deepEqual([images.records.list(), images.content.list(), images.layers.list()], [[], [], []])
  })
}
