/** Registries that lie (security.md U8 to U14): each pull fails by the lie's name and leaves nothing. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import { pullImage } from '../pull.ts'
import { digestOf } from '../testing/test-image-context.ts'
import { MEDIA_TYPES } from './manifest.ts'
import { sendJson } from './testing/answers.ts'
import { makeTestPulls, NO_OPTIONS, readAll } from './testing/pulling.ts'
import { type PutImage, putDocument, putRegistryImage, type RegistryImage } from './testing/registry-image.ts'
import { startTestRegistry, type TestRegistry } from './testing/test-registry.ts'

/** An image `app:1` in a registry, and stores to pull it into. */
async function arrange(t: TestContext, image: RegistryImage = {}) {
  const registry = await startTestRegistry(t)
  return { ...makeTestPulls(t), registry, image: putRegistryImage(registry, { tag: '1', ...image }), name: `${registry.host}/app:1` }
}

const layerOf = (image: PutImage): string => image.layers[0]?.digest ?? ''

/** Answers for that blob or manifest with these bytes. */
function answerWith(registry: TestRegistry, end: string, bytes: Buffer | string, headers: Record<string, string> = {}): void {
  registry.lie((_request, response, path) => {
    if (!path.endsWith(end)) return false
    response.writeHead(200, { 'content-length': Buffer.byteLength(bytes), ...headers }).end(bytes)
    return true
  })
}

test('a layer of other bytes of the same length', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  answerWith(registry, layerOf(image), 'eno')
  await refuses(name, 'blob-mismatch')
})

test('a layer that is shorter than the manifest says', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  answerWith(registry, layerOf(image), 'on')
  await refuses(name, 'blob-mismatch')
})

test('a layer that is longer than the manifest says', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  answerWith(registry, layerOf(image), 'one and more')
  await refuses(name, 'blob-mismatch')
})

test('a layer without an end is dropped at the length that the manifest says', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  let sent = 0
  registry.lie((_request, response, path) => {
    if (!path.endsWith(layerOf(image))) return false
    response.writeHead(200)
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65536))) sent += 65536
      response.once('drain', more)
    }
    more()
    return true
  })
  await refuses(name, 'blob-mismatch')
  assert.ok(sent < 64 << 20, 'the connection is closed soon')
})

test('a layer that ends too early, and keeps doing so', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  registry.lie((_request, response, path) => {
    if (!path.endsWith(layerOf(image))) return false
    response.writeHead(200)
    response.end('o')
    return true
  })
  await refuses(name, 'blob-mismatch')
})

test('a layer that unpacks to something else than the configuration says', async (t) => {
  const { name, refuses } = await arrange(t, {
    config: { rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))] } },
  })
  await refuses(name, 'layer-mismatch')
})

test('a blob that is said to be a layer which is here already is not taken for it (poisoned cache)', async (t) => {
  const { registry, image, pull, name, context } = await arrange(t, { layers: ['one'] })
  await pull(name)
  const before = context.content.list()
  const [diffId] = context.layers.list()
  putRegistryImage(registry, { tag: '2', layers: ['evil'], config: { rootfs: { type: 'layers', diff_ids: [diffId] } } })
  await assert.rejects(pull(`${registry.host}/app:2`), { code: 'layer-mismatch' })
  assert.deepEqual(context.content.list(), before)
  assert.deepEqual(
    context.records.list().map(({ id }) => id),
    [image.config.digest],
  )
})

test('a configuration of other bytes', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  answerWith(registry, image.config.digest, Buffer.alloc(image.config.size, 32))
  await refuses(name, 'digest-mismatch')
})

test('a configuration that is longer than the manifest says', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  answerWith(registry, image.config.digest, Buffer.alloc(image.config.size + 1, 32))
  await refuses(name, 'document-too-large')
})

test('a configuration with more layers than the manifest', async (t) => {
  const { name, refuses } = await arrange(t, { config: { rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from('x'))] } } })
  await refuses(name, 'layer-count')
})

test('a configuration that is a manifest too', async (t) => {
  const { name, refuses } = await arrange(t, { config: { manifests: [] } })
  await refuses(name, 'bad-image-config')
})

test('an image of another system', async (t) => {
  const { name, refuses } = await arrange(t, { config: { os: 'windows' } })
  await refuses(name, 'foreign-system')
})

test('a manifest of other bytes than the digest that was asked for', async (t) => {
  const { registry, image, refuses } = await arrange(t)
  const other = putRegistryImage(registry, { tag: '2', layers: ['other'] })
  answerWith(registry, image.digest, other.bytes, { 'content-type': MEDIA_TYPES.ociManifest })
  await refuses(`${registry.host}/app@${image.digest}`, 'digest-mismatch')
})

test('a manifest whose header names another digest', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  answerWith(registry, '/manifests/1', image.bytes, { 'docker-content-digest': digestOf(Buffer.from('x')) })
  await refuses(name, 'digest-mismatch')
})

for (const digest of [
  'sha256:../../../../etc/passwd',
  'md5:0123456789abcdef0123456789abcdef',
  `sha256:${'A'.repeat(64)}`,
  `sha512:${'a'.repeat(128)}`,
]) {
  test(`a header with the digest ${digest.slice(0, 30)}`, async (t) => {
    const { registry, image, name, refuses } = await arrange(t)
    answerWith(registry, '/manifests/1', image.bytes, { 'docker-content-digest': digest, 'content-type': MEDIA_TYPES.ociManifest })
    await refuses(name, 'bad-digest')
  })

  test(`a manifest with a layer of the digest ${digest.slice(0, 30)}`, async (t) => {
    const { name, refuses } = await arrange(t, { manifest: { layers: [{ mediaType: MEDIA_TYPES.ociConfig, digest, size: 1 }] } })
    await refuses(name, 'bad-manifest')
  })
}

test('a manifest that is an index too', async (t) => {
  const { name, refuses } = await arrange(t, { manifest: { manifests: [] } })
  await refuses(name, 'confused-manifest')
})

test('an index that calls itself a manifest', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  putDocument(registry, { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, manifests: [] }, { tag: '1' })
  await refuses(name, 'confused-manifest')
})

test('a header that says something else than the document', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  answerWith(registry, '/manifests/1', image.bytes, { 'content-type': MEDIA_TYPES.dockerManifest })
  await refuses(name, 'confused-manifest')
})

test('an index that says something else of a manifest than the manifest itself', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  const manifests = [{ ...image.descriptor, mediaType: MEDIA_TYPES.dockerManifest }]
  putDocument(registry, { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests }, { tag: '1' })
  await refuses(name, 'confused-manifest')
})

test('an index with a wrong size of its manifest', async (t) => {
  const { registry, image, name, refuses } = await arrange(t)
  const manifests = [{ ...image.descriptor, size: image.descriptor.size + 1 }]
  putDocument(registry, { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests }, { tag: '1' })
  await refuses(name, 'digest-mismatch')
})

test('an index of indexes', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  const inner = putDocument(registry, { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [] })
  putDocument(registry, { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [inner] }, { tag: '1' })
  await refuses(name, 'no-matching-platform')
})

test('a manifest of schema 1', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
  putDocument(registry, { schemaVersion: 1, name: 'app', fsLayers: [], signatures: [] }, { tag: '1', type })
  await refuses(name, 'schema1-refused')
})

test('an artifact that is no image', async (t) => {
  const { name, refuses } = await arrange(t, {
    manifest: { config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digestOf(Buffer.from('')), size: 0 } },
  })
  await refuses(name, 'not-an-image')
})

test('more layers than can be mounted', async (t) => {
  const { name, refuses } = await arrange(t, { layers: Array.from({ length: 129 }, (_, at) => String(at)) })
  await refuses(name, 'too-many-layers')
})

test('a manifest that is no JSON', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  answerWith(registry, '/manifests/1', '<html>welcome to the hotel network</html>', { 'content-type': 'text/html' })
  await refuses(name, 'bad-manifest')
})

test('a manifest that is announced as too large', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  registry.lie((_request, response, path) => {
    if (!path.endsWith('/manifests/1')) return false
    response.writeHead(200, { 'content-length': 1 << 30 }).write('{')
    return true
  })
  await refuses(name, 'document-too-large')
})

test('a manifest without an end', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  registry.lie((_request, response, path) => {
    if (!path.endsWith('/manifests/1')) return false
    const more = (): void => {
      while (!response.destroyed && response.write(' '.repeat(65536)));
      response.once('drain', more)
    }
    more()
    return true
  })
  await refuses(name, 'document-too-large')
})

test('an endless error in colours is told in one short line', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  registry.lie((_request, response, path) => {
    if (!path.endsWith('/manifests/1')) return false
    response.writeHead(400)
    const more = (): void => {
      while (!response.destroyed && response.write('\u001b[31mred\r\n\u202eabc'.repeat(1000)));
      response.once('drain', more)
    }
    more()
    return true
  })
  const error = await refuses(name, 'registry-refused')
  assert.match(error.message, /^[ -~…]{1,500}$/)
})

test('addresses of layers in the manifest are never used', async (t) => {
  const other = await startTestRegistry(t)
  const registry = await startTestRegistry(t)
  const { context, pull } = makeTestPulls(t)
  const plain = putRegistryImage(registry, { layers: ['one'] })
  const layers = plain.layers.map((layer) => ({ ...layer, urls: [`${other.origin}/layer`, 'file:///etc/passwd'] }))
  putRegistryImage(registry, { tag: '1', layers: ['one'], manifest: { layers } })
  await pull(`${registry.host}/app:1`)
  assert.equal(context.records.list().length, 1)
  assert.deepEqual(other.seen, [])
})

test('a disk that is full', async (t) => {
  const full = new PockerError('Unavailable', 'unpack layer: no space left', { code: 'no-space' })
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const { refuses } = makeTestPulls(t, { unpackLayer: () => Promise.reject(full) })
  await refuses(`${registry.host}/app:1`, 'no-space')
})

test('a disk that is full while a layer is downloaded is not asked again', async (t) => {
  const { registry, image, context, name, assertEmpty, registries } = await arrange(t)
  const full = new PockerError('Unavailable', 'write blob: no space left', { code: 'no-space' })
  const content = {
    ...context.content,
    create: () =>
      Object.defineProperty({ ...context.content.create() }, 'write', {
        value: () => {
          throw full
        },
      }),
  }
  const pull = async () => readAll(await pullImage({ ...context, content }, registries, name, NO_OPTIONS))
  await assert.rejects(pull(), { code: 'no-space' })
  assertEmpty()
  assert.equal(registry.lines().filter((line) => line.endsWith(layerOf(image))).length, 1)
})

test('an image that is not there, with the registry’s words', async (t) => {
  const { registry, refuses } = await arrange(t)
  const error = await refuses(`${registry.host}/app:2`, 'image-not-found')
  assert.match(error.message, /MANIFEST_UNKNOWN/)
})

test('a registry that nobody runs', async (t) => {
  const { refuses } = makeTestPulls(t)
  await refuses('127.0.0.1:1/app:1', 'registry-unreachable')
})

test('a list of tags that is not one', async (t) => {
  const { registry, refuses } = await arrange(t)
  registry.lie((_request, response, path) => path.includes('/tags/') && sendJson(response, 200, { tags: ['../../x'] }))
  await refuses(`${registry.host}/app`, 'bad-answer')
})

test('names with a slash too many lead nowhere else', async (t) => {
  const { registry, refuses } = await arrange(t)
  await refuses(`${registry.host}/app/../../v1:1`, 'bad-reference')
  await refuses(`${registry.host}/app:1/../x`, 'bad-reference')
  assert.deepEqual(registry.seen, [])
})
