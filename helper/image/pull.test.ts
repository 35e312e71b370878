import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEDIA_TYPES } from './registry/manifest.ts'
import { makeTestPulls, said } from './registry/testing/pulling.ts'
import { putDocument, putRegistryImage } from './registry/testing/registry-image.ts'
import { startTestRegistry } from './registry/testing/test-registry.ts'
import { digestOf } from './testing/test-image-context.ts'

const short = (digest: string) => digest.slice(7, 19)

test('a pull tells what Docker tells and makes the image known with its tag and digest', async (t) => {
  const registry = await startTestRegistry(t)
  const image = putRegistryImage(registry, { tag: '1', layers: ['one'], config: { config: { Cmd: ['sh'], Labels: { a: 'b' } } } })
  const { context, pull, events } = makeTestPulls(t)
  const messages = await pull(`${registry.host}/app:1`)
  const id = short(image.layers[0]?.digest ?? '')
  assert.deepEqual(said(messages), [
    'Pulling from app 1',
    `Pulling fs layer ${id}`,
    `Downloading ${id}`,
    `Verifying Checksum ${id}`,
    `Download complete ${id}`,
    `Extracting ${id}`,
    `Pull complete ${id}`,
    `Digest: ${image.digest}`,
    `Status: Downloaded newer image for ${registry.host}/app:1`,
  ])
  const [record] = context.records.list()
  assert.equal(record?.id, image.config.digest)
  assert.deepEqual(record?.tags, [`${registry.host}/app:1`])
  assert.deepEqual(record?.content?.repoDigests, [`${registry.host}/app@${image.digest}`])
  assert.equal(record?.content?.manifest, image.digest)
  assert.deepEqual(
    events.map(({ Action, Actor }) => ({ Action, ...Actor })),
    [{ Action: 'pull', ID: `${registry.host}/app:1`, Attributes: { a: 'b', name: `${registry.host}/app` } }],
  )
})

test('a second pull asks for the manifest alone and says that the image is up to date', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`)
  registry.seen.length = 0
  const messages = await pull(`${registry.host}/app:1`)
  assert.equal(said(messages).at(-1), `Status: Image is up to date for ${registry.host}/app:1`)
  assert.deepEqual(registry.lines(), ['GET /v2/app/manifests/1'])
})

test('an image that shares layers costs only what is missing', async (t) => {
  const registry = await startTestRegistry(t)
  const first = putRegistryImage(registry, { tag: '1', layers: ['base', 'one'] })
  const second = putRegistryImage(registry, { tag: '2', layers: ['base', 'two'] })
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`)
  registry.seen.length = 0
  const messages = await pull(`${registry.host}/app:2`)
  assert.ok(said(messages).includes(`Already exists ${short(first.layers[0]?.digest ?? '')}`))
  assert.deepEqual(
    registry.lines().sort(),
    [`GET /v2/app/blobs/${second.config.digest}`, `GET /v2/app/blobs/${second.layers[1]?.digest}`, 'GET /v2/app/manifests/2'].sort(),
  )
})

test('the tag moves to the image that the registry has now', async (t) => {
  const registry = await startTestRegistry(t)
  const { pull, context } = makeTestPulls(t)
  putRegistryImage(registry, { tag: '1', layers: ['old'] })
  await pull(`${registry.host}/app:1`)
  const image = putRegistryImage(registry, { tag: '1', layers: ['new'] })
  await pull(`${registry.host}/app:1`)
  assert.deepEqual(
    context.records.list().map(({ id, tags }) => [id === image.config.digest, tags]),
    [
      [false, []],
      [true, [`${registry.host}/app:1`]],
    ],
  )
})

test('an index gives the image for the platform that was asked for', async (t) => {
  const registry = await startTestRegistry(t)
  const arm = putRegistryImage(registry, { layers: ['arm'], config: { architecture: 'arm64' } })
  const amd = putRegistryImage(registry, { layers: ['amd'], config: { architecture: 'amd64' } })
  const manifests = [
    { ...arm.descriptor, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    { ...amd.descriptor, platform: { os: 'linux', architecture: 'amd64' } },
  ]
  const index = putDocument(registry, { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests }, { tag: '1' })
  const { pull, context } = makeTestPulls(t)
  const messages = await pull(`${registry.host}/app:1`, { platform: { os: 'linux', architecture: 'arm64' } })
  assert.deepEqual(
    context.records.list().map(({ id, content }) => ({ id, digests: content?.repoDigests })),
    [{ id: arm.config.digest, digests: [`${registry.host}/app@${index.digest}`] }],
  )
  assert.ok(said(messages).includes(`Digest: ${index.digest}`))
})

test('a platform that an index does not have is refused, and the others are named', async (t) => {
  const registry = await startTestRegistry(t)
  const arm = putRegistryImage(registry, { config: { architecture: 'arm64' } })
  const manifests = [{ ...arm.descriptor, platform: { os: 'linux', architecture: 'arm64' } }]
  putDocument(registry, { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests }, { tag: '1' })
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'no-matching-platform', { platform: { os: 'linux', architecture: 'riscv64' } })
})

test('an image of another processor without an index comes with a warning', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1', config: { architecture: 's390x' } })
  const { pull } = makeTestPulls(t)
  const messages = await pull(`${registry.host}/app:1`)
  assert.ok(said(messages).some((line) => line.startsWith('WARNING: image with reference')))
})

test('a digest is pulled without a tag, also when the name has one', async (t) => {
  const registry = await startTestRegistry(t)
  const image = putRegistryImage(registry)
  const { pull, context } = makeTestPulls(t)
  await pull(`${registry.host}/app:1@${image.digest}`)
  assert.deepEqual(
    context.records.list().map(({ id, tags }) => ({ id, tags })),
    [{ id: image.config.digest, tags: [] }],
  )
})

test('a bare name means all tags', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1', layers: ['one'] })
  putRegistryImage(registry, { tag: '2', layers: ['two'] })
  const { pull, context } = makeTestPulls(t)
  const messages = await pull(`${registry.host}/app`)
  assert.deepEqual(
    context.records.list().flatMap(({ tags }) => tags),
    [`${registry.host}/app:1`, `${registry.host}/app:2`],
  )
  assert.equal(said(messages).at(-1), `Status: Downloaded newer image for ${registry.host}/app`)
})

test('tags come page by page', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: 'a', layers: ['one'] })
  putRegistryImage(registry, { tag: 'b', layers: ['one'] })
  registry.lie((_request, response, path) => {
    if (path === '/v2/app/tags/list?n=1000') {
      response.writeHead(200, { link: '<http://169.254.169.254/next>; rel="next"' }).end('{"tags":["a"]}')
      return true
    }
    if (path === '/v2/app/tags/list?n=1000&last=a') {
      response.writeHead(200).end('{"tags":["b"]}')
      return true
    }
    return false
  })
  const { pull, context } = makeTestPulls(t)
  await pull(`${registry.host}/app`)
  assert.deepEqual(context.records.list()[0]?.tags, [`${registry.host}/app:a`, `${registry.host}/app:b`])
})

test('two pulls of one image at once download each blob once', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1', layers: ['one', 'two', 'three', 'four', 'five'] })
  const { pull } = makeTestPulls(t)
  await Promise.all([pull(`${registry.host}/app:1`), pull(`${registry.host}/app:1`)])
  const layers = ['one', 'two', 'three', 'four', 'five'].map((text) => `GET /v2/app/blobs/${digestOf(Buffer.from(text))}`)
  assert.deepEqual(
    registry
      .lines()
      .filter((line) => layers.includes(line))
      .sort(),
    layers.sort(),
  )
})

test('an image without layers, and one with the same layer twice', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: 'none', layers: [] })
  putRegistryImage(registry, { tag: 'twice', layers: ['one', 'one'] })
  const { pull, context } = makeTestPulls(t)
  await pull(`${registry.host}/app:none`)
  await pull(`${registry.host}/app:twice`)
  assert.deepEqual(
    context.records.list().map(({ layers }) => layers.length),
    [0, 2],
  )
})
