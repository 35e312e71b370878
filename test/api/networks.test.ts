/** Networks of containers, by the docker command line, on a host of the test's own. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/engine.ts'
import { countHelper } from '../support/leaks.ts'
import { untilNoDevice } from '../support/network-namespace.ts'
import { type NetworkedEngine, startNetworkedEngine, whyNoNetworkedEngine } from '../support/networked-engine.ts'

const skip = whyNoNetworkedEngine()
const SERVE = ['tiny', 'httpd', '-f', '-p', '80', '-h', '/etc']

describe('networks', { skip }, () => {
  let engine: NetworkedEngine
  before(async () => {
    engine = await startNetworkedEngine()
  })
  after(async () => await engine?.[Symbol.asyncDispose]())

  const run = (...words: string[]) => engine.run(...words)
  const address = async (name: string, network = 'bridge') =>
    String(await engine.inspect(name, `(index .NetworkSettings.Networks "${network}").IPAddress`))
  /** A server in a container that has just been started does not listen at once. */
  const served = (url: string, ask: () => Promise<string>) =>
    eventually(`${url} is served`, () =>
      ask().then(
        (text) => text.startsWith('root:'),
        () => false,
      ),
    )
  const refuses = async (words: string[], text: RegExp) => {
    const { code, stderr } = await engine.docker(...words)
    assert.notEqual(code, 0)
    assert.match(stderr, text)
  }
  const create = async (body: object) => {
    const { status, body: answer } = await engine.helper.request('POST', '/networks/create', body)
    return { status, code: typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'code') : undefined }
  }

  test('without a word about it a container is in the network bridge, and reaches what this host reaches', async () => {
    await run('run', '-d', '--name', 'plain', ...SERVE)
    const settings = await engine.inspect('plain', '.NetworkSettings')
    assert.partialDeepStrictEqual(settings, { Networks: { bridge: { IPPrefixLen: 20 } }, IPPrefixLen: 20, Ports: {} })
    const gateway = await engine.inspect('plain', '.NetworkSettings.Gateway')
    assert.ok((await run('exec', 'plain', 'ip', 'route')).startsWith(`default via ${gateway} dev eth0`))
    assert.match(await run('exec', 'plain', 'cat', '/etc/hosts'), new RegExp(`^${await address('plain')}\t[0-9a-f]{12}$`, 'm'))
    assert.equal(await run('exec', 'plain', 'ping', '-c1', '-W2', '198.51.100.2').then(() => true), true)
    const url = `http://${await address('plain')}/group`
    await served(url, () => run('run', '--rm', 'tiny', 'wget', '-qO-', url))
    assert.equal(await run('exec', 'plain', 'cat', '/proc/sys/net/ipv6/conf/eth0/disable_ipv6'), '1')
    assert.equal(await engine.host.run('cat', '/proc/sys/net/ipv6/conf/pocker0/disable_ipv6'), '1')
    await run('rm', '-f', 'plain')
    await untilNoDevice(engine.host, /veth/)
  })

  test('a network as it was asked for: subnet, range, gateway, options, labels', async () => {
    await run(
      'network',
      'create',
      '--subnet',
      '10.20.0.0/16',
      '--ip-range',
      '10.20.9.0/24',
      '--gateway',
      '10.20.0.254',
      '--label',
      'a=b',
      '--aux-address',
      'printer=10.20.9.1',
      '-o',
      'com.docker.network.driver.mtu=1400',
      'given',
    )
    assert.partialDeepStrictEqual(JSON.parse(await run('network', 'inspect', 'given'))[0], {
      Name: 'given',
      Driver: 'bridge',
      Scope: 'local',
      Labels: { a: 'b' },
      IPAM: {
        Config: [{ Subnet: '10.20.0.0/16', IPRange: '10.20.9.0/24', Gateway: '10.20.0.254', AuxiliaryAddresses: { printer: '10.20.9.1' } }],
      },
    })
    await run('run', '-d', '--name', 'in-range', '--network', 'given', '--mac-address', '02:00:00:00:00:99', ...SERVE)
    assert.equal(await address('in-range', 'given'), '10.20.9.0')
    assert.match(await run('exec', 'in-range', 'ip', 'link', 'show', 'eth0'), /mtu 1400 .*02:00:00:00:00:99/s)
    await run('run', '-d', '--name', 'fixed', '--network', 'given', '--ip', '10.20.7.7', ...SERVE)
    assert.equal(await address('fixed', 'given'), '10.20.7.7')
    await refuses(['run', '--rm', '--network', 'given', '--ip', '10.20.7.7', 'tiny', 'true'], /already in use/)
    await refuses(['run', '--rm', '--network', 'given', '--ip', '10.99.0.1', 'tiny', 'true'], /no configured subnet/)
    await refuses(['run', '--rm', '--ip', '172.29.0.9', 'tiny', 'true'], /user defined networks only/)
    await refuses(['network', 'rm', 'given'], /active endpoints/)
    await run('rm', '-f', 'in-range', 'fixed')
    await run('network', 'rm', 'given')
    assert.equal(await run('network', 'ls', '-q', '--filter', 'name=given'), '')
  })

  test('an address that a stopped container has asked for is kept for it', async () => {
    await run('network', 'create', '--subnet', '10.21.0.0/29', 'small')
    await run('create', '--name', 'later', '--network', 'small', '--ip', '10.21.0.2', 'tiny', 'sleep', '100')
    await run('run', '-d', '--name', 'first', '--network', 'small', ...SERVE)
    assert.equal(await address('first', 'small'), '10.21.0.3')
    await run('start', 'later')
    assert.equal(await address('later', 'small'), '10.21.0.2')
    for (const name of ['a4', 'a5', 'a6']) await run('run', '-d', '--name', name, '--network', 'small', ...SERVE)
    await refuses(['run', '--rm', '--network', 'small', 'tiny', 'true'], /no available IPv4 addresses/)
    await run('rm', '-f', 'later', 'first', 'a4', 'a5', 'a6')
    await run('network', 'rm', 'small')
  })

  test('a restarted container has the address that it had', async () => {
    await run('run', '-d', '--name', 'steady', ...SERVE)
    const had = await address('steady')
    await run('run', '-d', '--name', 'other', ...SERVE)
    await run('restart', '-t', '0', 'steady')
    assert.equal(await address('steady'), had)
    await served(had, () => engine.host.run('busybox', 'wget', '-qO-', `http://${had}/group`))
    await run('stop', '-t', '0', 'steady')
    assert.equal(await address('steady'), '')
    await run('rm', '-f', 'steady', 'other')
  })

  test('what cannot be: each with its code, and nothing is made', async () => {
    await run('network', 'create', '--subnet', '10.22.0.0/24', 'there')
    // Devices of containers that have just ended go in their own time.
    const devices = async () =>
      [...(await engine.host.run('ip', '-o', 'link')).matchAll(/^\d+: ([^:@]+)/gm)]
        .map(([, name]) => name)
        .filter((name) => !name?.startsWith('veth'))
    const before = await devices()
    const config = (value: object) => ({ Name: 'x', IPAM: { Config: [value] } })
    for (const [body, status, code] of [
      [{ Name: 'there' }, 409, 'network-name-in-use'],
      [{ Name: 'bridge' }, 403, 'predefined-network'],
      [{ Name: '../x' }, 400, 'bad-network-name'],
      [{ Name: '' }, 400, 'bad-network-name'],
      [config({ Subnet: '10.22.0.128/25' }), 403, 'subnet-overlaps'],
      [config({ Subnet: '10.0.0.0/33' }), 400, 'bad-subnet'],
      [config({ Subnet: 'fd00::/64' }), 400, 'bad-subnet'],
      [config({ Subnet: '10.23.0.0/24', Gateway: '10.24.0.1' }), 400, 'bad-subnet'],
      [config({ Subnet: '10.23.0.0/24', IPRange: '10.24.0.0/25' }), 400, 'bad-subnet'],
      [{ Name: 'x', Driver: 'macvlan' }, 404, 'no-such-network-driver'],
      [{ Name: 'x', Ingress: true }, 501, 'network-kind-not-available'],
      [{ Name: 'x', Options: { 'com.docker.network.bridge.name': 'a/b' } }, 400, 'bad-network-option'],
      [{ Name: 'x', Options: { 'com.docker.network.bridge.name': 'uplink' } }, 409, 'device-name-in-use'],
      [{ Name: 'x', Options: { 'com.docker.network.driver.mtu': '9' } }, 400, 'bad-network-option'],
    ] as const) {
      assert.deepEqual(await create(body), { status, code }, JSON.stringify(body))
    }
    assert.deepEqual(await devices(), before)
    await refuses(['network', 'rm', 'bridge'], /pre-defined/)
    await refuses(['network', 'rm', 'nobody'], /not found/)
    await refuses(['run', '--rm', '--network', 'nobody', 'tiny', 'true'], /not found/)
    await run('network', 'rm', 'there')
  })

  test('a subnet is not chosen where this host has a route to', async () => {
    await engine.host.run('ip', 'route', 'add', '172.29.16.0/20', 'dev', 'uplink')
    await run('network', 'create', 'chosen')
    const [{ IPAM }] = JSON.parse(await run('network', 'inspect', 'chosen'))
    assert.equal(IPAM.Config[0].Subnet, '172.29.32.0/20')
    await engine.host.run('ip', 'route', 'del', '172.29.16.0/20')
    await run('network', 'rm', 'chosen')
  })

  test('containers of one network reach each other, those of others do not; an internal one has no way out', async () => {
    await run('network', 'create', 'one')
    await run('network', 'create', 'two')
    await run('network', 'create', '--internal', 'closed')
    await run('run', '-d', '--name', 'in-one', '--network', 'one', ...SERVE)
    await run('run', '-d', '--name', 'in-closed', '--network', 'closed', ...SERVE)
    const reach = async (network: string, target: string) =>
      (await engine.docker('run', '--rm', '--init', '--network', network, 'tiny', 'timeout', '2', 'wget', '-qO-', `http://${target}/group`))
        .code === 0
    const inOne = await address('in-one', 'one')
    await eventually('it listens', () => reach('one', inOne))
    assert.equal(await reach('two', await address('in-one', 'one')), false)
    const inClosed = await address('in-closed', 'closed')
    await eventually('it listens', () => reach('closed', inClosed))
    assert.equal(await reach('one', await address('in-closed', 'closed')), false)
    assert.equal((await engine.docker('run', '--rm', '--network', 'closed', 'tiny', 'ping', '-c1', '-W1', '198.51.100.2')).code, 1)
    await run('rm', '-f', 'in-one', 'in-closed')
    await run('network', 'rm', 'one', 'two', 'closed')
  })

  test('IPv6: an own subnet or a chosen one, both ways', async () => {
    await run('network', 'create', '--ipv6', '--subnet', 'fd12:3456::/64', 'six')
    await run(
      'run',
      '-d',
      '--name',
      'v6',
      '--network',
      'six',
      '--ip6',
      'fd12:3456::77',
      'tiny',
      'httpd',
      '-f',
      '-p',
      '[::]:80',
      '-h',
      '/etc',
    )
    const url = 'http://[fd12:3456::77]/group'
    await served(url, () => run('run', '--rm', '--network', 'six', 'tiny', 'wget', '-qO-', url))
    assert.partialDeepStrictEqual(await engine.inspect('v6', '.NetworkSettings.Networks.six'), {
      GlobalIPv6Address: 'fd12:3456::77',
      GlobalIPv6PrefixLen: 64,
      IPv6Gateway: 'fd12:3456::1',
    })
    await run('network', 'create', '--ipv6', 'chosen-six')
    assert.match(await run('network', 'inspect', '-f', '{{json .IPAM.Config}}', 'chosen-six'), /"fd[0-9a-f]{2}:/)
    await run('rm', '-f', 'v6')
    await run('network', 'rm', 'six', 'chosen-six')
  })

  test('connected and disconnected while it runs', async () => {
    await run('network', 'create', 'front')
    await run('network', 'create', 'back')
    await run('run', '-d', '--name', 'web', '--network', 'front', ...SERVE)
    await run('run', '-d', '--name', 'db', '--network', 'back', ...SERVE)
    const reach = async () => (await engine.docker('exec', 'web', 'timeout', '2', 'wget', '-qO-', 'http://data/group')).code === 0
    assert.equal(await reach(), false)
    await run('network', 'connect', '--alias', 'data', 'back', 'db').catch((error: Error) => assert.match(error.message, /already exists/))
    await run('network', 'connect', 'back', 'web')
    await run('network', 'disconnect', 'back', 'db')
    await run('network', 'connect', '--alias', 'data', 'back', 'db')
    await eventually('it is reached', reach)
    assert.match(await run('exec', 'web', 'ip', '-o', 'link'), /eth1/)
    await refuses(['network', 'connect', 'back', 'web'], /already exists/)
    // The way out moves to what is left.
    await run('network', 'disconnect', 'front', 'web')
    assert.match(await run('exec', 'web', 'ip', 'route', 'show', 'default'), /dev eth1/)
    await eventually('it is reached still', reach)
    await run('network', 'disconnect', 'back', 'web')
    assert.equal(await run('exec', 'web', 'ip', '-o', 'link').then((text) => text.split('\n').length), 1)
    await refuses(['network', 'disconnect', 'back', 'web'], /not connected/)
    await run('network', 'connect', '--ip', '172.29.200.200', 'host', 'web').catch((error: Error) => assert.match(error.message, /host/))
    await run('rm', '-f', 'web', 'db')
    await run('network', 'rm', 'front', 'back')
  })

  test('connected while it is stopped', async () => {
    await run('network', 'create', 'front')
    await run('create', '--name', 'two', 'tiny', 'sleep', '100')
    await run('network', 'connect', 'front', 'two')
    await run('start', 'two')
    assert.match(await run('exec', 'two', 'ip', '-o', 'link'), /eth0.*eth1/s)
    await run('rm', '-f', 'two')
    await run('network', 'rm', 'front')
  })

  test('a shared network goes on for the other, and its address is free for the next', async () => {
    await run('network', 'create', '--subnet', '10.25.0.0/29', 'shared')
    await run('run', '-d', '--name', 'owner', '--network', 'shared', ...SERVE)
    await run('run', '-d', '--name', 'guest', '--network', 'container:owner', 'tiny', 'sleep', '100')
    await served('127.0.0.1', () => run('exec', 'guest', 'wget', '-qO-', 'http://127.0.0.1/group'))
    await run('rm', '-f', 'owner')
    assert.equal(await run('exec', 'guest', 'ip', '-o', 'link').then((text) => text.includes('eth0')), false)
    await run('rm', '-f', 'guest')
    await run('network', 'rm', 'shared')
  })

  test('prune takes what no container is in', async () => {
    await run('network', 'create', '--label', 'keep=yes', 'kept')
    await run('network', 'create', 'used')
    await run('network', 'create', 'unused')
    await run('create', '--name', 'user', '--network', 'used', 'tiny', 'true')
    assert.equal(await run('network', 'prune', '-f', '--filter', 'label!=keep=yes'), 'Deleted Networks:\nunused')
    await run('rm', 'user')
    assert.match(await run('network', 'prune', '-f'), /kept\nused|used\nkept/)
    assert.equal((await engine.host.run('ip', '-o', 'link')).includes('pk-'), false)
  })

  test('events tell of networks and of who is in them', async () => {
    const since = String(Date.now() / 1000)
    await run('network', 'create', 'told')
    await run('run', '--rm', '--network', 'told', 'tiny', 'true')
    await run('network', 'rm', 'told')
    const format = '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.type}}'
    const events = async () =>
      run('events', '--since', since, '--until', String(Date.now() / 1000), '--filter', 'type=network', '--format', format)
    await eventually('all is told', async () => (await events()).split('\n').length === 4)
    assert.deepEqual(
      (await events()).split('\n'),
      ['create', 'connect', 'disconnect', 'destroy'].map((action) => `${action} told bridge`),
    )
  })

  test('filters of networks and of containers in them', async () => {
    await run('network', 'create', '--label', 'tier=data', 'filtered')
    await run('run', '-d', '--name', 'member', '--network', 'filtered', ...SERVE)
    const names = (...filters: string[]) =>
      run('network', 'ls', '--format', '{{.Name}}', ...filters.flatMap((filter) => ['--filter', filter]))
    assert.equal(await names('label=tier=data'), 'filtered')
    assert.equal(await names('type=custom'), 'filtered')
    assert.equal(await names('type=builtin'), 'bridge\nhost\nnone')
    assert.equal(await names('dangling=true'), '')
    assert.equal(await names('driver=null'), 'none')
    assert.equal(await run('ps', '--filter', 'network=filtered', '--format', '{{.Names}}'), 'member')
    await run('rm', '-f', 'member')
    assert.equal(await names('dangling=true'), 'filtered')
    await run('network', 'rm', 'filtered')
  })

  test('a chosen subnet that this host has got a route to meanwhile is chosen anew when nobody is in the network', async () => {
    await run('network', 'create', 'moves')
    await run('network', 'create', '--subnet', '10.27.0.0/24', 'stays')
    const subnet = async (name: string) => JSON.parse(await run('network', 'inspect', name))[0].IPAM.Config[0].Subnet
    const before = await subnet('moves')
    await engine.helper.end()
    await engine.host.run('ip', 'route', 'add', before, 'dev', 'uplink')
    await engine.host.run('ip', 'route', 'add', '10.27.0.0/24', 'dev', 'uplink')
    await engine.helper.restart()
    await run('run', '--rm', '--network', 'moves', 'tiny', 'true')
    assert.notEqual(await subnet('moves'), before)
    await run('run', '--rm', '--network', 'stays', 'tiny', 'true')
    assert.equal(await subnet('stays'), '10.27.0.0/24')
    for (const taken of [before, '10.27.0.0/24']) await engine.host.run('ip', 'route', 'del', taken, 'dev', 'uplink')
    await run('network', 'rm', 'moves', 'stays')
  })

  test('containers that come and go leave the helper as it was', async () => {
    await run('network', 'create', 'busy')
    const one = () => run('run', '--rm', '--network', 'busy', '-p', '80', '-p', '53/udp', 'tiny', 'true')
    await one()
    const before = countHelper(engine.helper.pid()).descriptors
    for (let round = 0; round < 10; round++) await one()
    await eventually('descriptors are as many as before', () => countHelper(engine.helper.pid()).descriptors <= before + 2)
    await run('network', 'rm', 'busy')
    await untilNoDevice(engine.host, /veth/)
  })
})
