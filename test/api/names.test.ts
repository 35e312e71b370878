/** Names in networks: of containers, of this host, and of the world outside. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { type NetworkedEngine, startNetworkedEngine, startUpstream, whyNoNetworkedEngine } from '../support/networked-engine.ts'

const skip = whyNoNetworkedEngine()
const SLEEP = ['tiny', 'sleep', '1000']

describe('names', { skip }, () => {
  let folder: TemporaryFolder
  let engine: NetworkedEngine
  before(async () => {
    folder = makeTemporaryFolder('names')
    const resolvConf = join(folder.path, 'resolv.conf')
    writeFileSync(resolvConf, 'nameserver 127.0.0.99\nnameserver 192.0.2.53\nsearch corp.test\noptions timeout:3\n')
    engine = await startNetworkedEngine({ resolvConf })
    await startUpstream(engine.host)
    await engine.run('network', 'create', 'net')
    await engine.run('run', '-d', '--name', 'asker', '--network', 'net', ...SLEEP)
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const run = (...words: string[]) => engine.run(...words)
  const address = async (name: string, network = 'net') =>
    String(await engine.inspect(name, `(index .NetworkSettings.Networks "${network}").IPAddress`))
  /** The addresses that a container finds for a name, in order; empty when there are none. With a dot at its end: busybox knows no ndots. */
  const look = async (name: string, from = 'asker', ...type: string[]) => {
    const { stdout } = await engine.docker('exec', from, 'nslookup', ...type, isIP(name) === 0 && !name.endsWith('.') ? `${name}.` : name)
    return [...stdout.matchAll(/^(?:Address(?: \d+)?:|.*name =) (\S+)$/gm)].map((match) => match[1] ?? '').sort()
  }

  test('a container by its name, alias, ID and hostname, in whatever case, also with the network behind it', async () => {
    await run('run', '-d', '--name', 'web', '--hostname', 'shop', '--network', 'net', '--network-alias', 'www', ...SLEEP)
    const id = (await run('ps', '-q', '--filter', 'name=web')).slice(0, 12)
    for (const name of ['web', 'www', 'shop', id, 'WEB', 'web.net.', 'www.net.'])
      assert.deepEqual(await look(name), [await address('web')], name)
    assert.deepEqual(await look(await address('web')), ['web.net'])
    assert.deepEqual(await look('web', 'asker', '-type=aaaa'), [])
    await run('rename', 'web', 'renamed')
    assert.deepEqual(await look('web'), [])
    assert.deepEqual(await look('renamed'), [await address('renamed')])
    await run('stop', '-t', '0', 'renamed')
    assert.deepEqual(await look('www'), [])
    await run('rm', 'renamed')
  })

  test('an alias that several have is all of them', async () => {
    for (const name of ['w1', 'w2', 'w3'])
      await run('run', '-d', '--name', name, '--network', 'net', '--network-alias', 'workers', ...SLEEP)
    assert.deepEqual(await look('workers'), [await address('w1'), await address('w2'), await address('w3')].sort())
    await run('rm', '-f', 'w1', 'w2', 'w3')
  })

  test('names of other networks are not known, and the default network has none', async () => {
    await run('network', 'create', 'other')
    await run('run', '-d', '--name', 'hidden', '--network', 'other', ...SLEEP)
    assert.deepEqual(await look('hidden'), [])
    await run('run', '-d', '--name', 'plain', ...SLEEP)
    assert.deepEqual(await look('plain'), [])
    assert.deepEqual(await look('asker', 'plain'), [])
    await run('rm', '-f', 'hidden', 'plain')
    await run('network', 'rm', 'other')
  })

  test('both kinds of addresses', async () => {
    await run('network', 'create', '--ipv6', '--subnet', 'fd12::/64', 'both')
    await run('run', '-d', '--name', 'b1', '--network', 'both', ...SLEEP)
    assert.deepEqual(await look('b1', 'b1', '-type=aaaa'), ['fd12::2'])
    assert.deepEqual(await look('fd12::2', 'b1'), ['b1.both'])
    await run('rm', '-f', 'b1')
    await run('network', 'rm', 'both')
  })

  test('names outside are asked of this host’s servers, one after the other, and by TCP what is long', async () => {
    assert.deepEqual(await look('outside.test'), ['203.0.113.7'])
    // It says the address that it found, whether or not anybody is there.
    assert.match((await engine.docker('exec', 'asker', 'ping', '-c1', '-W1', 'long.test')).stdout, /^PING long\.test \(203\.0\.113\.\d+\)/)
    assert.deepEqual(await look('nobody.test'), [])
    const conf = await run('exec', 'asker', 'cat', '/etc/resolv.conf')
    assert.equal(conf, 'nameserver 127.0.0.11\nsearch corp.test\noptions timeout:3 ndots:0')
  })

  test('a network without a way out has none by its name server (CVE-2024-29018)', async () => {
    await run('network', 'create', '--internal', 'closed')
    await run('run', '-d', '--name', 'c1', '--network', 'closed', ...SLEEP)
    assert.deepEqual(await look('c1', 'c1'), [await address('c1', 'closed')])
    assert.deepEqual(await look('outside.test', 'c1'), [])
    await run('rm', '-f', 'c1')
    await run('network', 'rm', 'closed')
  })

  test('servers, domains, options and hosts as they are asked for', async () => {
    const conf = (...words: string[]) => run('run', '--rm', ...words, 'tiny', 'cat', '/etc/resolv.conf')
    const wishes = ['--dns', '192.0.2.53', '--dns-search', 'a.test', '--dns-option', 'ndots:3']
    assert.equal(await conf(...wishes), 'nameserver 192.0.2.53\nsearch a.test\noptions ndots:3')
    assert.equal(await conf('--network', 'net', ...wishes), 'nameserver 127.0.0.11\nsearch a.test\noptions ndots:3')
    assert.match(await run('run', '--rm', '--network', 'net', '--dns', '192.0.2.53', 'tiny', 'nslookup', 'outside.test.'), /203\.0\.113\.7/)
    const hosts = await run(
      'run',
      '--rm',
      '--hostname',
      'me',
      '--add-host',
      'db:10.1.2.3',
      '--add-host',
      'up:host-gateway',
      'tiny',
      'cat',
      '/etc/hosts',
      '/etc/hostname',
    )
    assert.match(hosts, /^10\.1\.2\.3\tdb$/m)
    assert.match(hosts, /^172\.29\.0\.1\tup$/m)
    assert.match(hosts, /^172\.29\.0\.1\thost\.docker\.internal$/m)
    assert.match(hosts, /^172\.29\.0\.\d+\tme$/m)
    assert.match(hosts, /^me$/m)
  })

  test('this host by its name', async () => {
    engine.host.start('busybox', 'httpd', '-f', '-p', '0.0.0.0:8090', '-h', '/proc/self/ns')
    await eventually('it listens', async () => (await engine.host.run('ss', '-Hltn', 'sport = 8090')) !== '')
    const answer = await engine.docker('exec', 'asker', 'nc', '-w', '10', 'host.docker.internal', '8090', '-e', 'true')
    assert.equal(answer.code, 0)
  })

  test('links: on the default network in /etc/hosts, on others as aliases for the one that links', async () => {
    await run('run', '-d', '--name', 'db', ...SLEEP)
    assert.match(
      await run('run', '--rm', '--link', 'db:data', 'tiny', 'cat', '/etc/hosts'),
      new RegExp(`^${await address('db', 'bridge')}\tdata$`, 'm'),
    )
    await run('run', '-d', '--name', 'cache', '--network', 'net', ...SLEEP)
    const answer = await run('run', '--rm', '--network', 'net', '--link', 'cache:fast', 'tiny', 'nslookup', 'fast.')
    assert.ok(answer.includes(await address('cache')))
    assert.deepEqual(await look('fast'), [])
    await run('stop', '-t', '0', 'db')
    const refused = await engine.docker('run', '--rm', '--link', 'db', 'tiny', 'true')
    assert.match(refused.stderr, /non running container/)
    await run('rm', '-f', 'db', 'cache')
  })

  test('a container may serve names itself, at port 53', async () => {
    await run('run', '-d', '--name', 'dns', '--network', 'net', 'tiny', 'nc', '-ll', '-p', '53', '-e', 'echo', 'mine')
    assert.deepEqual(await look('dns', 'dns'), [await address('dns')])
    const says = async (from: string, to: string) => (await engine.docker('exec', from, 'sh', '-c', `nc -w 2 ${to} 53 < /dev/null`)).stdout
    const own = await address('dns')
    await eventually('it answers', async () => (await says('asker', own)) === 'mine\n')
    await eventually('it answers itself', async () => (await says('dns', '127.0.0.1')) === 'mine\n')
    await run('rm', '-f', 'dns')
  })

  test('after the helper’s end and a new one names are found again', async () => {
    await engine.helper.restart('SIGKILL')
    assert.deepEqual(await look('asker'), [await address('asker')])
    assert.deepEqual(await look('outside.test'), ['203.0.113.7'])
  })
})
