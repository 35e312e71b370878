import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { pushImage } from './push.ts'
import type { ImageRecord } from './records.ts'
import { sendError } from './registry/testing/answers.ts'
import { makeTestPulls, NO_OPTIONS, readAll, said } from './registry/testing/pulling.ts'
import { putRegistryImage } from './registry/testing/registry-image.ts'
import { AUTH, wantBasic, wantBearer } from './registry/testing/test-auth.ts'
import { startTestRegistry } from './registry/testing/test-registry.ts'
import { tagImage } from './tag-image.ts'
import { putTestImage } from './testing/test-image.ts'

const BIG = Buffer.from(Array.from({ length: 6 << 20 }, (_, at) => (at * 13 + (at >> 10)) & 255))

/** An image `source:1` that was pulled from one registry, called `REGISTRY/app:1` of another. */
async function arrange(t: TestContext, { layers = ['one', 'two'] as readonly (string | Buffer)[] } = {}) {
  const origin = await startTestRegistry(t)
  const image = putRegistryImage(origin, { repository: 'source', tag: '1', layers })
  const registry = await startTestRegistry(t)
  const pulls = makeTestPulls(t)
  const { context, registries, pull } = pulls
  await pull(`${origin.host}/source:1`)
  const name = `${registry.host}/app`
  tagImage(context, `${origin.host}/source:1`, { repo: name, tag: '1' })
  const push = async (tag: string | undefined = '1', options: Partial<typeof NO_OPTIONS> = {}, repository = name) =>
    readAll(await pushImage(context, registries, repository, { ...NO_OPTIONS, ...options, tag }))
  return { ...pulls, origin, registry, image, name, push }
}

const onlyRecord = (records: readonly ImageRecord[]): ImageRecord | undefined => records[0]

test('a push tells what Docker tells, and the registry has the same digests', async (t) => {
  const { registry, image, name, push, context, events } = await arrange(t, { layers: ['one'] })
  const messages = await push()
  const id = context.layers.list()[0]?.slice(7, 19)
  assert.deepEqual(said(messages), [
    `The push refers to repository [${name}]`,
    `Preparing ${id}`,
    `Pushing ${id}`,
    `Pushed ${id}`,
    `1: digest: ${image.digest} size: ${image.bytes.length}`,
    '',
  ])
  assert.deepEqual(messages.at(-1), { progressDetail: {}, aux: { Tag: '1', Digest: image.digest, Size: image.bytes.length } })
  assert.deepEqual(registry.manifests.get('app:1')?.bytes, image.bytes)
  assert.deepEqual([...registry.owners].sort(), [image.config, ...image.layers].map(({ digest }) => `app ${digest}`).sort())
  assert.ok(onlyRecord(context.records.list())?.content?.repoDigests.includes(`${name}@${image.digest}`))
  assert.deepEqual([events.at(-1)?.Action, events.at(-1)?.Actor.ID], ['push', `${name}:1`])
})

test('what the registry has is not sent again', async (t) => {
  const { registry, push } = await arrange(t)
  await push()
  registry.seen.length = 0
  const messages = await push()
  assert.equal(said(messages).filter((line) => line.startsWith('Layer already exists')).length, 2)
  assert.deepEqual(new Set(registry.seen.map(({ method }) => method)), new Set(['HEAD', 'PUT']))
})

test('layers of a repository beside it are mounted from there', async (t) => {
  const { origin, context, push, image } = await arrange(t)
  tagImage(context, `${origin.host}/source:1`, { repo: `${origin.host}/copy`, tag: '1' })
  origin.seen.length = 0
  const messages = await push('1', {}, `${origin.host}/copy`)
  assert.equal(said(messages).filter((line) => line.startsWith('Mounted from source')).length, 2)
  assert.ok(origin.owners.has(`copy ${image.layers[0]?.digest}`))
})

test('a mount that is not allowed becomes an upload', async (t) => {
  const { origin, context, push, image } = await arrange(t)
  tagImage(context, `${origin.host}/source:1`, { repo: `${origin.host}/copy`, tag: '1' })
  origin.lie((_request, response, path) => path.includes('mount=') && sendError(response, 403, 'DENIED'))
  const messages = await push('1', {}, `${origin.host}/copy`)
  assert.equal(said(messages).filter((line) => line.startsWith('Pushed')).length, 2)
  assert.ok(origin.owners.has(`copy ${image.layers[0]?.digest}`))
})

test('an upload that breaks off goes on where it was', async (t) => {
  const { registry, push, image } = await arrange(t, { layers: [BIG] })
  let isFirst = true
  registry.lie((request, _response, path) => {
    if (request.method !== 'PUT' || !isFirst || !path.includes(encodeURIComponent(image.layers[0]?.digest ?? ''))) return false
    isFirst = false
    const upload = [...registry.uploads.values()].find(({ repository }) => repository === 'app')
    request.on('error', () => undefined)
    request.on('data', (piece: Buffer) => {
      if (upload === undefined) return
      upload.bytes = Buffer.concat([upload.bytes, piece])
      if (upload.bytes.length > 2 << 20) request.destroy()
    })
    return true
  })
  await push()
  assert.ok(registry.lines().some((line) => line.startsWith('PATCH ')))
  assert.deepEqual(registry.blobs.get(image.layers[0]?.digest ?? ''), BIG)
})

test('an upload that the registry has forgotten begins anew', async (t) => {
  const { registry, push, image } = await arrange(t, { layers: [BIG] })
  let isFirst = true
  registry.lie((request) => {
    if (request.method !== 'PUT' || !isFirst) return false
    isFirst = false
    registry.uploads.clear()
    request.destroy()
    return true
  })
  await push()
  assert.deepEqual(registry.blobs.get(image.layers[0]?.digest ?? ''), BIG)
})

test('a registry that goes on failing is given up, and has no tag', async (t) => {
  const { registry, push } = await arrange(t)
  registry.lie((request, response) => request.method === 'PUT' && sendError(response, 500, 'UNKNOWN'))
  await assert.rejects(push(), { code: 'registry-failed' })
  assert.deepEqual([...registry.manifests], [])
})

test('a registry that stores something else is found out', async (t) => {
  const { registry, push, image } = await arrange(t)
  registry.lie((request, response, path) => {
    if (request.method !== 'PUT' || !path.includes('/manifests/')) return false
    request.resume()
    response.writeHead(201, { 'docker-content-digest': image.config.digest }).end()
    return true
  })
  await assert.rejects(push(), { code: 'digest-mismatch' })
})

test('bytes go to another host that the registry names without what was shown to the registry', async (t) => {
  const { registry, push, image } = await arrange(t, { layers: ['one'] })
  const storage = await startTestRegistry(t)
  wantBasic(registry)
  registry.lie((request, response, path) => {
    if (request.method !== 'POST' || !path.includes('/uploads/')) return false
    response.writeHead(202, { location: `${storage.origin}/put?signature=1`, 'content-length': 0 }).end()
    return true
  })
  storage.lie((request, response) => {
    request.resume().on('end', () => response.writeHead(201).end())
    return true
  })
  await push('1', { auth: AUTH })
  assert.ok(storage.lines().includes(`PUT /put?signature=1&digest=${encodeURIComponent(image.config.digest)}`))
  assert.ok(storage.seen.every(({ authorization }) => authorization === undefined))
})

for (const location of ['http://169.254.169.254/latest', 'file:///etc/passwd', 'http://a:b@127.0.0.1:1/x']) {
  test(`an upload to ${location} is refused`, async (t) => {
    const { registry, push } = await arrange(t)
    registry.lie((request, response, path) => {
      if (request.method !== 'POST' || !path.includes('/uploads/')) return false
      response.writeHead(202, { location }).end()
      return true
    })
    await assert.rejects(push(), { code: 'unsafe-redirect' })
  })
}

test('an upload without an address is refused', async (t) => {
  const { registry, push } = await arrange(t)
  registry.lie((request, response, path) => {
    if (request.method !== 'POST' || !path.includes('/uploads/')) return false
    response.writeHead(202).end()
    return true
  })
  await assert.rejects(push(), { code: 'bad-answer' })
})

test('a push asks for the right to push, and for the right to read what it mounts', async (t) => {
  const { origin, context, push } = await arrange(t, { layers: ['one'] })
  tagImage(context, `${origin.host}/source:1`, { repo: `${origin.host}/copy`, tag: '1' })
  const { server } = await wantBearer(t, origin)
  await push('1', { auth: AUTH }, `${origin.host}/copy`)
  const scopes = server.seen.map(({ path }) => new URLSearchParams(path.split('?')[1]).getAll('scope'))
  assert.deepEqual(scopes, [['repository:copy:pull,push'], ['repository:copy:pull,push', 'repository:source:pull']])
})

test('without credentials a push is refused as Docker does', async (t) => {
  const { registry, push } = await arrange(t)
  wantBasic(registry)
  await assert.rejects(push(), { code: 'auth-required', kind: 'Forbidden' })
})

test('no tag means all tags', async (t) => {
  const { registry, context, push, name } = await arrange(t)
  tagImage(context, `${name}:1`, { repo: name, tag: '2' })
  await readAll(await pushImage(context, makeTestPulls(t).registries, name, { ...NO_OPTIONS, tag: undefined }))
  await push()
  assert.deepEqual(
    [...registry.manifests.keys()].filter((key) => key.startsWith('app:')),
    ['app:1', 'app:2'],
  )
})

test('names that cannot be pushed', async (t) => {
  const { push, image, name } = await arrange(t)
  await assert.rejects(push('2'), { code: 'no-such-image' })
  await assert.rejects(push('../x'), { code: 'bad-reference' })
  await assert.rejects(push('1', {}, `${name}@${image.digest}`), { code: 'push-by-digest' })
  const platform = { os: 'linux', architecture: 'riscv64' }
  await assert.rejects(push('1', { platform }), { code: 'no-matching-platform' })
})

test('an image that is a folder of this machine cannot be pushed', async (t) => {
  const { context, push, name } = await arrange(t)
  const [record] = context.records.list()
  assert.ok(record !== undefined)
  const { content: _, ...rest } = record
  context.records.put({ ...rest, origin: 'folder', tags: [`${name}:1`] })
  await assert.rejects(push(), { code: 'image-not-portable' })
})

test('a client that goes ends the push', async (t) => {
  const { registry, push } = await arrange(t, { layers: [BIG] })
  const gone = new AbortController()
  registry.lie((request) => {
    if (request.method !== 'PUT') return false
    request.on('error', () => undefined).once('data', () => gone.abort())
    return true
  })
  await assert.rejects(push('1', { signal: gone.signal }), { code: 'cancelled' })
  assert.deepEqual([...registry.manifests], [])
})

test('an image that is removed during its push is pushed to the end', async (t) => {
  const { registry, context, push, image } = await arrange(t)
  registry.lie((request) => {
    if (request.method === 'HEAD') for (const { id } of context.records.list()) context.records.delete(id)
    return false
  })
  await push()
  assert.deepEqual(registry.manifests.get('app:1')?.bytes, image.bytes)
  assert.deepEqual(context.records.list(), [])
})

test('plain layers are compressed once, and the image keeps its ID', async (t) => {
  const registry = await startTestRegistry(t)
  const { context, registries } = makeTestPulls(t)
  const text = 'committed '.repeat(1000)
  const image = await putTestImage(context, { layers: [text, 'second'], tags: [`${registry.host}/made:1`] })
  const push = async () => said(await readAll(await pushImage(context, registries, `${registry.host}/made`, { ...NO_OPTIONS, tag: '1' })))
  const plain = image.content?.blobs ?? []
  assert.equal((await push()).filter((line) => line.startsWith('Compressing')).length, 2)
  const [first] = onlyRecord(context.records.list())?.content?.blobs ?? []
  assert.ok(first !== undefined && !plain.includes(first))
  assert.equal(gunzipSync(context.content.read(first, 1 << 20)).toString(), text)
  assert.equal(onlyRecord(context.records.list())?.id, image.id)
  assert.deepEqual(plain.filter(context.content.has), [])
  assert.ok(registry.owners.has(`made ${first}`))
  assert.equal((await push()).filter((line) => /^(Compressing|Pushed)/.test(line)).length, 0)
})

test('plain layers that came from a registry stay as they are', async (t) => {
  const { context, push } = await arrange(t)
  const before = onlyRecord(context.records.list())?.content?.blobs
  assert.deepEqual(
    said(await push()).filter((line) => line.startsWith('Compressing')),
    [],
  )
  assert.deepEqual(onlyRecord(context.records.list())?.content?.blobs, before)
})
