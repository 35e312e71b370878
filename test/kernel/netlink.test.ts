/** Netlink against this kernel, in network namespaces of the test's own, looked at by programs that this project did not write. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { listRoutes, newAddress, newDefaultRoute, placeMac, readRoute } from '../../helper/linux/netlink/addresses.ts'
import { inNamespace } from '../../helper/linux/netlink/in-namespace.ts'
import { getLink, newBridge, newVeth, readLink, setAlias, setBridgePort, setLinkUp } from '../../helper/linux/netlink/links.ts'
import { NetlinkError, NetlinkSocket } from '../../helper/linux/netlink/netlink-socket.ts'
import { batch, NFPROTO, newTable } from '../../helper/linux/netlink/nftables.ts'
import { makeNamespace, type NetworkNamespace, whyNoNamespaces } from '../support/network-namespace.ts'

const skip = whyNoNamespaces()
const MAC = Uint8Array.of(2, 0x42, 10, 1, 0, 2)

describe('netlink', { skip }, () => {
  let host: NetworkNamespace
  let inside: NetworkNamespace
  before(async () => {
    host = await makeNamespace()
    inside = await makeNamespace()
  })
  after(async () => {
    await inside?.[Symbol.asyncDispose]()
    await host?.[Symbol.asyncDispose]()
  })

  test('a bridge, a pair into another namespace, addresses and a route: packets pass', async () => {
    using socket = inNamespace(host.descriptor, () => new NetlinkSocket('route'))
    socket.request([newBridge({ name: 'br-a', mac: Uint8Array.of(2, 0, 0, 0, 0, 1), mtu: 1400 })])
    const [answer] = socket.request([getLink('br-a')])
    assert.ok(answer)
    const bridge = readLink(answer)
    assert.deepEqual(
      { name: bridge.name, kind: bridge.kind, isUp: bridge.isUp, mtu: bridge.mtu },
      { name: 'br-a', kind: 'bridge', isUp: true, mtu: 1400 },
    )
    socket.request([
      setAlias(bridge.index, 'pocker 1'),
      newAddress({ index: bridge.index, address: Uint8Array.of(10, 1, 0, 1), prefix: 24 }),
      newVeth({ name: 'veth-a', bridge: bridge.index, mtu: 1400, peer: { name: 'eth0', mac: MAC, namespace: inside.descriptor } }),
    ])
    const [port] = socket.request([getLink('veth-a')]).map(readLink)
    assert.ok(port)
    assert.equal(port.master, bridge.index)
    socket.request([setBridgePort({ index: port.index, hairpin: true, isolated: true }), placeMac(port.index, MAC)])
    assert.match(await host.run('ip', '-d', 'link', 'show', 'veth-a'), /hairpin on .*isolated on/)
    assert.match(await host.run('bridge', 'fdb', 'show', 'dev', 'veth-a'), /02:42:0a:01:00:02 master br-a/)
    assert.equal(readLink(socket.request([getLink('br-a')])[0] ?? assert.fail()).alias, 'pocker 1')

    using there = inNamespace(inside.descriptor, () => new NetlinkSocket('route'))
    const [eth0] = there.request([getLink('eth0')]).map(readLink)
    assert.ok(eth0)
    there.request([
      newAddress({ index: eth0.index, address: Uint8Array.of(10, 1, 0, 2), prefix: 24 }),
      setLinkUp(eth0.index),
      newDefaultRoute(eth0.index, Uint8Array.of(10, 1, 0, 1)),
    ])
    assert.equal(await inside.run('ip', 'route', 'show', 'default'), 'default via 10.1.0.1 dev eth0')
    await inside.run('busybox', 'ping', '-c1', '-W2', '10.1.0.1')
    const routes = socket.dump(listRoutes(4)).map(readRoute)
    assert.ok(routes.some(({ destination, prefix }) => [...destination].join('.') === '10.1.0.0' && prefix === 24))
  })

  test('the message that fails is named', () => {
    using socket = inNamespace(host.descriptor, () => new NetlinkSocket('route'))
    const twice = newBridge({ name: 'br-twice', mac: MAC, mtu: 1500 })
    socket.request([twice])
    assert.throws(
      () => socket.request([setLinkUp(1), twice, setLinkUp(1)]),
      (error: unknown) => error instanceof NetlinkError && error.code === 'EEXIST' && error.operand.includes('br-twice'),
    )
    // The socket is fit for the next request.
    assert.equal(readLink(socket.request([getLink('lo')])[0] ?? assert.fail()).name, 'lo')
  })

  test('a batch is all or nothing', async () => {
    using socket = inNamespace(host.descriptor, () => new NetlinkSocket('netfilter'))
    const table = { family: NFPROTO.INET, name: 'half' }
    const broken = { ...newTable(table), type: 0xa02, label: 'remove what is not there', body: newTable({ ...table, name: 'none' }).body }
    assert.throws(
      () => socket.request(batch([newTable(table), broken])),
      (error: unknown) => error instanceof NetlinkError && error.code === 'ENOENT',
    )
    assert.equal(await host.run('nft', 'list', 'tables'), '')
    socket.request(batch([newTable(table)]))
    assert.equal(await host.run('nft', 'list', 'tables'), 'table inet half')
  })
})
