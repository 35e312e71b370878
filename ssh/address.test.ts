import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAddress, isHostName, isUserName, parseAddress } from './address.ts'

test('all ways to write an address', () => {
  const examples = {
    box: { host: 'box' },
    'dev@box': { user: 'dev', host: 'box' },
    'dev@box:2222': { user: 'dev', host: 'box', port: 2222 },
    'ssh://box': { host: 'box' },
    'ssh://dev@box:22/': { user: 'dev', host: 'box', port: 22 },
    'ssh://a%40b@box': { user: 'a@b', host: 'box' },
    'a@b@box': { user: 'a@b', host: 'box' },
    '[::1]:22': { host: '::1', port: 22 },
    'fe80::1%eth0': { host: 'fe80::1%eth0' },
    'ssh://box/var/run/docker.sock': { host: 'box', socket: '/var/run/docker.sock' },
  }
  for (const [text, address] of Object.entries(examples)) assert.deepEqual(parseAddress(text), address)
})

const BAD = [
  '',
  '@',
  'a@',
  '-oProxyCommand=x',
  'a@-l',
  '-l@box',
  'a b',
  'box;id',
  '$(id)',
  'box`id`',
  'box:0',
  'box:65536',
  'box:x',
  'box/path',
]
for (const text of [
  ...BAD,
  "a'b",
  'a\nb',
  'a\0b',
  'ssh://-x',
  'ssh://%00@box',
  'ssh://%zz@box',
  'x -oy@box',
  'x\\@box',
  'box\u202e',
  '[::1',
])
  test(`no address: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseAddress(text), { code: 'bad-ssh-address' })
  })

test('whatever is taken has nothing in it that a shell or an option parser would see', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-a-z@:[\]/$`'"; %.\\]{0,20}$/))
  fc.assert(
    fc.property(text, (written) => {
      let address: ReturnType<typeof parseAddress>
      try {
        address = parseAddress(written)
      } catch {
        return
      }
      assert.doesNotMatch(address.host, /^-|[\s'"`$\\;&<>|(){},]|\p{C}/u)
      if (address.user !== undefined) assert.doesNotMatch(address.user, /^-|['"`$;&<>|(){}]|\p{C}| -|\\$/u)
      assert.deepEqual(parseAddress(formatAddress(address)), address)
    }),
    { numRuns: 5000 },
  )
})

test('names that OpenSSH takes are taken', () => {
  for (const name of ['a', 'a.b-c_d', '10.0.0.1', 'münchen', 'a%b']) assert.equal(isHostName(name), true)
  for (const name of ['a', 'a.b', 'DOMAIN\\user', 'a b', 'a-b']) assert.equal(isUserName(name), true)
})
