import assert from 'node:assert/strict'
import { test } from 'node:test'
import { portWishes } from './port-wishes.ts'

const NONE = { all: false, exposed: [] }

test('bindings: address, port, range, any', () => {
  const wishes = portWishes(
    {
      '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }, { HostPort: '9000-9010' }],
      '53/udp': [{ HostIp: '::1' }],
      '443': [{ HostIp: '', HostPort: '' }],
      '9/tcp': null,
    },
    NONE,
  )
  assert.deepEqual(
    wishes.map(({ protocol, port, hostAddress, first, last }) => [port, protocol, hostAddress, first, last]),
    [
      [443, 'tcp', '', 0, 0],
      [80, 'tcp', '0.0.0.0', 8080, 8080],
      [80, 'tcp', '', 9000, 9010],
      [53, 'udp', '::1', 0, 0],
    ],
  )
})

test('all: every exposed port that is not bound already', () => {
  const wishes = portWishes({ '80/tcp': [{ HostPort: '1' }], '81/tcp': [] }, { all: true, exposed: ['80/tcp', '81/tcp', '82/udp', '83'] })
  assert.deepEqual(
    wishes.map(({ port, protocol, first }) => [port, protocol, first]),
    [
      [80, 'tcp', 1],
      [81, 'tcp', 0],
      [82, 'udp', 0],
      [83, 'tcp', 0],
    ],
  )
})

for (const [key, binding, code] of [
  ['80/sctp', {}, 'sctp-not-available'],
  ['80/icmp', {}, 'bad-port'],
  ['0/tcp', {}, 'bad-port'],
  ['65536/tcp', {}, 'bad-port'],
  ['http', {}, 'bad-port'],
  ['80/tcp', { HostPort: '70000' }, 'bad-port'],
  ['80/tcp', { HostPort: '90-80' }, 'bad-port'],
  ['80/tcp', { HostPort: 'x' }, 'bad-port'],
  ['80/tcp', { HostIp: 'localhost' }, 'bad-port'],
] as const) {
  test(`${key} at ${JSON.stringify(binding)} is refused`, () => assert.throws(() => portWishes({ [key]: [binding] }, NONE), { code }))
}
