import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { addKey } from './add-key.ts'
import { checkKey, knownKinds } from './check-key.ts'
import { fingerprint } from './fingerprint.ts'
import { knownName, readKnownLines } from './known-lines.ts'

function keyOf(kind: string, seed: string): Buffer {
  const field = (text: string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(text.length)
    return Buffer.concat([length, Buffer.from(text)])
  }
  return Buffer.concat([field(kind), field(seed)])
}

const [ONE, TWO, RSA] = [keyOf('ssh-ed25519', 'one'), keyOf('ssh-ed25519', 'two'), keyOf('ssh-rsa', 'r')]
const line = (names: string, key: Buffer, kind = 'ssh-ed25519') => `${names} ${kind} ${key.toString('base64')}\n`

function file(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-known-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'known_hosts'), text)
  return join(folder, 'known_hosts')
}

function verdict(t: TestContext, text: string, name: string, key: Buffer): string {
  const found = checkKey(readKnownLines([file(t, text)]), name, key)
  return found.kind === 'wrong' ? found.error.code : found.kind
}

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

const EXAMPLES: readonly (readonly [what: string, text: string, name: string, key: Buffer, expected: string])[] = [
  ['a name', line('box', ONE), 'box', ONE, 'known'],
  ['a name in capitals', line('BOX', ONE), 'box', ONE, 'known'],
  ['another key', line('box', TWO), 'box', ONE, 'host-key-changed'],
  ['a key of another kind only', line('box', RSA, 'ssh-rsa'), 'box', ONE, 'host-key-changed'],
  ['one of several', line('box', TWO) + line('box', ONE), 'box', ONE, 'known'],
  ['nothing', '', 'box', ONE, 'unknown'],
  ['another host', line('other', ONE), 'box', ONE, 'unknown'],
  ['a port', line('[box]:2222', ONE), '[box]:2222', ONE, 'known'],
  ['no port', line('box', ONE), '[box]:2222', ONE, 'unknown'],
  ['a hash', line(hashed('box'), ONE), 'box', ONE, 'known'],
  ['a hash with a port', line(hashed('[box]:1'), TWO), '[box]:1', ONE, 'host-key-changed'],
  ['a hash of another', line(hashed('other'), ONE), 'box', ONE, 'unknown'],
  ['a broken hash', `|1|x ssh-ed25519 ${ONE.toString('base64')}\n`, 'box', ONE, 'unknown'],
  ['a wildcard', line('*.example,10.0.?.1', ONE), '10.0.9.1', ONE, 'known'],
  ['a negation', line('*.example,!bad.example', ONE), 'bad.example', ONE, 'unknown'],
  ['revoked', `${line('box', ONE)}@revoked ${line('*', ONE)}`, 'box', ONE, 'host-key-revoked'],
  ['another revoked', `${line('box', ONE)}@revoked ${line('*', TWO)}`, 'box', ONE, 'known'],
  ['an authority is no key of the host', `@cert-authority ${line('*', ONE)}`, 'box', ONE, 'unknown'],
  ['an unknown marker', `@trusted ${line('box', ONE)}`, 'box', ONE, 'unknown'],
  ['comments and blanks', `# box\n\n  \t${line('box', ONE)}`, 'box', ONE, 'known'],
  ['nonsense', 'box\nbox ssh-ed25519\nbox ssh-ed25519 !!!\n\0\n', 'box', ONE, 'unknown'],
]
for (const [what, text, name, key, expected] of EXAMPLES)
  test(`known_hosts with ${what}: ${expected}`, (t) => {
    assert.equal(verdict(t, text, name, key), expected)
  })

test('a changed key is told with both fingerprints, and how to mend it', (t) => {
  const path = file(t, line('box', TWO))
  const found = checkKey(readKnownLines([path]), 'box', ONE)
  assert.ok(found.kind === 'wrong')
  assert.ok(found.error.message.includes(fingerprint(ONE)) && found.error.message.includes(fingerprint(TWO)))
  assert.ok(found.error.hint?.includes(`ssh-keygen -R 'box' -f '${path}'`))
})

test('which kinds of keys are known decides what the host is asked for', (t) => {
  assert.deepEqual(knownKinds(readKnownLines([file(t, line('box', RSA, 'ssh-rsa') + line('box', ONE))]), 'box'), ['ssh-rsa', 'ssh-ed25519'])
})

test('a file that cannot be read is not an empty one', (t) => {
  const path = file(t, '')
  rmSync(path)
  mkdirSync(path)
  assert.throws(() => readKnownLines([path]), { code: 'known-hosts-unreadable' })
  assert.deepEqual(readKnownLines([join(path, 'none')]), [])
})

test('a key is added once, on a line of its own', async (t) => {
  const path = file(t, line('other', TWO).trimEnd())
  await addKey(path, '[box]:2222', ONE)
  await addKey(path, '[box]:2222', ONE)
  assert.equal(readFileSync(path, 'utf8'), line('other', TWO) + line('[box]:2222', ONE))
  const fresh = join(path, '../.ssh/known_hosts')
  await addKey(fresh, 'box', ONE)
  assert.equal(readFileSync(fresh, 'utf8'), line('box', ONE))
})

test('a key that cannot be written down is an error', async (t) => {
  await assert.rejects(addKey(join(file(t, ''), 'below-a-file'), 'box', ONE), { code: 'known-hosts-not-written' })
})

test('a lock that a killed process has left holds nobody up, and none stays behind', async (t) => {
  const path = file(t, '')
  writeFileSync(`${path}.pocker-lock`, '')
  utimesSync(`${path}.pocker-lock`, 1, 1)
  await addKey(path, 'box', ONE)
  assert.equal(readFileSync(path, 'utf8'), line('box', ONE))
  assert.deepEqual(readdirSync(join(path, '..')), ['known_hosts'])
  await addKey('/dev/null', 'box', ONE)
  assert.equal(existsSync('/dev/null.pocker-lock'), false)
})

test('a host’s name in known_hosts', () => {
  assert.deepEqual([knownName('Box', 22), knownName('::1', 2222)], ['box', '[::1]:2222'])
})
