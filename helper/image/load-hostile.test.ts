import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { ImageContext } from './context.ts'
import { loadImages } from './load.ts'
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from './manifest-of.ts'
import { loadPieces } from './testing/load-pieces.ts'
import {
  archiveImage,
  blobEntries,
  descriptorOf,
  dockerArchive,
  hexOf,
  manifestWith,
  ociLayout,
  partsWith,
  type TestEntry,
  tarOf,
} from './testing/test-archive.ts'
import { putTestImage } from './testing/test-image.ts'
import { makeTestImages } from './testing/test-image-context.ts'

const never = new AbortController().signal
const app = partsWith(['base', 'app'], { config: { Cmd: ['app'] } })
const other = partsWith(['base', 'other'])

// Archives that lie, break off or ask for too much: the code says which lie it was, and nothing is left.
const config = app.config
const good = dockerArchive([{ ...app, tags: ['app:1'] }])
const blobs = blobEntries(app)
const manifest = manifestWith(app)
const named = (text: string, mediaType: string, name = 'app:1') => ({
  ...descriptorOf(text, mediaType),
  annotations: { 'io.containerd.image.name': name },
})
const wholeLayout = (text: string, mediaType = OCI_MANIFEST) => ociLayout([named(text, mediaType)], [text, config, ...app.layers])
const manifestJson = (value: unknown): TestEntry => ['manifest.json', typeof value === 'string' ? value : JSON.stringify(value)]
const entry = archiveImage(app, ['app:1'])
const nested = (text: string, depth: number): string[] => {
  const index = JSON.stringify({ schemaVersion: 2, manifests: [descriptorOf(text, OCI_INDEX)] })
  return depth === 0 ? [text] : [text, ...nested(index, depth - 1)]
}

const hostile: readonly (readonly [name: string, archive: readonly TestEntry[] | Uint8Array, code: string])[] = [
  ['nothing', Buffer.alloc(0), 'no-images'],
  ['text', Buffer.from('no archive at all, but more than six bytes of it'.repeat(40)), 'bad-archive'],
  ['bzip2', Buffer.concat([Buffer.from('BZh91AY&SY'), Buffer.alloc(2000)]), 'unsupported-compression'],
  ['broken gzip', gzipSync(tarOf(good)).subarray(0, -40), 'bad-archive'],
  ['the end is missing', tarOf(good).subarray(0, 700), 'bad-archive'],
  [
    'a root filesystem',
    [
      ['bin/', { kind: 'folder' }],
      ['bin/sh', 'x'],
    ],
    'no-images',
  ],
  ['an empty list', [manifestJson([])], 'no-images'],
  ['an index without a layout', [['index.json', JSON.stringify({ schemaVersion: 2, manifests: [] })]], 'no-images'],
  ['an empty layout', ociLayout([], []), 'no-images'],
  [
    'a layout of a version to come',
    [
      ['oci-layout', '{"imageLayoutVersion":"9"}'],
      ['index.json', '{"schemaVersion":2,"manifests":[]}'],
    ],
    'bad-manifest',
  ],
  ['manifest.json is no JSON', [...blobs, manifestJson('[{')], 'bad-manifest'],
  ['manifest.json is an object', [...blobs, manifestJson(entry)], 'bad-manifest'],
  ['manifest.json is huge', [...blobs, ['manifest.json', { kind: 'file', size: 5 << 20 }]], 'archive-document-too-large'],
  ['manifest.json is huge and there', tarOf([...blobs, manifestJson(`[${' '.repeat(5 << 20)}]`)]), 'archive-document-too-large'],
  ['manifest.json names two thousand images', [...blobs, manifestJson(Array.from({ length: 2000 }, () => entry))], 'bad-manifest'],
  ['manifest.json is there twice', [...good, manifestJson([])], 'duplicate-entry'],
  ['a blob is there twice', [...blobs, ...blobs, manifestJson([entry])], 'duplicate-entry'],
  ['a blob is there twice, under ./ too', [...blobs, [`./blobs//sha256/${hexOf('app')}`, 'app'], manifestJson([entry])], 'duplicate-entry'],
  [
    'a link has the name of a blob',
    [...blobs, [`blobs/sha256/${hexOf('app')}`, { kind: 'symlink', link: hexOf('base') }], manifestJson([entry])],
    'duplicate-entry',
  ],
  ['the configuration is missing', [...blobs.slice(1), manifestJson([entry])], 'missing-entry'],
  ['a layer is missing', [...blobs.slice(0, -1), manifestJson([entry])], 'missing-entry'],
  ['a layer is outside', [...blobs, manifestJson([{ ...entry, Layers: ['../../etc/passwd', '/etc/passwd'] }])], 'missing-entry'],
  ['a name leads outside', [...good, ['../../../etc/cron.d/x', 'x']], 'bad-archive-name'],
  ['a name is absolute', [...good, ['/etc/cron.d/x', 'x']], 'bad-archive-name'],
  ['a layer links outside', [[`${hexOf('v1')}/layer.tar`, { kind: 'symlink', link: '../../../etc/passwd' }]], 'bad-archive-name'],
  ['a layer links to an absolute path', [[`${hexOf('v1')}/layer.tar`, { kind: 'symlink', link: '/etc/passwd' }]], 'bad-archive-name'],
  ['a layer is a hard link outside', [[`${hexOf('v1')}/layer.tar`, { kind: 'hard-link', link: '../etc/passwd' }]], 'bad-archive-name'],
  [
    'links in a circle',
    [
      ...blobs,
      [`${hexOf('a')}.tar`, { kind: 'symlink', link: `${hexOf('b')}.tar` }],
      [`${hexOf('b')}.tar`, { kind: 'symlink', link: `${hexOf('a')}.tar` }],
      manifestJson([{ ...entry, Layers: [`${hexOf('a')}.tar`, `${hexOf('a')}.tar`] }]),
    ],
    'missing-entry',
  ],
  ['manifest.json is a link', [...blobs, ['manifest.json', { kind: 'symlink', link: '/etc/passwd' }]], 'bad-archive'],
  [
    'a layer is a device',
    [...blobs, [`${hexOf('v1')}/layer.tar`, { kind: 'block-device', device: { major: 8, minor: 0 } }]],
    'bad-archive',
  ],
  ['a layer is a fifo', [[`blobs/sha256/${hexOf('x')}`, { kind: 'fifo' }]], 'bad-archive'],
  ['the name of a blob lies', [...blobs.slice(0, -1), [`blobs/sha256/${hexOf('app')}`, 'liar'], manifestJson([entry])], 'blob-mismatch'],
  [
    'the name of a configuration lies',
    [[`${hexOf('x')}.json`, config], ...blobs, manifestJson([{ ...entry, Config: `${hexOf('x')}.json` }])],
    'blob-mismatch',
  ],
  [
    'a layer is another than its diff ID',
    dockerArchive([{ ...partsWith(['base', 'liar']), layers: ['base', 'app'], tags: ['app:1'] }]),
    'layer-mismatch',
  ],
  ['more diff IDs than layers', dockerArchive([{ ...partsWith(['base', 'app', 'more']), layers: ['base', 'app'] }]), 'layer-count'],
  ['fewer diff IDs than layers', dockerArchive([{ ...partsWith(['base']), layers: ['base', 'app'] }]), 'layer-count'],
  [
    'a diff ID that is a path',
    dockerArchive([{ layers: ['app'], config: JSON.stringify({ rootfs: { diff_ids: ['sha256:../../../../etc'] } }) }]),
    'bad-image-config',
  ],
  ['a thousand layers', dockerArchive([partsWith(Array.from({ length: 129 }, (_, at) => `layer ${at}`))]), 'too-many-layers'],
  ['a configuration that is none', dockerArchive([{ layers: [], config: 'no JSON' }]), 'bad-image-config'],
  ['a configuration that is a manifest', dockerArchive([{ layers: [], config: manifest }]), 'bad-image-config'],
  [
    'a configuration that is huge',
    dockerArchive([{ layers: [], config: JSON.stringify({ rootfs: { diff_ids: [] }, x: ' '.repeat(5 << 20) }) }]),
    'blob-too-large',
  ],
  ['an image for another system', dockerArchive([partsWith(['app'], { os: 'windows' })]), 'unsupported-os'],
  ['a name that is none', dockerArchive([{ ...app, tags: ['../../etc:1'] }]), 'bad-reference'],
  ['a name with a digest', dockerArchive([{ ...app, tags: [`app@sha256:${hexOf('x')}`] }]), 'bad-reference'],
  ['the name of this machine', dockerArchive([{ ...app, tags: ['host:latest'] }]), 'host-image-stays'],
  [
    'a good image before a bad one',
    dockerArchive([
      { ...app, tags: ['app:1'] },
      { ...partsWith(['base', 'liar']), layers: ['base', 'other'] },
    ]),
    'layer-mismatch',
  ],
  ['a layout whose manifest is not there', ociLayout([named(manifest, OCI_MANIFEST)], [config, ...app.layers]), 'missing-entry'],
  ['a layout whose layer is not there', ociLayout([named(manifest, OCI_MANIFEST)], [manifest, config, 'base']), 'missing-entry'],
  [
    'a descriptor with another size',
    ociLayout([{ ...named(manifest, OCI_MANIFEST), size: 5 }], [manifest, config, ...app.layers]),
    'blob-mismatch',
  ],
  [
    'a descriptor with a digest that is a path',
    ociLayout([{ ...named(manifest, OCI_MANIFEST), digest: 'sha256:../../x' }], [manifest]),
    'bad-manifest',
  ],
  [
    'a descriptor with a digest in capitals',
    ociLayout([{ ...named(manifest, OCI_MANIFEST), digest: `sha256:${hexOf(manifest).toUpperCase()}` }], [manifest]),
    'bad-manifest',
  ],
  ['a manifest of another type than its descriptor says', wholeLayout(manifest, DOCKER_MANIFEST), 'ambiguous-manifest'],
  ['a manifest that is an index too', wholeLayout(manifestWith(app, { manifests: [] })), 'ambiguous-manifest'],
  ['a manifest of the first schema too', wholeLayout(manifestWith(app, { fsLayers: [] })), 'ambiguous-manifest'],
  [
    'an index that is a manifest too',
    [
      ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
      ['index.json', JSON.stringify({ schemaVersion: 2, manifests: [], layers: [] })],
    ],
    'ambiguous-manifest',
  ],
  [
    'something that is no image',
    wholeLayout(manifestWith(app, { config: descriptorOf(config, 'application/vnd.cncf.helm.config.v1+json') })),
    'not-an-image',
  ],
  ['an entry that is no manifest', wholeLayout(manifest, 'application/octet-stream'), 'not-an-image'],
  [
    'one name for two images',
    ociLayout(
      [named(manifest, OCI_MANIFEST), named(manifestWith(other), OCI_MANIFEST)],
      [manifest, manifestWith(other), config, other.config, 'base', 'app', 'other'],
    ),
    'ambiguous-manifest',
  ],
  [
    'indexes in indexes',
    (() => {
      const all = nested(manifest, 8)
      return ociLayout([descriptorOf(all.at(-1) ?? '', OCI_INDEX)], all)
    })(),
    'bad-manifest',
  ],
  [
    'an image for other machines only',
    (() => {
      const index = JSON.stringify({
        schemaVersion: 2,
        manifests: ['s390x', 'riscv64'].map((architecture) => ({
          ...descriptorOf(architecture === 's390x' ? manifest : manifestWith(other), OCI_MANIFEST),
          platform: { os: 'linux', architecture },
        })),
      })
      return ociLayout([named(index, OCI_INDEX)], [index, manifest, manifestWith(other), config, other.config, 'base', 'app', 'other'])
    })(),
    'platform-missing',
  ],
]

async function assertUnchanged(images: ImageContext, before: { records: unknown; content: unknown; layers: unknown }): Promise<void> {
  await new Promise(setImmediate)
  assert.deepEqual(stateOf(images), before)
}

function stateOf(images: ImageContext) {
  return { records: images.records.list(), content: [...images.content.list()].sort(), layers: [...images.layers.list()].sort() }
}

for (const [name, archive, code] of hostile) {
  test(`refused, and nothing is left: ${name}`, async (context) => {
    const { context: images } = makeTestImages(context)
    // Of an image that was there before, with the same base and the same name, everything stays.
    await putTestImage(images, { layers: ['base', 'before'], tags: ['app:1'] })
    const before = stateOf(images)
    await assert.rejects(loadPieces(images, archive), { code })
    await assertUnchanged(images, before)
  })
}

test('a body that breaks off, and a client that goes, leave nothing', async (context) => {
  const { context: images } = makeTestImages(context)
  const before = stateOf(images)
  const broken = new Readable({ read: () => undefined })
  const loading = loadImages(images, broken, { quiet: true, signal: never })
  broken.push(tarOf(good).subarray(0, 1500))
  setImmediate(() => broken.destroy(new Error('connection lost')))
  await assert.rejects(loading, { message: 'connection lost' })
  await assertUnchanged(images, before)

  const gone = new AbortController()
  const waiting = new Readable({ read: () => undefined })
  const cancelled = loadImages(images, waiting, { quiet: true, signal: gone.signal })
  waiting.push(tarOf(good).subarray(0, 1500))
  setImmediate(() => gone.abort())
  await assert.rejects(cancelled, { code: 'cancelled' })
  await assertUnchanged(images, before)
})

test('a client that goes while a layer is unpacked leaves nothing', async (context) => {
  const gone = new AbortController()
  const { context: images } = makeTestImages(context, {
    unpackLayer: ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
        gone.abort()
      }),
  })
  await assert.rejects(loadPieces(images, good, gone.signal), { code: 'cancelled' })
  await assertUnchanged(images, { records: [], content: [], layers: [] })
})

test('zeros behind the end cost no memory', { timeout: 20_000 }, async (context: TestContext) => {
  const { context: images } = makeTestImages(context)
  const zeros = Buffer.alloc(1 << 20)
  async function* endless() {
    yield tarOf(good)
    for (let count = 0; count < 512; count++) yield zeros
  }
  const before = process.memoryUsage.rss()
  const said = []
  for await (const message of await loadImages(images, Readable.from(endless()), { quiet: true, signal: never })) said.push(message)
  assert.equal(said.length, 1)
  assert.ok(process.memoryUsage.rss() - before < 100 << 20)
})
