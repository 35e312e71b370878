/** Who reaches whom by our rules: several hosts as network namespaces, real packets, counted where they must not arrive. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inNamespace } from '../../helper/linux/netlink/in-namespace.ts'
import { NetlinkSocket } from '../../helper/linux/netlink/netlink-socket.ts'
import { printSubnet } from '../../helper/network/address.ts'
import { ensureBridge, findLink, removeBridge, routedSubnets, turnOnForwarding } from '../../helper/network/bridges.ts'
import { Firewall } from '../../helper/network/firewall.ts'
import type { NetworkRecord } from '../../helper/network/network-record.ts'
import { openInside, plug, portName, setGateways, unplug } from '../../helper/network/plug.ts'
import type { PortRule } from '../../helper/network/ruleset.ts'
import { eventually } from '../support/engine.ts'
import { connectNamespaces, makeNamespace, type NetworkNamespace, whyNoNamespaces } from '../support/network-namespace.ts'

const skip = whyNoNamespaces()

function network(digit: string, options: Partial<NetworkRecord> = {}): NetworkRecord {
  return {
    id: digit.repeat(64),
    name: `net-${digit}`,
    created: 0,
    bridge: `br-${digit}`,
    subnets: [
      { subnet: `10.${digit}.0.0/24`, gateway: `10.${digit}.0.1`, auxiliary: {}, chosen: false },
      { subnet: `fd00:${digit}::/64`, gateway: `fd00:${digit}::1`, auxiliary: {}, chosen: false },
    ],
    internal: false,
    attachable: false,
    enableIPv4: true,
    enableIPv6: true,
    options: {},
    labels: {},
    ...options,
  }
}

/** Counts what gets to port 80. */
const COUNT =
  'add table inet seen; add chain inet seen in { type filter hook input priority -300; }; add rule inet seen in tcp dport 80 counter'

const ONE = network('1')
const TWO = network('2')
const CLOSED = network('3', { internal: true })
const SILENT = network('4', { options: { 'com.docker.network.bridge.enable_icc': 'false' } })
const NETWORKS = [ONE, TWO, CLOSED, SILENT]

describe('rules', { skip }, () => {
  const spaces: NetworkNamespace[] = []
  let host: NetworkNamespace
  let outside: NetworkNamespace
  let firewall: Firewall
  let socket: NetlinkSocket
  const containers = new Map<string, NetworkNamespace>()

  before(async () => {
    const make = async () => {
      const made = await makeNamespace()
      spaces.push(made)
      return made
    }
    host = await make()
    outside = await make()
    await connectNamespaces(
      { namespace: host, name: 'uplink', addresses: ['198.51.100.1/24', 'fd99::1/64'] },
      { namespace: outside, name: 'lan', addresses: ['198.51.100.2/24', 'fd99::2/64'] },
    )
    firewall = inNamespace(host.descriptor, () => new Firewall('test'))
    socket = inNamespace(host.descriptor, () => new NetlinkSocket('route'))
    inNamespace(host.descriptor, () => turnOnForwarding({ ipv6: true }))
    firewall.write({ networks: NETWORKS, guard: true })
    const join = async (name: string, joined: NetworkRecord, last: number) => {
      const space = await make()
      containers.set(name, space)
      attach(space, joined, last)
      await serve(space, '[::]:80')
      await space.run('nft', COUNT)
    }
    await join('a', ONE, 2)
    await join('b', ONE, 3)
    await join('c', TWO, 2)
    await join('closed', CLOSED, 2)
    await join('closed-too', CLOSED, 3)
    await join('silent', SILENT, 2)
    await join('silent-too', SILENT, 3)
    await serve(outside, '[::]:80')
    await outside.run('nft', COUNT)
  })
  after(async () => {
    firewall?.close()
    socket?.[Symbol.dispose]()
    for (const space of spaces) await space[Symbol.asyncDispose]()
  })

  function attach(space: NetworkNamespace, joined: NetworkRecord, last: number): void {
    const bridge = inNamespace(host.descriptor, () => ensureBridge(socket, { owner: 'test', network: joined }))
    using inside = openInside(space.descriptor)
    const digit = joined.id.slice(0, 1)
    plug({ host: socket, inside }, space.descriptor, {
      port: portName(`${digit}${last}${'0'.repeat(8)}`),
      bridge,
      mtu: 1500,
      mac: Uint8Array.of(2, 0x42, 10, Number(digit), 0, last),
      addresses: [
        { address: `10.${digit}.0.${last}`, prefix: 24 },
        { address: `fd00:${digit}::${last}`, prefix: 64 },
      ],
      hairpin: true,
      isolated: joined === SILENT,
      device: 'eth0',
    })
    setGateways(inside, { device: 'eth0', gateways: joined.internal ? [] : joined.subnets.map(({ gateway }) => gateway) })
  }

  /** A server until the test's end, listening when this resolves. */
  async function serve(space: NetworkNamespace, at: string): Promise<void> {
    space.start('busybox', 'httpd', '-f', '-p', at, '-h', '/proc/self/ns')
    const port = Number(at.replace(/.*:/, ''))
    await eventually(`${at} is served`, async () => (await space.run('ss', '-Hltn', `sport = ${port}`)) !== '')
  }

  const named = (name: string): NetworkNamespace =>
    name === 'host' ? host : name === 'outside' ? outside : (containers.get(name) ?? assert.fail(name))

  /** Any answer of the server counts. */
  async function reaches(from: string, address: string, port = 80): Promise<boolean> {
    const { stderr, code } = await named(from).try('busybox', 'nc', '-w', '1', address, String(port), '-e', 'true')
    return code === 0 && !/timed out|refused|unreachable/.test(stderr)
  }

  /** A busy machine does not always answer in time. */
  const isReached = (from: string, address: string, port: number) =>
    eventually(`${from} reaches ${address} at port ${port}`, () => reaches(from, address, port))

  /** Until a server's connections are over at both ends: their last packets count, too. */
  const untilQuiet = (name: string) =>
    eventually(`${name} is quiet`, async () => (await named(name).run('ss', '-Htn', 'sport = 80')) === '')

  async function seen(name: string): Promise<number> {
    const text = await named(name).run('nft', 'list', 'table', 'inet', 'seen')
    return Number(/packets (\d+)/.exec(text)?.[1])
  }

  const publish = (port: Partial<PortRule>): PortRule => {
    const rule: PortRule = { protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, address: '10.1.0.2', port: 80, ...port }
    firewall.publish([rule])
    return rule
  }

  for (const [from, to, address, expected] of [
    ['a', 'b', '10.1.0.3', true],
    ['a', 'b', 'fd00:1::3', true],
    ['host', 'a', '10.1.0.2', true],
    ['host', 'a', 'fd00:1::2', true],
    ['a', 'outside', '198.51.100.2', true],
    ['a', 'outside', 'fd99::2', true],
    ['a', 'c', '10.2.0.2', false],
    ['c', 'a', '10.1.0.2', false],
    ['a', 'c', 'fd00:2::2', false],
    ['closed', 'closed-too', '10.3.0.3', true],
    ['host', 'closed', '10.3.0.2', true],
    ['closed', 'outside', '198.51.100.2', false],
    ['closed', 'a', '10.1.0.2', false],
    ['a', 'closed', '10.3.0.2', false],
    ['silent', 'silent-too', '10.4.0.3', false],
    ['silent', 'outside', '198.51.100.2', true],
  ] as const) {
    test(`${from} ${expected ? 'reaches' : 'does not reach'} ${to} at ${address}`, async () => {
      // A new device asks around for a second whether its own IPv6 address is free.
      if (expected) await eventually('it is reached', () => reaches(from, address))
      else {
        await untilQuiet(to)
        const before = await seen(to)
        assert.equal(await reaches(from, address), false)
        assert.equal(await seen(to), before, 'a packet got through')
      }
    })
  }

  test('from another host a container is reached by nothing but its published ports', async () => {
    await outside.run('ip', 'route', 'add', '10.1.0.0/24', 'via', '198.51.100.1')
    await untilQuiet('a')
    const before = await seen('a')
    assert.equal(await reaches('outside', '10.1.0.2'), false)
    assert.equal(await seen('a'), before)
    const rule = publish({})
    await isReached('outside', '198.51.100.1', 8080)
    assert.equal(await reaches('outside', '198.51.100.1', 8081), false)
    firewall.unpublish([rule])
    assert.equal(await reaches('outside', '198.51.100.1', 8080), false)
  })

  test('a port published everywhere is reached by all, also by its own container and from other networks', async () => {
    const rules = [publish({}), publish({ hostAddress: '::', address: 'fd00:1::2' })]
    for (const [from, address] of [
      ['host', '127.0.0.1'],
      ['host', '198.51.100.1'],
      ['host', '10.1.0.1'],
      ['outside', 'fd99::1'],
      ['host', 'fd99::1'],
      ['a', '198.51.100.1'],
      ['a', '10.1.0.1'],
      ['b', '198.51.100.1'],
      ['b', 'fd99::1'],
      ['a', 'fd99::1'],
      ['c', '198.51.100.1'],
    ] as const) {
      await isReached(from, address, 8080)
    }
    assert.equal(await reaches('closed', '198.51.100.1', 8080), false)
    firewall.unpublish(rules)
  })

  test('a port published at 127.0.0.1 is this host’s alone, also after the rules were flushed (CVE-2025-54388)', async () => {
    const rule = publish({ hostAddress: '127.0.0.1' })
    await outside.run('ip', 'route', 'add', '127.0.0.0/8', 'via', '198.51.100.1', 'table', '5')
    const check = async () => {
      await isReached('host', '127.0.0.1', 8080)
      await untilQuiet('a')
      const before = await seen('a')
      assert.equal(await reaches('outside', '198.51.100.1', 8080), false)
      assert.equal(await reaches('a', '10.1.0.1', 8080), false)
      assert.equal(await reaches('b', '10.1.0.1', 8080), false)
      assert.equal(await seen('a'), before)
    }
    await check()
    await host.run('nft', 'flush', 'ruleset')
    assert.equal(await reaches('host', '127.0.0.1', 8080), false)
    assert.equal(firewall.repair(), true)
    assert.equal(firewall.repair(), false)
    await check()
    firewall.unpublish([rule])
  })

  test('a packet to 127.0.0.1 from a neighbour is dropped though the bridge would take it (CVE-2020-8558)', async () => {
    await serve(host, '127.0.0.1:8123')
    const b = named('b')
    // 127.0.0.0/8 leaves by eth0: what a container with NET_ADMIN can do.
    await b.run(
      'sh',
      '-c',
      'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet; ip addr del 127.0.0.1/8 dev lo; ip route add 127.0.0.1/32 via 10.1.0.1 dev eth0 src 10.1.0.3; ip route del local 127.0.0.0/8 table local 2>/dev/null; true',
    )
    await host.run(
      'nft',
      'add table inet seen; add chain inet seen in { type filter hook input priority 0; }; add rule inet seen in tcp dport 8123 iifname != "lo" counter',
    )
    assert.equal(await reaches('b', '127.0.0.1', 8123), false)
    assert.match(await host.run('nft', 'list', 'table', 'inet', 'seen'), /packets 0 /)
    await b.run('sh', '-c', 'ip addr add 127.0.0.1/8 dev lo; ip route del 127.0.0.1/32')
    await host.run('nft', 'delete', 'table', 'inet', 'seen')
  })

  test('what others do to the rule set is seen: an element, a rule, the table; what is theirs stays', async () => {
    const rule = publish({})
    await host.run('nft', 'add', 'table', 'inet', 'theirs')
    assert.equal(firewall.repair(), false)
    for (const words of [
      ['flush', 'map', 'inet', 'pocker-test', 'ports4'],
      ['flush', 'chain', 'inet', 'pocker-test', 'forward'],
      ['delete', 'table', 'inet', 'pocker-test'],
    ]) {
      await host.run('nft', ...words)
      assert.equal(firewall.repair(), true, words.join(' '))
      await isReached('outside', '198.51.100.1', 8080)
    }
    await host.run('nft', 'delete', 'table', 'inet', 'pocker-test')
    const other = publish({ hostPort: 8081 })
    await isReached('outside', '198.51.100.1', 8080)
    firewall.unpublish([rule, other])
    assert.match(await host.run('nft', 'list', 'tables'), /inet theirs/)
  })

  test('a host that did not forward does not become a router', async () => {
    const lan = await makeNamespace()
    spaces.push(lan)
    await connectNamespaces(
      { namespace: host, name: 'other', addresses: ['203.0.113.1/24'] },
      { namespace: lan, name: 'lan', addresses: ['203.0.113.2/24'] },
    )
    await lan.run('ip', 'route', 'add', 'default', 'via', '203.0.113.1')
    await outside.run('ip', 'route', 'add', '203.0.113.0/24', 'via', '198.51.100.1')
    const reachesRouter = async () => (await lan.try('busybox', 'nc', '-w', '1', '198.51.100.2', '80', '-e', 'true')).code === 0
    assert.equal(await reachesRouter(), false)
    firewall.write({ guard: false })
    await eventually('it is reached', reachesRouter)
    firewall.write({ guard: true })
  })

  test('a device of a bridge’s name that is not ours is left alone', async () => {
    await host.run('ip', 'link', 'add', 'br-9', 'type', 'bridge')
    const taken = network('9')
    assert.throws(() => inNamespace(host.descriptor, () => ensureBridge(socket, { owner: 'test', network: taken })), {
      code: 'device-name-in-use',
    })
    removeBridge(socket, { owner: 'test', network: taken })
    assert.ok(findLink(socket, 'br-9'))
  })

  test('routes of others are known, those of our bridges are not counted', () => {
    const routed = inNamespace(host.descriptor, () =>
      routedSubnets(
        socket,
        NETWORKS.map(({ bridge }) => bridge),
      ),
    ).map(printSubnet)
    assert.ok(routed.includes('198.51.100.0/24'), routed.join())
    assert.ok(!routed.some((text) => text.startsWith('10.1.')), routed.join())
  })

  test('a connection that is taken away is gone at both ends', async () => {
    const c = named('c')
    unplug(socket, portName(`22${'0'.repeat(8)}`))
    assert.doesNotMatch(await c.run('ip', '-o', 'link'), /eth0/)
    unplug(socket, portName(`22${'0'.repeat(8)}`))
  })

  test('nobody’s announcements make a router for a container or for this host (CVE-2020-13401)', async () => {
    assert.equal(await named('a').run('cat', '/proc/sys/net/ipv6/conf/eth0/accept_ra'), '0')
    assert.equal(await host.run('cat', '/proc/sys/net/ipv6/conf/br-1/accept_ra'), '0')
    // This host goes on listening to its own.
    assert.equal(await host.run('cat', '/proc/sys/net/ipv6/conf/uplink/accept_ra'), '2')
  })
})
