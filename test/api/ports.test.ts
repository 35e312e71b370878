/** Published ports, asked for from this host, from another one and from containers. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/engine.ts'
import { type NetworkedEngine, startNetworkedEngine, whyNoNetworkedEngine } from '../support/networked-engine.ts'

const skip = whyNoNetworkedEngine()
// Both kinds of addresses, and the client's address in the log.
const SERVE = ['tiny', 'httpd', '-f', '-vv', '-p', '80', '-h', '/etc']

/** Sends a datagram to an address and a port, and prints the answer. */
const ASK_BY_UDP = `
  const [address, port] = process.argv.slice(1)
  const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (data) => { process.stdout.write(data); process.exit() })
  socket.on('error', () => process.exit(1))
  socket.connect(Number(port), address, () => socket.send('hello'))
  setTimeout(() => process.exit(1), 1000)`

describe('ports', { skip }, () => {
  let engine: NetworkedEngine
  before(async () => {
    engine = await startNetworkedEngine()
  })
  after(async () => await engine?.[Symbol.asyncDispose]())

  const run = (...words: string[]) => engine.run(...words)
  const fetches = async (from: 'host' | 'outside', url: string) =>
    (await engine[from].try('timeout', '2', 'busybox', 'wget', '-qO-', `${url}/group`)).stdout.startsWith('root:')
  /** The server in a container that has just been started does not listen at once. */
  const served = (from: 'host' | 'outside', url: string) => eventually(`${url} is served to ${from}`, () => fetches(from, url))
  const refuses = async (words: string[], text: RegExp) => {
    const { code, stderr } = await engine.docker(...words)
    assert.notEqual(code, 0)
    assert.match(stderr, text)
    assert.equal(
      await run('ps', '-aq', '--filter', 'name=refused'),
      await run('ps', '-aq', '--filter', 'name=refused', '--filter', 'status=created'),
    )
    await engine.docker('rm', '-f', 'refused')
  }

  test('a port that says no address is this host’s alone', async () => {
    await run('run', '-d', '--name', 'web', '-p', '8080:80', ...SERVE)
    assert.equal(await run('port', 'web'), '80/tcp -> 127.0.0.1:8080')
    assert.equal(await run('ps', '--format', '{{.Ports}}'), '127.0.0.1:8080->80/tcp')
    assert.deepEqual(await engine.inspect('web', '.NetworkSettings.Ports'), { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] })
    await served('host', 'http://127.0.0.1:8080')
    assert.equal(await fetches('outside', 'http://198.51.100.1:8080'), false)
    assert.equal(await fetches('host', 'http://198.51.100.1:8080'), false)
    await run('rm', '-f', 'web')
    assert.equal(await fetches('host', 'http://127.0.0.1:8080'), false)
  })

  test('one that is for everybody: who asks is seen as who he is', async () => {
    await run('run', '-d', '--name', 'web', '-p', '0.0.0.0:8080:80', ...SERVE)
    await served('outside', 'http://198.51.100.1:8080')
    await eventually('it is in the log', async () => (await engine.docker('logs', 'web')).stderr.includes('198.51.100.2'))
    assert.doesNotMatch((await engine.docker('logs', 'web')).stderr, /127\.0\.0\.1/)
    const gateway = await engine.inspect('web', '.NetworkSettings.Gateway')
    await served('host', 'http://127.0.0.1:8080')
    for (const network of ['bridge', 'container:web']) {
      assert.match(await run('run', '--rm', '--network', network, 'tiny', 'wget', '-qO-', `http://${gateway}:8080/group`), /root/, network)
    }
    await served('host', 'http://198.51.100.1:8080')
    await run('rm', '-f', 'web')
  })

  test('an address of this host alone, ranges, any port, and all that are exposed', async () => {
    await run(
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      '198.51.100.1:8080:80',
      '-p',
      '9000-9002:9000-9002',
      '-p',
      '7000-7009:70',
      '-p',
      '71',
      '--expose',
      '72',
      '-P',
      ...SERVE,
    )
    await served('outside', 'http://198.51.100.1:8080')
    assert.equal(await fetches('host', 'http://127.0.0.1:8080'), false)
    const ports = await run('port', 'web')
    for (const line of ['80/tcp -> 198.51.100.1:8080', '9001/tcp -> 127.0.0.1:9001', '70/tcp -> 127.0.0.1:7000'])
      assert.ok(ports.includes(line), ports)
    assert.match(ports, /^71\/tcp -> 127\.0\.0\.1:\d+$/m)
    const [, any] = /^72\/tcp -> 127\.0\.0\.1:(\d+)$/m.exec(ports) ?? []
    await run('restart', '-t', '0', 'web')
    assert.equal(await run('port', 'web', '72'), `127.0.0.1:${any}`)
    await run('run', '-d', '--name', 'next', '-p', '7000-7009:70', ...SERVE)
    assert.equal(await run('port', 'next', '70'), '127.0.0.1:7001')
    await run('rm', '-f', 'web', 'next')
  })

  test('a port in use is refused, and who has it is said', async () => {
    await run('run', '-d', '--name', 'first', '-p', '8080:80', ...SERVE)
    await refuses(['run', '-d', '--name', 'refused', '-p', '8080:80', ...SERVE], /port is already allocated, container first has it/)
    await refuses(['run', '-d', '--name', 'refused', '-p', '0.0.0.0:8080:80', ...SERVE], /container first has it/)
    const server = engine.host.start('busybox', 'httpd', '-f', '-p', '127.0.0.1:8081')
    await eventually('it listens', async () => (await engine.host.run('ss', '-Hltn', 'sport = 8081')) !== '')
    await refuses(['run', '-d', '--name', 'refused', '-p', '8081:80', ...SERVE], /busybox \(process \d+\) has it/)
    server.kill()
    await refuses(['run', '-d', '--name', 'refused', '-p', '203.0.113.9:80:80', ...SERVE], /no address 203\.0\.113\.9/)
    await refuses(['run', '-d', '--name', 'refused', '-p', '80:80/sctp', ...SERVE], /SCTP/)
    const answer = await engine.helper.request('POST', '/containers/create', {
      Image: 'tiny',
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
    })
    const id = typeof answer.body === 'object' && answer.body !== null ? Reflect.get(answer.body, 'Id') : ''
    const started = await engine.helper.request('POST', `/containers/${id}/start`)
    assert.deepEqual(
      [started.status, typeof started.body === 'object' && started.body !== null && Reflect.get(started.body, 'code')],
      [409, 'port-in-use'],
    )
    // Nothing of the failed starts is left, and the port is free when its owner is gone.
    await run('rm', '-f', 'first', String(id))
    await run('run', '-d', '--name', 'first', '-p', '8080:80', ...SERVE)
    await served('host', 'http://127.0.0.1:8080')
    await run('rm', '-f', 'first')
  })

  test('UDP, both ways', async () => {
    await run(
      'run',
      '-d',
      '--name',
      'echo',
      '-p',
      '0.0.0.0:5353:53/udp',
      '-p',
      '127.0.0.1:5354:53/udp',
      '-p',
      '[::1]:5355:53/udp',
      'tiny',
      'probe',
      'udp-echo',
      '53',
    )
    const echoes = async (from: 'host' | 'outside', address: string, port: string) =>
      (await engine[from].try(process.execPath, '-e', ASK_BY_UDP, address, port)).stdout === 'hello'
    await eventually('it answers', () => echoes('outside', '198.51.100.1', '5353'))
    await eventually('it answers at this host', () => echoes('host', '127.0.0.1', '5354'))
    await eventually('it answers at this host’s IPv6', () => echoes('host', '::1', '5355'))
    assert.equal(await echoes('outside', '198.51.100.1', '5354'), false)
    await run('rm', '-f', 'echo')
  })

  test('IPv6 of this host for a container that has none goes through the helper', async () => {
    await run('run', '-d', '--name', 'web', '-p', '[::1]:8080:80', ...SERVE)
    await served('host', 'http://[::1]:8080')
    await run('rm', '-f', 'web')
    assert.equal(await fetches('host', 'http://[::1]:8080'), false)
  })

  test('without a helper ports go on being served; the next helper knows them', async () => {
    await run('run', '-d', '--name', 'web', '-p', '0.0.0.0:8080:80', '--restart', 'no', ...SERVE)
    await engine.helper.end('SIGKILL')
    await served('outside', 'http://198.51.100.1:8080')
    await served('host', 'http://127.0.0.1:8080')
    await engine.host.run('nft', 'flush', 'ruleset')
    await engine.helper.restart()
    await served('outside', 'http://198.51.100.1:8080')
    assert.equal(await run('port', 'web', '80'), '0.0.0.0:8080')
    await refuses(['run', '-d', '--name', 'refused', '-p', '8080:80', ...SERVE], /container web has it/)
    await run('rm', '-f', 'web')
    assert.equal(await fetches('outside', 'http://198.51.100.1:8080'), false)
  })

  test('rules that others have flushed are back within a moment', async () => {
    await run('run', '-d', '--name', 'web', '-p', '0.0.0.0:8080:80', ...SERVE)
    await engine.host.run('nft', 'flush', 'ruleset')
    await eventually('they are back', async () => (await engine.host.run('nft', 'list', 'ruleset')).includes('8080'))
    await served('outside', 'http://198.51.100.1:8080')
    await eventually('it is said', () => /put back/.test(engine.helper.stderr()))
    await run('rm', '-f', 'web')
  })

  test('where another firewall drops what is forwarded, ports are served all the same, and that is said', async () => {
    await run('run', '-d', '--name', 'before', '-p', '0.0.0.0:8079:80', ...SERVE)
    await engine.host.run('iptables', '-P', 'FORWARD', 'DROP')
    const body = { Image: 'tiny', Cmd: ['true'] }
    const answer = await engine.helper.request('POST', '/containers/create?name=warned', body)
    assert.match(JSON.stringify(answer.body), /ip filter FORWARD/)
    await run('run', '-d', '--name', 'web', '-p', '0.0.0.0:8080:80', ...SERVE)
    await served('outside', 'http://198.51.100.1:8080')
    await served('host', 'http://127.0.0.1:8080')
    await eventually('the one that ran already is served, too', () => fetches('outside', 'http://198.51.100.1:8079'))
    assert.equal((await engine.docker('exec', 'web', 'ping', '-c1', '-W1', '198.51.100.2')).code, 1)
    await engine.host.run('iptables', '-P', 'FORWARD', 'ACCEPT')
    await eventually('rules lead there again', async () =>
      (await engine.host.run('nft', 'list', 'table', 'inet', await tableName())).includes('8080'),
    )
    await served('outside', 'http://198.51.100.1:8080')
    await run('rm', '-f', 'web', 'before', 'warned')
  })

  async function tableName(): Promise<string> {
    return /inet (pocker-\w+)/.exec(await engine.host.run('nft', 'list', 'tables'))?.[1] ?? ''
  }
})
