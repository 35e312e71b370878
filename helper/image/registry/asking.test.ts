/** What registries are asked besides pull and push: login, search, distribution. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { inspectDistribution } from './distribution.ts'
import { logIn } from './login.ts'
import { MEDIA_TYPES } from './manifest.ts'
import { searchImages } from './search.ts'
import { sendError, sendJson } from './testing/answers.ts'
import { makeTestPulls } from './testing/pulling.ts'
import { putDocument, putRegistryImage } from './testing/registry-image.ts'
import { AUTH, BASIC, wantBasic, wantBearer } from './testing/test-auth.ts'
import { startTestRegistry } from './testing/test-registry.ts'

async function arrange(t: TestContext) {
  const registry = await startTestRegistry(t)
  return { registry, registries: makeTestPulls(t).registries, serveraddress: registry.host }
}

const QUERY = { limit: 25, filters: new Map<string, readonly string[]>(), auth: undefined }

test('a password that the registry takes', async (t) => {
  const { registry, registries, serveraddress } = await arrange(t)
  wantBasic(registry)
  assert.deepEqual(await logIn(registries, { ...AUTH, serveraddress }), { Status: 'Login Succeeded', IdentityToken: '' })
  assert.deepEqual(
    registry.seen.map(({ path, authorization }) => [path, authorization]),
    [
      ['/v2/', undefined],
      ['/v2/', BASIC],
    ],
  )
})

test('a password that it does not take', async (t) => {
  const { registry, registries, serveraddress } = await arrange(t)
  wantBasic(registry)
  await assert.rejects(logIn(registries, { ...AUTH, password: 'x', serveraddress }), { code: 'auth-failed' })
})

test('a token server gives an identity token, and its token is tried', async (t) => {
  const { registry, registries, serveraddress } = await arrange(t)
  const { server } = await wantBearer(t, registry)
  assert.deepEqual(await logIn(registries, { ...AUTH, serveraddress }), { Status: 'Login Succeeded', IdentityToken: 'identity' })
  assert.deepEqual(
    server.seen.map(({ authorization }) => authorization),
    [BASIC],
  )
  assert.match(registry.seen.at(-1)?.authorization ?? '', /^Bearer /)
})

test('a token server that refuses the password', async (t) => {
  const { registry, registries, serveraddress } = await arrange(t)
  await wantBearer(t, registry)
  await assert.rejects(logIn(registries, { ...AUTH, password: 'x', serveraddress }), { code: 'auth-failed' })
})

test('a login without anything to show', async (t) => {
  const { registries, serveraddress } = await arrange(t)
  await assert.rejects(logIn(registries, { serveraddress }), { code: 'no-credentials' })
})

test('a registry that asks for something else', async (t) => {
  const { registry, registries, serveraddress } = await arrange(t)
  registry.lie((_request, response) => {
    response.setHeader('www-authenticate', 'Negotiate')
    return sendError(response, 401, 'UNAUTHORIZED')
  })
  await assert.rejects(logIn(registries, { ...AUTH, serveraddress }), { code: 'auth-unsupported' })
})

test('a login that is sent on to another host stops there', async (t) => {
  const { registry, registries, serveraddress } = await arrange(t)
  const other = await startTestRegistry(t)
  registry.lie((_request, response) => {
    response.writeHead(302, { location: other.origin }).end()
    return true
  })
  await assert.rejects(logIn(registries, { ...AUTH, serveraddress }), { code: 'registry-refused' })
  assert.deepEqual(other.seen, [])
})

test('search, as the first version of the protocol has it', async (t) => {
  const { registry, registries } = await arrange(t)
  const result = { name: 'app', description: 'a\u001b[31mb\nc', star_count: 3, is_official: true, is_automated: false }
  registry.lie((_request, response, path) => path === '/v1/search?q=app&n=25' && sendJson(response, 200, { results: [result] }))
  const expected = { ...result, description: 'a [31mb c' }
  assert.deepEqual(await searchImages(registries, `${registry.host}/app`, QUERY), [expected])
  const search = (name: string, value: string) =>
    searchImages(registries, `${registry.host}/app`, { ...QUERY, filters: new Map([[name, [value]]]) })
  assert.deepEqual(await search('stars', '3'), [expected])
  assert.deepEqual(await search('stars', '4'), [])
  assert.deepEqual(await search('is-official', 'false'), [])
  await assert.rejects(search('colour', 'red'), { code: 'bad-filter' })
})

test('a registry without search lists what it has', async (t) => {
  const { registry, registries } = await arrange(t)
  registry.lie(
    (_request, response, path) => path.startsWith('/v2/_catalog') && sendJson(response, 200, { repositories: ['app', 'my/app', 'x'] }),
  )
  const found = await searchImages(registries, `${registry.host}/app`, QUERY)
  assert.deepEqual(
    found.map(({ name }) => name),
    ['app', 'my/app'],
  )
})

test('a registry that offers neither', async (t) => {
  const { registry, registries } = await arrange(t)
  await assert.rejects(searchImages(registries, `${registry.host}/app`, QUERY), { code: 'search-unsupported' })
})

test('results that are none', async (t) => {
  const { registry, registries } = await arrange(t)
  registry.lie((_request, response, path) => path.startsWith('/v1/') && sendJson(response, 200, { results: 'x' }))
  await assert.rejects(searchImages(registries, `${registry.host}/app`, QUERY), { code: 'bad-answer' })
})

test('distribution of an index, of a manifest, and of nothing', async (t) => {
  const { registry, registries } = await arrange(t)
  const image = putRegistryImage(registry, { tag: 'one', config: { architecture: 'arm64', variant: 'v8' } })
  const platform = { os: 'linux', architecture: 'arm64' }
  const index = putDocument(
    registry,
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [{ ...image.descriptor, platform }] },
    { tag: 'all' },
  )
  const inspect = (tag: string) => inspectDistribution(registries, `${registry.host}/app:${tag}`, undefined)
  assert.deepEqual(await inspect('all'), { Descriptor: index, Platforms: [platform] })
  assert.deepEqual(await inspect('one'), { Descriptor: image.descriptor, Platforms: [{ ...platform, variant: 'v8' }] })
  await assert.rejects(inspect('none'), { code: 'image-not-found' })
})
