import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FakeRoutes, fakeEngine, json } from './testing/fake-engine.ts'
import { fakeIo, runCommand } from './testing/fake-io.ts'

const network = (Name: string, digit: string) => ({
  Name,
  Id: digit.repeat(64),
  Created: '2026-01-02T03:04:05Z',
  Driver: 'bridge',
  Scope: 'local',
  EnableIPv6: false,
  Internal: false,
  Labels: { a: 'b' },
})

const ROUTES: FakeRoutes = {
  'GET /networks': () => [network('shop', 'b'), network('bridge', 'a')],
  'GET /networks/shop': () => network('shop', 'b'),
  'POST /networks/create': (_, response) => json(response, 201, { Id: 'c'.repeat(64), Warning: '' }),
  'DELETE /networks/shop': (_, response) => void response.writeHead(204).end(),
  'POST /networks/shop/connect': (_, response) => void response.writeHead(200).end(),
  'POST /networks/shop/disconnect': (_, response) => void response.writeHead(200).end(),
  'POST /networks/prune': () => ({ NetworksDeleted: ['shop', 'x\u001b[2J'] }),
  'GET /containers/web/json': () => ({
    NetworkSettings: {
      Ports: {
        '443/tcp': null,
        '80/tcp': [
          { HostIp: '127.0.0.1', HostPort: '8080' },
          { HostIp: '::1', HostPort: '8081' },
        ],
        '9/udp': [{ HostIp: '0.0.0.0', HostPort: '9' }],
      },
    },
  }),
}

for (const [args, stdout] of [
  [
    ['network', 'ls'],
    `NETWORK ID     NAME      DRIVER    SCOPE
aaaaaaaaaaaa   bridge    bridge    local
bbbbbbbbbbbb   shop      bridge    local
`,
  ],
  [['network', 'list', '-q', '--no-trunc'], `${'a'.repeat(64)}\n${'b'.repeat(64)}\n`],
  [['network', 'ls', '--format', '{{.Name}} {{.IPv6}} {{.Label "a"}}'], 'bridge false b\nshop false b\n'],
  [['network', 'create', 'new'], `${'c'.repeat(64)}\n`],
  [['network', 'rm', 'shop'], 'shop\n'],
  [['network', 'connect', 'shop', 'web'], ''],
  [['network', 'disconnect', '-f', 'shop', 'web'], ''],
  [['network', 'prune', '-f'], 'Deleted Networks:\nshop\nx\ufffd[2J\n\n'],
  [['network', 'inspect', '-f', '{{.Name}}', 'shop'], 'shop\n'],
  [['inspect', '--type', 'network', '-f', '{{.Driver}}', 'shop'], 'bridge\n'],
  [['port', 'web'], '9/udp -> 0.0.0.0:9\n80/tcp -> 127.0.0.1:8080\n80/tcp -> [::1]:8081\n'],
  [['container', 'port', 'web', '80'], '127.0.0.1:8080\n[::1]:8081\n'],
  [['port', 'web', '9/udp'], '0.0.0.0:9\n'],
] as const) {
  test(args.join(' '), async () => {
    await using engine = await fakeEngine({ routes: ROUTES })
    assert.deepEqual(await runCommand(['--socket', engine.socket, ...args], fakeIo()), { code: 0, stdout, stderr: '' })
  })
}

test('a port that is not published is said so', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  for (const wanted of ['443', '81/tcp', 'http']) {
    const { code, stdout } = await runCommand(['--socket', engine.socket, 'port', 'web', wanted])
    assert.deepEqual([code, stdout], [1, ''])
  }
})

for (const [args, body] of [
  [
    [
      'create',
      '--subnet',
      '10.1.0.0/16',
      '--subnet',
      'fd00::/64',
      '--gateway',
      'fd00::9',
      '--ip-range',
      '10.1.2.0/24',
      '--aux-address',
      'a=10.1.0.5',
      '--ipv6',
      '--internal',
      '--label',
      'x=y',
      '-o',
      'm=1',
      'new',
    ],
    {
      Name: 'new',
      Driver: 'bridge',
      Internal: true,
      EnableIPv6: true,
      IPAM: {
        Driver: 'default',
        Config: [
          { Subnet: '10.1.0.0/16', IPRange: '10.1.2.0/24', AuxiliaryAddresses: { a: '10.1.0.5' } },
          { Subnet: 'fd00::/64', Gateway: 'fd00::9' },
        ],
      },
      Options: { m: '1' },
      Labels: { x: 'y' },
    },
  ],
  [
    ['connect', '--ip', '10.0.0.5', '--alias', 'db', '--alias', 'sql', '--link', 'a:b', 'shop', 'web'],
    { Container: 'web', EndpointConfig: { Aliases: ['db', 'sql'], Links: ['a:b'], IPAMConfig: { IPv4Address: '10.0.0.5' } } },
  ],
  [['disconnect', '-f', 'shop', 'web'], { Container: 'web', Force: true }],
] as const) {
  test(`network ${args.join(' ')} sends that`, async () => {
    await using engine = await fakeEngine({ routes: ROUTES })
    await runCommand(['--socket', engine.socket, 'network', ...args])
    assert.deepEqual(engine.seen[0]?.body, body)
  })
}

test('a gateway of no subnet is refused before anything is asked', async () => {
  await using engine = await fakeEngine({ routes: ROUTES })
  for (const words of [
    ['--gateway', '10.0.0.1'],
    ['--subnet', '10.0.0.0/24', '--gateway', 'fd00::1'],
    ['--gateway', 'x'],
  ])
    assert.notEqual((await runCommand(['--socket', engine.socket, 'network', 'create', ...words, 'new'])).code, 0)
  assert.equal(engine.seen.length, 0)
})
