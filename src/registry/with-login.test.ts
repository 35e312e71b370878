import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineError } from '../testing/fake-client.ts'
import { type Script, scriptedAsk } from '../testing/scripted-ask.ts'
import { TransferFailed } from '../transfer/follow-messages.ts'
import { Logins } from './logins.ts'
import { registryOf } from './registry-of.ts'
import { forgetLogin, needsLogin, withLogin } from './with-login.ts'

function setting(script: Script) {
  const [secrets, names] = [new Map<string, string>(), new Map<string, unknown>()]
  const make = () =>
    new Logins(
      {
        get: async (key) => secrets.get(key),
        store: async (key, value) => void secrets.set(key, value),
        delete: async (key) => void secrets.delete(key),
      },
      { get: (key) => names.get(key), update: async (key, value) => void names.set(key, value) },
    )
  const ask = scriptedAsk(script)
  const tried: string[] = []
  /** A registry that wants `me` and `secret`. */
  const attempt = async (headers: Readonly<Record<string, string>>) => {
    const text = Buffer.from(headers['X-Registry-Auth'] ?? '', 'base64url').toString()
    tried.push(text)
    if (!text.includes('"secret"')) throw engineError(403, 'auth-required')
    return 'done'
  }
  return { secrets, make, ask, tried, attempt }
}

test('a registry that refuses is asked for with a login, which is known for the rest of the session', async () => {
  const { make, ask, tried, attempt, secrets } = setting(['text me', 'text secret', 'once'])
  const logins = make()
  const login = withLogin(ask, logins)
  assert.equal(await login('ghcr.io', attempt), 'done')
  assert.equal(await login('ghcr.io', attempt), 'done')
  const sent = '{"username":"me","password":"secret","serveraddress":"ghcr.io"}'
  assert.deepEqual(tried, ['', sent, sent])
  assert.equal(secrets.size, 0)
})

test('a login is kept only when the user says so, and forgotten when they say that', async () => {
  const { make, ask, attempt, secrets, tried } = setting(['text me', 'text secret', 'keep', 'ghcr.io'])
  await withLogin(ask, make())('ghcr.io', attempt)
  assert.equal(secrets.size, 1)
  tried.length = 0
  const later = make()
  await withLogin(ask, later)('ghcr.io', attempt)
  assert.equal(tried.length, 1)
  await forgetLogin(ask, later)
  assert.equal(secrets.size, 0)
  assert.deepEqual(later.registries, [])
})

test('a wrong login is kept nowhere, and leaving the question leaves the registry’s own words', async () => {
  const wrong = setting(['text me', 'text wrong', 'keep'])
  await assert.rejects(withLogin(wrong.ask, wrong.make())('x.y', wrong.attempt), { code: 'auth-required' })
  assert.equal(wrong.secrets.size, 0)
  const left = setting(['leave'])
  await assert.rejects(withLogin(left.ask, left.make())('x.y', left.attempt), { code: 'auth-required' })
})

test('one registry’s login is not another’s', async () => {
  const { make, ask, attempt } = setting(['text me', 'text secret', 'once', 'leave'])
  const login = withLogin(ask, make())
  await login('ghcr.io', attempt)
  await assert.rejects(login('evil.example', attempt), { code: 'auth-required' })
})

test('other failures ask nothing', async () => {
  const { make, ask } = setting([])
  await assert.rejects(
    withLogin(ask, make())('x', () => Promise.reject(engineError(500, 'x'))),
    { code: 'x' },
  )
})

test('Docker tells of it in words', () => {
  const words = [
    'unauthorized: authentication required',
    'no basic auth credentials',
    "pull access denied for x, repository does not exist or may require 'docker login'",
    'denied: requested access to the resource is denied',
  ]
  for (const text of words) assert.ok(needsLogin(new TransferFailed('push-failed', text)), text)
  assert.ok(!needsLogin(new TransferFailed('push-failed', 'no space left')))
})

test('the registry of a name', () => {
  const names = [
    'nginx',
    'owner/app',
    'ghcr.io/owner/app',
    'localhost/x',
    'localhost:5000/x',
    'docker.io/library/nginx',
    'index.docker.io/x/y',
  ]
  assert.deepEqual(names.map(registryOf), ['docker.io', 'docker.io', 'ghcr.io', 'localhost', 'localhost:5000', 'docker.io', 'docker.io'])
})
