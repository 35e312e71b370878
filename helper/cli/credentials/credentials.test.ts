import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { throwsCode } from '../testing/throws-code.ts'
import { openCredentials } from './credential-store.ts'
import { HUB, hostOf, storeKey } from './credentials.ts'
import { registryAuth } from './registry-auth.ts'

const ME = { username: 'me', password: 'a:b' }
const AUTH = Buffer.from('me:a:b').toString('base64')

/** A helper program that keeps its one secret in a file beside it. */
const HELPER = `#!/bin/sh
read -r input || :
here=\${0%/*}
printf '%s %s\\n' "$1" "$input" >> "$here/calls"
case $1:$input in
  get:known) echo '{"ServerURL":"known","Username":"you","Secret":"s"}' ;;
  get:token) echo '{"ServerURL":"token","Username":"<token>","Secret":"t"}' ;;
  get:broken) echo 'no JSON' ;;
  get:locked) echo 'the keychain is locked'; exit 1 ;;
  get:*) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`

interface Place {
  readonly folder: string
  readonly io: { readonly env: Readonly<Record<string, string>> }
  readonly config: string
}

function place(folder: string, config?: object): Place {
  const path = join(folder, 'config.json')
  if (config !== undefined) writeFileSync(path, JSON.stringify(config), { mode: 0o644 })
  return { folder, config: path, io: { env: { DOCKER_CONFIG: folder, PATH: `${folder}:/usr/bin:/bin` } } }
}

function withHelper(folder: string, config: object): Place {
  const program = join(folder, 'docker-credential-fake')
  writeFileSync(program, HELPER)
  chmodSync(program, 0o755)
  return place(folder, config)
}

const saved = ({ config }: Place) => JSON.parse(readFileSync(config, 'utf8'))

test('Docker Hub has a key of its own, older entries are URLs', () => {
  assert.deepEqual([storeKey('docker.io'), storeKey('localhost:5000')], [HUB, 'localhost:5000'])
  assert.deepEqual(['https://a.b:5/v2/', 'a.b/x', 'a.b'].map(hostOf), ['a.b:5', 'a.b', 'a.b'])
})

test('without a file there is nothing', async () => {
  using folder = temporaryFolder()
  assert.equal(await openCredentials(place(join(folder.path, 'none')).io).get(HUB), undefined)
})

test('credentials are found by host, and by the URL of an older entry', async () => {
  using folder = temporaryFolder()
  const store = openCredentials(place(folder.path, { auths: { 'reg:5': { auth: AUTH }, 'https://old.io/v1/': { auth: AUTH } } }).io)
  assert.deepEqual([await store.get('reg:5'), await store.get('old.io'), await store.get('reg')], [ME, ME, undefined])
})

test('what is stored is for the owner alone, and the rest of the file stays', async () => {
  using folder = temporaryFolder()
  const here = place(folder.path, { auths: { other: { auth: AUTH, more: 1 } }, psFormat: 'x', unknown: { a: [1] } })
  assert.deepEqual(await openCredentials(here.io).store('reg', ME), { unencrypted: here.config })
  assert.deepEqual(saved(here), { auths: { other: { auth: AUTH, more: 1 }, reg: { auth: AUTH } }, psFormat: 'x', unknown: { a: [1] } })
  assert.equal(statSync(here.config).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder.path), ['config.json'])
  await openCredentials(here.io).erase('reg')
  assert.deepEqual(Object.keys(saved(here).auths), ['other'])
})

test('the folder is made for the owner alone', async () => {
  using folder = temporaryFolder()
  const here = place(join(folder.path, 'new'))
  await openCredentials(here.io).store('reg', ME)
  assert.equal(statSync(here.folder).mode & 0o777, 0o700)
})

test('a token is no password that somebody must be warned of', async () => {
  using folder = temporaryFolder()
  const here = place(folder.path)
  assert.deepEqual(await openCredentials(here.io).store('reg', { username: 'me', identitytoken: 't' }), { unencrypted: undefined })
  assert.deepEqual(await openCredentials(here.io).get('reg'), { username: 'me', password: '', identitytoken: 't' })
})

test('a file that is a link stays one', async () => {
  using folder = temporaryFolder()
  const here = place(folder.path)
  mkdirSync(join(folder.path, 'elsewhere'))
  symlinkSync('elsewhere/mine.json', here.config)
  await openCredentials(here.io).store('reg', ME)
  assert.equal(existsSync(join(folder.path, 'elsewhere/mine.json')), true)
  await openCredentials(here.io).store('reg', { ...ME, username: 'you' })
  assert.deepEqual(readdirSync(join(folder.path, 'elsewhere')), ['mine.json'])
})

for (const [what, text] of [
  ['no JSON', '{'],
  ['a list', '[]'],
  ['an entry without a user', JSON.stringify({ auths: { reg: { auth: Buffer.from(':x').toString('base64') } } })],
] as const) {
  test(`a file with ${what} is refused`, () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'config.json'), text)
    throwsCode('bad-docker-config', () => openCredentials(place(folder.path).io))
  })
}

test('a helper is asked for its registry only', async () => {
  using folder = temporaryFolder()
  const here = withHelper(folder.path, { auths: { plain: { auth: AUTH } }, credHelpers: { known: 'fake', unknown: 'fake', token: 'fake' } })
  const store = openCredentials(here.io)
  assert.deepEqual(await store.get('known'), { username: 'you', password: 's' })
  assert.deepEqual(await store.get('token'), { identitytoken: 't' })
  assert.equal(await store.get('unknown'), undefined)
  assert.deepEqual(await store.get('plain'), ME)
  assert.equal(readFileSync(join(folder.path, 'calls'), 'utf8'), 'get known\nget token\nget unknown\n')
})

test('with a helper for all, nothing secret comes into the file', async () => {
  using folder = temporaryFolder()
  const here = withHelper(folder.path, { credsStore: 'fake' })
  const store = openCredentials(here.io)
  assert.deepEqual(await store.store('reg', ME), { unencrypted: undefined })
  assert.deepEqual(saved(here), { credsStore: 'fake', auths: { reg: {} } })
  await openCredentials(here.io).erase('reg')
  assert.deepEqual(saved(here).auths, {})
  assert.equal(readFileSync(join(folder.path, 'calls'), 'utf8'), 'store {"ServerURL":"reg","Username":"me","Secret":"a:b"}\nerase reg\n')
})

for (const [registry, helper, code] of [
  ['locked', 'fake', 'credential-helper-failed'],
  ['broken', 'fake', 'credential-helper-failed'],
  ['known', 'missing', 'no-credential-helper'],
  ['known', '../fake', 'bad-docker-config'],
] as const) {
  test(`helper ${helper} that fails for ${registry}`, async () => {
    using folder = temporaryFolder()
    const here = withHelper(folder.path, { credsStore: helper })
    await assert.rejects(openCredentials(here.io).get(registry), { code })
  })
}

test('the header is for one registry, and says nothing of others', async () => {
  using folder = temporaryFolder()
  const { io } = place(folder.path, { auths: { [HUB]: { auth: AUTH } } })
  const decoded = async (domain: string) => {
    const header = (await registryAuth(io, domain))['X-Registry-Auth'] ?? ''
    assert.match(header, /^[\w-]*=*$/)
    return JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
  }
  assert.deepEqual(await decoded('docker.io'), { ...ME, serveraddress: HUB })
  assert.deepEqual(await decoded('evil.example'), {})
})
