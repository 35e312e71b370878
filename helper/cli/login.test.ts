import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HUB } from './credentials/credentials.ts'
import type { FakeRoutes } from './testing/fake-engine.ts'
import { fakeEngine, json } from './testing/fake-engine.ts'
import { fakeIo, runCommand } from './testing/fake-io.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

interface LoginCase {
  readonly args: readonly string[]
  readonly input?: string
  readonly terminal?: true
}

async function login(
  folder: string,
  { args, input = '', terminal }: LoginCase,
): Promise<{ code: number; stdout: string; stderr: string; body: unknown }> {
  const routes: FakeRoutes = {
    'POST /auth': ({ body }, response) =>
      Reflect.get(Object(body), 'password') === 'wrong'
        ? json(response, 401, { message: 'unauthorized: incorrect username or password' })
        : json(response, 200, { Status: 'Login Succeeded', IdentityToken: '' }),
  }
  await using engine = await fakeEngine({ routes })
  const io = fakeIo({ env: { DOCKER_CONFIG: folder }, ...(terminal ? { terminal: { rows: 24, columns: 80 } } : {}) })
  io.stdin.end(input)
  return { ...(await runCommand(['--socket', engine.socket, 'login', ...args], io)), body: engine.seen.at(-1)?.body }
}

const config = (folder: string) => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))

for (const [what, given, body] of [
  [
    'with a password from stdin',
    { args: ['-u', 'me', '--password-stdin', 'reg:5'], input: ' p w \n' },
    { username: 'me', password: ' p w ', serveraddress: 'reg:5' },
  ],
  ['with a URL', { args: ['-u', 'me', '-p', 'x', 'https://reg:5/v2/'] }, { username: 'me', password: 'x', serveraddress: 'reg:5' }],
  ['at Docker Hub', { args: ['-u', 'me', '-p', 'x'] }, { username: 'me', password: 'x', serveraddress: HUB }],
  ['at docker.io', { args: ['-u', 'me', '-p', 'x', 'docker.io'] }, { username: 'me', password: 'x', serveraddress: HUB }],
  [
    'at a terminal',
    { args: ['reg:5'], input: 'me\nsecret\r', terminal: true },
    { username: 'me', password: 'secret', serveraddress: 'reg:5' },
  ],
] as const satisfies readonly (readonly [string, LoginCase, object])[]) {
  test(`login ${what}`, async () => {
    using folder = temporaryFolder()
    const result = await login(folder.path, given)
    assert.deepEqual([result.code, result.body], [0, body])
    assert.match(result.stdout, /Login Succeeded\n$/)
    assert.doesNotMatch(result.stdout + result.stderr, /secret|p w/)
    assert.match(result.stderr, /stored unencrypted in '.*config\.json'/)
    assert.deepEqual(Object.keys(config(folder.path).auths), [body.serveraddress])
    assert.equal(statSync(join(folder.path, 'config.json')).mode & 0o777, 0o600)
  })
}

test('login that is refused stores nothing', async () => {
  using folder = temporaryFolder()
  const result = await login(folder.path, { args: ['-u', 'me', '-p', 'wrong', 'reg:5'] })
  assert.equal(result.code, 1)
  assert.match(result.stderr, /unauthorized: incorrect username or password\n$/)
  assert.equal(existsSync(join(folder.path, 'config.json')), false)
})

test('login without a name goes by what is stored, and asks when that is refused', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'config.json'), JSON.stringify({ auths: { 'reg:5': { auth: Buffer.from('me:pw').toString('base64') } } }))
  const known = await login(folder.path, { args: ['reg:5'] })
  assert.deepEqual([known.code, known.body], [0, { username: 'me', password: 'pw', serveraddress: 'reg:5' }])
  writeFileSync(
    join(folder.path, 'config.json'),
    JSON.stringify({ auths: { 'reg:5': { auth: Buffer.from('me:wrong').toString('base64') } } }),
  )
  const again = await login(folder.path, { args: ['reg:5'], input: '\nright\r', terminal: true })
  assert.deepEqual([again.code, again.body], [0, { username: 'me', password: 'right', serveraddress: 'reg:5' }])
  assert.match(again.stdout, /Username \(me\): /)
})

for (const [args, input] of [
  [['-u', 'me', 'reg'], ''],
  [['reg'], ''],
  [['--password-stdin', 'reg'], 'x'],
  [['-u', 'me', '-p', 'x', '--password-stdin', 'reg'], 'x'],
  [['-u', 'me', '--password-stdin', 'reg'], '\n'],
  [['-u', '', '-p', 'x', 'reg'], ''],
  [['-u', 'me', '-p', '', 'reg'], ''],
] as const) {
  test(`login ${args.join(' ')} is refused`, async () => {
    using folder = temporaryFolder()
    const { code, body } = await login(folder.path, { args, input })
    assert.deepEqual([code, body], [1, undefined])
  })
}

test('logout forgets one registry, however it was written', async () => {
  using folder = temporaryFolder()
  const auth = Buffer.from('me:pw').toString('base64')
  mkdirSync(join(folder.path, 'c'))
  writeFileSync(
    join(folder.path, 'c/config.json'),
    JSON.stringify({ auths: { 'reg:5': { auth }, 'https://reg:5': { auth }, [HUB]: { auth } } }),
  )
  const run = (...args: readonly string[]) => runCommand(['logout', ...args], fakeIo({ env: { DOCKER_CONFIG: join(folder.path, 'c') } }))
  assert.deepEqual(await run('reg:5'), { code: 0, stdout: 'Removing login credentials for reg:5\n', stderr: '' })
  assert.deepEqual(Object.keys(config(join(folder.path, 'c')).auths), [HUB])
  assert.equal((await run()).stdout, `Removing login credentials for ${HUB}\n`)
  assert.deepEqual(config(join(folder.path, 'c')).auths, {})
})
