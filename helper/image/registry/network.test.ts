/** The way to a registry: TLS, private authorities, proxies, mirrors, registries without TLS. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AUTHORITY, OTHER_AUTHORITY } from './testing/certificates.ts'
import { makeTestPulls } from './testing/pulling.ts'
import { putRegistryImage } from './testing/registry-image.ts'
import { AUTH, wantBasic, wantBearer } from './testing/test-auth.ts'
import { startTestProxy } from './testing/test-proxy.ts'
import { startTestRegistry } from './testing/test-registry.ts'

const NAME = 'registry.example.test'

/** As an administrator does: `certs.d/HOST/ca.crt`. */
function trust(dataRoot: string, host: string, authority: string): void {
  mkdirSync(join(dataRoot, 'certs.d', host), { recursive: true })
  writeFileSync(join(dataRoot, 'certs.d', host, 'ca.crt'), authority)
}

function configure(dataRoot: string, configuration: Readonly<Record<string, unknown>>): void {
  writeFileSync(join(dataRoot, 'registries.json'), JSON.stringify(configuration))
}

test('a registry with TLS by a private authority', async (t) => {
  const registry = await startTestRegistry(t, { tls: true })
  putRegistryImage(registry, { tag: '1' })
  const proxy = await startTestProxy(t, new Map([[NAME, registry.port]]))
  const { context, pull } = makeTestPulls(t, { environment: proxy.environment })
  trust(context.dataRoot, NAME, AUTHORITY)
  await pull(`${NAME}/app:1`)
  assert.ok(proxy.seen.every((line) => line === `CONNECT ${NAME}:443`))
  assert.deepEqual(context.records.list()[0]?.tags, [`${NAME}/app:1`])
})

test('a certificate that nobody vouches for is refused, and nothing is tried without TLS', async (t) => {
  const registry = await startTestRegistry(t, { tls: true })
  const proxy = await startTestProxy(t, new Map([[NAME, registry.port]]))
  const { refuses } = makeTestPulls(t, { environment: proxy.environment })
  await refuses(`${NAME}/app:1`, 'tls-untrusted', { auth: AUTH })
  assert.deepEqual(registry.seen, [])
  assert.deepEqual(new Set(proxy.seen), new Set([`CONNECT ${NAME}:443`]))
})

test('the authority of one registry says nothing of another', async (t) => {
  const registry = await startTestRegistry(t, { tls: true })
  const proxy = await startTestProxy(t, new Map([['other.example.test', registry.port]]))
  const { context, refuses } = makeTestPulls(t, { environment: proxy.environment })
  trust(context.dataRoot, NAME, AUTHORITY)
  await refuses('other.example.test/app:1', 'tls-untrusted')
})

test('a certificate for another name is refused', async (t) => {
  const registry = await startTestRegistry(t, { tls: true })
  const proxy = await startTestProxy(t, new Map([['wrong.example.test', registry.port]]))
  const { context, refuses } = makeTestPulls(t, { environment: proxy.environment })
  trust(context.dataRoot, 'wrong.example.test', AUTHORITY)
  await refuses('wrong.example.test/app:1', 'tls-untrusted')
})

test('this machine’s own registry needs no authority, but one that is set up for it counts', async (t) => {
  const registry = await startTestRegistry(t, { tls: true })
  putRegistryImage(registry, { tag: '1' })
  const open = makeTestPulls(t)
  await open.pull(`${registry.host}/app:1`)
  const strict = makeTestPulls(t)
  trust(strict.context.dataRoot, registry.host, OTHER_AUTHORITY)
  await strict.refuses(`${registry.host}/app:1`, 'tls-untrusted')
})

test('a registry without TLS is refused unless the configuration names it', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const proxy = await startTestProxy(t, new Map([[NAME, registry.port]]))
  const { context, pull, refuses } = makeTestPulls(t, { environment: proxy.environment })
  await refuses(`${NAME}/app:1`, 'registry-unreachable')
  assert.deepEqual(registry.seen, [])
  configure(context.dataRoot, { 'insecure-registries': [NAME] })
  await pull(`${NAME}/app:1`)
  assert.ok(proxy.seen.some((line) => line.startsWith(`GET http://${NAME}/v2/app/manifests/1`)))
})

test('a token server without TLS is refused by a registry that has it', async (t) => {
  const registry = await startTestRegistry(t, { tls: true })
  await wantBearer(t, registry, { realm: `http://${NAME}/token` })
  const proxy = await startTestProxy(t, new Map([[NAME, registry.port]]))
  const { context, refuses } = makeTestPulls(t, { environment: proxy.environment })
  trust(context.dataRoot, NAME, AUTHORITY)
  await refuses(`${NAME}/app:1`, 'unsafe-realm', { auth: AUTH })
})

test('a redirect from a registry with TLS to one without is refused', async (t) => {
  const registry = await startTestRegistry(t, { tls: true })
  registry.lie((_request, response, path) => {
    response.writeHead(307, { location: `http://${NAME}${path}` }).end()
    return true
  })
  const proxy = await startTestProxy(t, new Map([[NAME, registry.port]]))
  const { context, refuses } = makeTestPulls(t, { environment: proxy.environment })
  trust(context.dataRoot, NAME, AUTHORITY)
  await refuses(`${NAME}/app:1`, 'unsafe-redirect')
})

test('a proxy that does not know the way is told', async (t) => {
  const proxy = await startTestProxy(t, new Map())
  const { refuses } = makeTestPulls(t, { environment: proxy.environment })
  await refuses(`${NAME}/app:1`, 'registry-unreachable')
})

test('this machine’s own registry is not asked through the proxy', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const proxy = await startTestProxy(t, new Map())
  const { pull } = makeTestPulls(t, { environment: proxy.environment })
  await pull(`${registry.host}/app:1`)
  assert.deepEqual(proxy.seen, [])
})

test('Docker Hub’s mirror is asked first, without the user’s credentials', async (t) => {
  const mirror = await startTestRegistry(t)
  putRegistryImage(mirror, { repository: 'library/app', tag: '1' })
  const { context, pull } = makeTestPulls(t)
  configure(context.dataRoot, { 'registry-mirrors': [mirror.origin] })
  await pull('app:1', { auth: { ...AUTH, serveraddress: 'https://index.docker.io/v1/' } })
  assert.deepEqual(context.records.list()[0]?.tags, ['app:1'])
  assert.ok(mirror.seen.every(({ authorization }) => authorization === undefined))
})

test('what a mirror lacks, gets wrong or refuses comes from Docker Hub itself', async (t) => {
  const mirror = await startTestRegistry(t)
  const hub = await startTestRegistry(t, { tls: true })
  wantBasic(hub)
  const image = putRegistryImage(hub, { repository: 'library/app', tag: '1', layers: ['one', 'two', 'three'] })
  putRegistryImage(hub, { repository: 'library/other', tag: '1', layers: ['one'] })
  putRegistryImage(mirror, { repository: 'library/app', tag: '1', layers: ['one', 'two', 'three'] })
  mirror.blobs.set(image.layers[0]?.digest ?? '', Buffer.from('eno'))
  mirror.blobs.delete(image.layers[1]?.digest ?? '')
  const proxy = await startTestProxy(t, new Map([['registry-1.docker.io', hub.port]]))
  const { context, pull } = makeTestPulls(t, { environment: proxy.environment })
  configure(context.dataRoot, { 'registry-mirrors': [mirror.origin] })
  trust(context.dataRoot, 'registry-1.docker.io', AUTHORITY)
  await pull('app:1', { auth: AUTH })
  await pull('other:1', { auth: AUTH })
  assert.deepEqual(
    context.records.list().flatMap(({ tags }) => tags),
    ['app:1', 'other:1'],
  )
})

test('a mirror that is down does not stop a pull', async (t) => {
  const hub = await startTestRegistry(t, { tls: true })
  putRegistryImage(hub, { repository: 'library/app', tag: '1' })
  const proxy = await startTestProxy(t, new Map([['registry-1.docker.io', hub.port]]))
  const { context, pull } = makeTestPulls(t, { environment: proxy.environment })
  configure(context.dataRoot, { 'registry-mirrors': ['http://127.0.0.1:1'] })
  trust(context.dataRoot, 'registry-1.docker.io', AUTHORITY)
  await pull('app:1')
})

for (const [what, text] of [
  ['no JSON', '{'],
  ['a mirror that is no address', '{"registry-mirrors":["mirror"]}'],
  ['a list of numbers', '{"insecure-registries":[1]}'],
] as const) {
  test(`a configuration with ${what} is named`, async (t) => {
    const { context, refuses } = makeTestPulls(t)
    writeFileSync(join(context.dataRoot, 'registries.json'), text)
    await refuses('app:1', 'bad-registries-file')
  })
}

test('a certificate that is none is named', async (t) => {
  const { context, refuses } = makeTestPulls(t)
  trust(context.dataRoot, NAME, '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n')
  await refuses(`${NAME}/app:1`, 'bad-certificates')
})
