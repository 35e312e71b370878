/** The helper is killed at any moment of what it does with networks: nothing is left over or lost, and the next one goes on. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/engine.ts'
import { untilNoDevice } from '../support/network-namespace.ts'
import { type NetworkedEngine, startNetworkedEngine, whyNoNetworkedEngine } from '../support/networked-engine.ts'

const skip = whyNoNetworkedEngine()
const SLEEP = ['tiny', 'sleep', '1000']
const ROUNDS = 12

describe('networks after a crash', { skip }, () => {
  let engine: NetworkedEngine
  before(async () => {
    engine = await startNetworkedEngine()
    await engine.run('network', 'create', '--subnet', '10.50.0.0/24', 'net')
    await engine.run('run', '-d', '--name', 'stays', '--network', 'net', '-p', '8080:80', 'tiny', 'httpd', '-f', '-p', '80', '-h', '/etc')
  })
  after(async () => await engine?.[Symbol.asyncDispose]())

  const served = (port: string) =>
    eventually(`port ${port} is served`, async () =>
      (await engine.host.try('busybox', 'wget', '-qO-', `http://127.0.0.1:${port}/group`)).stdout.startsWith('root:'),
    )

  /** Devices of containers on this host, and what the next ones are to be. */
  async function checkHost(): Promise<void> {
    const running = (await engine.run('ps', '-q')).split('\n').filter((line) => line !== '')
    const wanted = await Promise.all(
      running.map(async (id) => Object.values(Object(await engine.inspect(id, '.NetworkSettings.Networks')))),
    )
    const names = wanted.flat().map((endpoint) => `veth${String(Reflect.get(Object(endpoint), 'EndpointID')).slice(0, 8)}`)
    const addresses = wanted.flat().map((endpoint) => Reflect.get(Object(endpoint), 'IPAddress'))
    assert.equal(new Set(addresses).size, addresses.length, `an address twice: ${addresses.join()}`)
    const there = async () =>
      [...(await engine.host.run('ip', '-o', 'link')).matchAll(/(veth[0-9a-f]+)@/g)].map(([, name]) => name ?? '').sort()
    await eventually(`the devices are ${names.join()}`, async () => (await there()).join() === [...names].sort().join())
    await served('8080')
  }

  /** Starts `work`, kills the helper after so many milliseconds, and starts the next. */
  async function killDuring(work: () => Promise<unknown>, milliseconds: number): Promise<void> {
    const done = work().catch(() => undefined)
    await sleep(milliseconds)
    await engine.helper.end('SIGKILL')
    await done
    await engine.helper.restart()
  }

  test('while containers start, end, are connected and taken off', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const names = [0, 1, 2].map((number) => `c${round}-${number}`)
      await killDuring(
        async () => {
          await Promise.all(names.map((name) => engine.docker('run', '-d', '--name', name, '--network', 'net', '-p', '80', ...SLEEP)))
          await Promise.all(names.map((name) => engine.docker('network', 'connect', 'bridge', name)))
          await Promise.all(names.map((name) => engine.docker('network', 'disconnect', 'net', name)))
          await engine.docker('rm', '-f', ...names)
        },
        20 + 45 * round,
      )
      await checkHost()
      await engine.docker('rm', '-f', ...names)
      await checkHost()
    }
  })

  test('while networks are made and removed', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await killDuring(
        async () => {
          for (let number = 0; number < 5; number++) await engine.docker('network', 'create', `n${round}-${number}`)
          await engine.docker('network', 'rm', ...[0, 1, 2, 3, 4].map((number) => `n${round}-${number}`))
        },
        5 + 12 * round,
      )
      const ids = (await engine.run('network', 'ls', '-q', '--filter', 'type=custom')).split('\n')
      const bridges = [...(await engine.host.run('ip', '-o', 'link')).matchAll(/(pk-[0-9a-f]{12}):/g)].map(([, name]) => name)
      // One on record may have no bridge yet: it is made when a container comes.
      for (const bridge of bridges)
        assert.ok(
          ids.some((id) => bridge === `pk-${id}`),
          `${bridge} belongs to no network`,
        )
      await engine.docker('network', 'prune', '-f')
      await checkHost()
    }
  })

  test('two helpers on one host keep to their own', async () => {
    const { startEngine } = await import('../support/engine.ts')
    await using other = await startEngine({ network: engine.host })
    const started = await other.docker('run', '-d', '--name', 'theirs', '-p', '8081:80', 'tiny', 'httpd', '-f', '-p', '80', '-h', '/etc')
    assert.equal(started.code, 0, started.stderr)
    const taken = await other.docker('run', '-d', '-p', '8080:80', ...SLEEP)
    assert.match(taken.stderr, /already allocated/)
    for (const port of ['8080', '8081']) await served(port)
    await engine.helper.restart('SIGKILL')
    for (const port of ['8080', '8081']) await served(port)
    const subnets = await Promise.all(
      [engine, other].map(({ docker }) => docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Subnet}}', 'bridge')),
    )
    assert.notEqual(subnets[0]?.stdout, subnets[1]?.stdout)
  })

  test('a helper that leaves with nothing running leaves nothing', async () => {
    await engine.run('rm', '-f', 'stays')
    await engine.helper.end()
    await untilNoDevice(engine.host, /veth/)
    assert.doesNotMatch(await engine.host.run('ip', '-o', 'link'), /veth|pk-|pocker/)
    assert.equal(await engine.host.run('nft', 'list', 'ruleset'), '')
    await engine.helper.restart()
    assert.match(await engine.run('run', '--rm', '--network', 'net', 'tiny', 'ip', '-o', 'addr'), /10\.50\.0\./)
  })
})
