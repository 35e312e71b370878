/** Passwords and tokens: shown to whom they are for, and to nobody else (security.md U11). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { credentialsFor, domainOfAddress } from './credentials.ts'
import { sendError } from './testing/answers.ts'
import { makeTestPulls } from './testing/pulling.ts'
import { putRegistryImage } from './testing/registry-image.ts'
import { AUTH, BASIC, PASSWORD, USER, wantBasic, wantBearer } from './testing/test-auth.ts'
import { startTestRegistry, type TestRegistry } from './testing/test-registry.ts'

/** Whether that server was shown anything. */
const wasShown = ({ seen }: TestRegistry): boolean =>
  seen.some(({ authorization, path }) => authorization !== undefined || path.includes(PASSWORD))

test('a password is shown after the registry has asked for it, and from then on at once', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  wantBasic(registry)
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`, { auth: AUTH })
  assert.deepEqual(
    registry.seen.map(({ authorization }) => authorization),
    [undefined, BASIC, BASIC, BASIC, BASIC],
  )
})

test('a wrong password is refused in one go', async (t) => {
  const registry = await startTestRegistry(t)
  wantBasic(registry)
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'auth-failed', { auth: { username: USER, password: 'wrong' } })
  assert.equal(registry.seen.length, 2)
})

test('without credentials the registry’s wish is told', async (t) => {
  const registry = await startTestRegistry(t)
  wantBasic(registry)
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'auth-required')
})

test('a password for another registry stays here', async (t) => {
  const registry = await startTestRegistry(t)
  wantBasic(registry)
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'auth-required', { auth: { ...AUTH, serveraddress: 'https://index.docker.io/v1/' } })
  assert.equal(wasShown(registry), false)
})

test('a token is got for the repository, for everybody, and used until the end', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const { server } = await wantBearer(t, registry)
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`)
  assert.deepEqual(server.lines(), ['GET /token?service=test%2C+registry&scope=repository%3Aapp%3Apull'])
  assert.equal(wasShown(server), false)
})

test('the password goes to the token server alone, the token to the registry alone', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const { server } = await wantBearer(t, registry)
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`, { auth: AUTH })
  assert.deepEqual(
    server.seen.map(({ authorization }) => authorization),
    [BASIC],
  )
  assert.ok(registry.seen.every(({ authorization }) => authorization === undefined || authorization.startsWith('Bearer ')))
})

test('an identity token is changed for a token by POST', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const { forms, server } = await wantBearer(t, registry)
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`, { auth: { identitytoken: 'identity' } })
  assert.deepEqual(
    forms.map((form) => [form.get('grant_type'), form.get('refresh_token'), form.get('scope')]),
    [['refresh_token', 'identity', 'repository:app:pull']],
  )
  assert.equal(wasShown(server), false)
})

test('a registry token is shown as it is', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  const { tokens, server } = await wantBearer(t, registry)
  tokens.add('given')
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`, { auth: { registrytoken: 'given' } })
  assert.deepEqual(server.seen, [])
})

test('a token that is no longer taken is got anew in the middle of a pull', async (t) => {
  const registry = await startTestRegistry(t)
  const image = putRegistryImage(registry, { tag: '1', layers: ['one'] })
  const { tokens, server } = await wantBearer(t, registry)
  let isFirst = true
  registry.lie((_request, _response, path) => {
    if (isFirst && path.endsWith(image.config.digest)) {
      isFirst = false
      tokens.clear()
    }
    return false
  })
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`)
  assert.equal(server.seen.length, 2)
})

test('a token is not used when its time is over', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1', layers: ['one'] })
  const { server } = await wantBearer(t, registry)
  let now = Date.now()
  const { pull } = makeTestPulls(t, { now: () => now })
  await pull(`${registry.host}/app:1`)
  now += 300_000
  await pull(`${registry.host}/app:1`)
  assert.equal(server.seen.length, 2)
  assert.equal(registry.seen.filter(({ authorization }) => authorization === undefined).length, 1)
})

test('a registry that wants one more token each time is not asked for ever', async (t) => {
  const registry = await startTestRegistry(t)
  const { tokens, server } = await wantBearer(t, registry)
  registry.lie(() => {
    tokens.clear()
    return false
  })
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'auth-failed', { auth: AUTH })
  assert.ok(registry.seen.length <= 3)
  assert.ok(server.seen.length <= 2)
})

for (const [what, realm] of [
  ['another host without TLS', 'http://other.example.test/token'],
  ['the address of a cloud’s secrets', 'http://169.254.169.254/latest/meta-data'],
  ['that address in IPv6 clothes', 'http://[::ffff:169.254.169.254]/latest'],
  ['a file', 'file:///etc/passwd'],
  ['an address with a password', 'https://a:b@other.example.test/token'],
  ['nothing', ''],
] as const) {
  test(`a realm that is ${what} gets nothing`, async (t) => {
    const registry = await startTestRegistry(t)
    await wantBearer(t, registry, { realm })
    const { refuses } = makeTestPulls(t)
    await refuses(`${registry.host}/app:1`, 'unsafe-realm', { auth: AUTH })
    assert.equal(wasShown(registry), false)
  })
}

test('a token server’s redirect is not followed', async (t) => {
  const registry = await startTestRegistry(t)
  const other = await startTestRegistry(t)
  const { server } = await wantBearer(t, registry)
  server.lie((_request, response) => {
    response.writeHead(307, { location: `${other.origin}/token` }).end()
    return true
  })
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'unsafe-realm', { auth: AUTH })
  assert.deepEqual(other.seen, [])
})

for (const [what, body, code] of [
  ['without a token', '{}', 'bad-token'],
  ['that is no JSON', '<html>', 'bad-token'],
  ['with a line break in it', JSON.stringify({ token: 'a\r\nx-evil: 1' }), 'bad-token'],
  ['larger than a header', JSON.stringify({ token: 'a'.repeat(70_000) }), 'document-too-large'],
] as const) {
  test(`a token server’s answer ${what}`, async (t) => {
    const registry = await startTestRegistry(t)
    const { server } = await wantBearer(t, registry)
    server.lie((_request, response) => {
      response.writeHead(200).end(body)
      return true
    })
    const { refuses } = makeTestPulls(t)
    await refuses(`${registry.host}/app:1`, code)
  })
}

test('a redirect to another host goes without what was shown to this one', async (t) => {
  const registry = await startTestRegistry(t)
  const storage = await startTestRegistry(t)
  const image = putRegistryImage(registry, { tag: '1', layers: ['one'] })
  putRegistryImage(storage, { tag: '1', layers: ['one'] })
  wantBasic(registry)
  registry.lie((_request, response, path) => {
    if (!path.includes('/blobs/')) return false
    response.writeHead(307, { location: `${storage.origin}${path}?signature=1` }).end()
    return true
  })
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`, { auth: AUTH })
  assert.ok(storage.lines().includes(`GET /v2/app/blobs/${image.config.digest}?signature=1`))
  assert.equal(wasShown(storage), false)
})

test('a redirect to another host and back does not bring it back', async (t) => {
  const registry = await startTestRegistry(t)
  const other = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1', layers: ['one'] })
  wantBasic(registry)
  registry.lie((_request, response, path) => {
    if (!path.includes('/blobs/') || path.includes('back')) return false
    response.writeHead(307, { location: `${other.origin}${path}` }).end()
    return true
  })
  other.lie((_request, response, path) => {
    response.writeHead(307, { location: `${registry.origin}${path}?back` }).end()
    return true
  })
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'auth-failed', { auth: AUTH })
  assert.equal(wasShown(other), false)
  assert.ok(registry.seen.every(({ path, authorization }) => !path.includes('back') || authorization === undefined))
})

test('another host that wants a password gets none', async (t) => {
  const registry = await startTestRegistry(t)
  const other = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1', layers: ['one'] })
  wantBasic(other)
  registry.lie((_request, response, path) => {
    if (!path.includes('/blobs/')) return false
    response.writeHead(302, { location: `${other.origin}${path}` }).end()
    return true
  })
  const { refuses } = makeTestPulls(t)
  await refuses(`${registry.host}/app:1`, 'auth-failed', { auth: AUTH })
  assert.equal(wasShown(other), false)
})

for (const [what, location] of [
  ['a cloud’s secrets', 'http://169.254.169.254/latest/meta-data/iam'],
  ['a file', 'file:///etc/passwd'],
  ['an address with a password', 'http://a:b@127.0.0.1:1/'],
  ['nowhere', 'http://['],
  ['itself, again and again', ''],
] as const) {
  test(`a redirect to ${what} is refused`, async (t) => {
    const registry = await startTestRegistry(t)
    registry.lie((_request, response, path) => {
      response.writeHead(302, { location: location === '' ? path : location }).end()
      return true
    })
    const { refuses } = makeTestPulls(t)
    await refuses(`${registry.host}/app:1`, 'unsafe-redirect')
    assert.ok(registry.seen.length <= 6)
  })
}

test('a full quota of Docker Hub is told in its words, and not asked again', async (t) => {
  const registry = await startTestRegistry(t)
  const words = 'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit'
  registry.lie((_request, response) => sendError(response, 429, 'TOOMANYREQUESTS', words))
  const { refuses } = makeTestPulls(t)
  const error = await refuses(`${registry.host}/app:1`, 'rate-limited')
  assert.match(error.message, /too many requests .* unauthenticated pull rate limit/)
  assert.equal(registry.seen.length, 1)
})

test('a short wait that a registry asks for is waited for', async (t) => {
  const registry = await startTestRegistry(t)
  putRegistryImage(registry, { tag: '1' })
  let isFirst = true
  registry.lie((_request, response) => {
    if (!isFirst) return false
    isFirst = false
    response.setHeader('retry-after', '0')
    return sendError(response, 429, 'TOOMANYREQUESTS')
  })
  const { pull } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`)
})

test('Docker Hub has many addresses and one name', () => {
  const addresses = ['https://index.docker.io/v1/', 'docker.io', 'registry-1.docker.io', 'registry.hub.docker.com', '']
  assert.deepEqual(new Set(addresses.map(domainOfAddress)), new Set(['docker.io']))
  assert.equal(domainOfAddress('notdocker.io'), 'notdocker.io')
  assert.equal(domainOfAddress('https://localhost:5000/v2/'), 'localhost:5000')
})

test('credentials in the form of docker’s file', () => {
  const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64')
  assert.deepEqual(credentialsFor({ auth }, 'docker.io'), { kind: 'password', username: USER, password: PASSWORD })
})
