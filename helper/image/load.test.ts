import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { ImageContext } from './context.ts'
import { loadImages } from './load.ts'
import { OCI_INDEX, OCI_MANIFEST } from './manifest-of.ts'
import { loadPieces } from './testing/load-pieces.ts'
import {
  archiveImage,
  descriptorOf,
  dockerArchive,
  hexOf,
  hostArchitecture,
  manifestWith,
  ociLayout,
  partsWith,
  type TestEntry,
  tarOf,
} from './testing/test-archive.ts'
import { putTestImage } from './testing/test-image.ts'
import { diffIdOf, makeTestImages } from './testing/test-image-context.ts'

const never = new AbortController().signal
function tagsOf(images: ImageContext): Record<string, readonly string[]> {
  return Object.fromEntries(images.records.list().map(({ id, tags }) => [id, tags]))
}

const app = partsWith(['base', 'app'], { config: { Cmd: ['app'] } })
const other = partsWith(['base', 'other'])
const idOf = ({ config }: { config: string }) => `sha256:${hexOf(config)}`

test('a docker-archive of several images', async (context) => {
  const { context: images, events } = makeTestImages(context)
  const archive = dockerArchive([{ ...app, tags: ['app:1', 'docker.io/library/app:2'] }, other])
  assert.deepEqual(await loadPieces(images, archive), ['Loaded image: app:1', 'Loaded image: app:2', `Loaded image ID: ${idOf(other)}`])
  assert.deepEqual(tagsOf(images), { [idOf(app)]: ['app:1', 'app:2'], [idOf(other)]: [] })
  const record = images.records.get(idOf(app))
  assert.deepEqual(record?.config, { Cmd: ['app'] })
  assert.deepEqual(
    record?.layers,
    ['app', 'base'].map((text) => images.layers.folder(diffIdOf(Buffer.from(text)))),
  )
  assert.deepEqual(
    events.map(({ Action, Actor }) => `${Action} ${Actor.ID}`),
    [`load ${idOf(app)}`, `load ${idOf(other)}`],
  )
  assert.equal(images.content.list().length, 3 + 2 + 2) // layers, configurations, manifests
})

for (const [name, compress] of [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`an archive compressed with ${name}`, async (context) => {
    const { context: images } = makeTestImages(context)
    assert.deepEqual(await loadPieces(images, compress(tarOf(dockerArchive([{ ...app, tags: ['app:1'] }])))), ['Loaded image: app:1'])
  })
}

test('a docker-archive as Docker wrote it before 25', async (context) => {
  const { context: images } = makeTestImages(context)
  const [one, two] = [hexOf('v1 one'), hexOf('v1 two')]
  const archive: TestEntry[] = [
    [`${one}/`, { kind: 'folder', mode: 0o755 }],
    [`${one}/VERSION`, '1.0'],
    [`${one}/json`, '{}'],
    [`${one}/layer.tar`, 'base'],
    [`${two}/layer.tar`, 'app'],
    [`${hexOf(app.config)}.json`, app.config],
    [
      'manifest.json',
      JSON.stringify([{ Config: `${hexOf(app.config)}.json`, RepoTags: ['app:1'], Layers: [`${one}/layer.tar`, `${two}/layer.tar`] }]),
    ],
    ['repositories', JSON.stringify({ app: { 1: two } })],
  ]
  assert.deepEqual(await loadPieces(images, archive), ['Loaded image: app:1'])
  assert.deepEqual(tagsOf(images), { [idOf(app)]: ['app:1'] })
})

test('a docker-archive as skopeo writes it, with links between its names', async (context) => {
  const { context: images } = makeTestImages(context)
  const [base, top] = [hexOf('base'), hexOf('app')]
  const archive: TestEntry[] = [
    [`${base}.tar`, 'base'],
    [`${hexOf('v1')}/layer.tar`, { kind: 'symlink', link: `../${base}.tar` }],
    [`./${top}.tar`, 'app'],
    [`${hexOf('v2')}/layer.tar`, { kind: 'hard-link', link: `${top}.tar` }],
    [`${hexOf(app.config)}.json`, app.config],
    [
      'manifest.json',
      JSON.stringify([
        { Config: `${hexOf(app.config)}.json`, RepoTags: [], Layers: [`${hexOf('v1')}/layer.tar`, `${hexOf('v2')}/layer.tar`] },
      ]),
    ],
  ]
  assert.deepEqual(await loadPieces(images, archive), [`Loaded image ID: ${idOf(app)}`])
})

test('an OCI layout, named by containerd and by podman', async (context) => {
  const { context: images } = makeTestImages(context)
  const [one, two] = [manifestWith(app), manifestWith(other)]
  const index = [
    {
      ...descriptorOf(one, OCI_MANIFEST),
      annotations: { 'io.containerd.image.name': 'docker.io/library/app:1', 'org.opencontainers.image.ref.name': '1' },
    },
    { ...descriptorOf(one, OCI_MANIFEST), annotations: { 'org.opencontainers.image.ref.name': 'localhost/app:2' } },
    { ...descriptorOf(two, OCI_MANIFEST), annotations: { 'org.opencontainers.image.ref.name': 'latest' } },
  ]
  const archive = ociLayout(index, [one, two, app.config, other.config, 'base', 'app', 'other'])
  assert.deepEqual(await loadPieces(images, archive), [
    'Loaded image: app:1',
    'Loaded image: localhost/app:2',
    `Loaded image ID: ${idOf(other)}`,
  ])
  assert.equal(images.records.get(idOf(app))?.content?.manifest, `sha256:${hexOf(one)}`)
})

test('of an index for several machines the image for this one, without attestations', async (context) => {
  const { context: images } = makeTestImages(context)
  const [mine, foreign] = [manifestWith(app), manifestWith(partsWith(['foreign']))]
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [
      { ...descriptorOf(foreign, OCI_MANIFEST), platform: { os: 'linux', architecture: 's390x' } },
      { ...descriptorOf(mine, OCI_MANIFEST), platform: { os: 'linux', architecture: hostArchitecture } },
      { ...descriptorOf('attestation', OCI_MANIFEST), platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  })
  const archive = ociLayout(
    [{ ...descriptorOf(index, OCI_INDEX), annotations: { 'io.containerd.image.name': 'app:1' } }],
    [index, mine, app.config, ...app.layers],
  )
  assert.deepEqual(await loadPieces(images, archive), ['Loaded image: app:1'])
  assert.deepEqual(tagsOf(images), { [idOf(app)]: ['app:1'] })
})

test('in an archive of both kinds manifest.json says what is loaded, the layout which manifest it has', async (context) => {
  const { context: images } = makeTestImages(context)
  const manifest = manifestWith(app, { annotations: { as: 'in the registry' } })
  const named = { ...descriptorOf(manifest, OCI_MANIFEST), annotations: { 'io.containerd.image.name': 'wrong:1' } }
  const archive = [
    ...ociLayout([named], [manifest, app.config, ...app.layers]),
    ['manifest.json', JSON.stringify([archiveImage(app, ['app:1'])])] as const,
  ]
  assert.deepEqual(await loadPieces(images, archive), ['Loaded image: app:1'])
  assert.equal(images.records.get(idOf(app))?.content?.manifest, `sha256:${hexOf(manifest)}`)
})

test('a loaded name moves from the image that had it', async (context) => {
  const { context: images } = makeTestImages(context)
  const before = await putTestImage(images, { layers: ['before'], tags: ['app:1', 'app:2'] })
  await loadPieces(images, dockerArchive([{ ...app, tags: ['app:1'] }]))
  assert.deepEqual(tagsOf(images), { [before.id]: ['app:2'], [idOf(app)]: ['app:1'] })
})

test('layers that are there are neither written nor unpacked again', async (context) => {
  const { context: images } = makeTestImages(context)
  await loadPieces(images, dockerArchive([{ ...app, tags: ['app:1'] }]))
  const unpacked: string[] = []
  const unpackLayer: ImageContext['unpackLayer'] = (options) => {
    unpacked.push(options.folder)
    return images.unpackLayer(options)
  }
  await loadPieces(
    { ...images, unpackLayer },
    dockerArchive([
      { ...app, tags: ['app:1'] },
      { ...other, tags: ['other:1'] },
    ]),
  )
  assert.equal(unpacked.length, 1)
})

test('progress is told of each layer, unless it is to be quiet', async (context) => {
  const { context: images } = makeTestImages(context)
  const messages = []
  for await (const message of await loadImages(images, Readable.from([tarOf(dockerArchive([app]))]), { quiet: false, signal: never }))
    messages.push(message)
  const layers = app.layers.map((text) => diffIdOf(Buffer.from(text)).slice(7, 19))
  assert.deepEqual(messages.flatMap(({ id }) => id ?? []).sort(), layers.sort())
})
