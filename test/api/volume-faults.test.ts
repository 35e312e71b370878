/** Volumes under attack, and a helper that is killed in the midst of work on them. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeCanary } from '../support/canary.ts'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'

const ATTACKED = 40
const KILLED = 15

const volumesOf = (engine: TestEngine) => join(engine.helper.dataRoot, 'volumes')
const dataOf = (engine: TestEngine, name: string) => join(volumesOf(engine), name, '_data')
const post = async (engine: TestEngine, path: string, body?: object) => {
  const answer = await engine.helper.request('POST', path, body)
  return { status: answer.status, body: Object(answer.body) }
}

describe('volumes', { skip: whyNoEngine() }, () => {
  // CVE-2021-30465, CVE-2018-15664.
  test('E9, E10: a part of a volume that becomes a link to the host while it is mounted, copied and looked at', async () => {
    await using canary = makeCanary()
    await using engine = await startEngine()
    await post(engine, '/volumes/create', { Name: 'data' })
    mkdirSync(join(dataOf(engine, 'data'), 'x/inner'), { recursive: true })
    writeFileSync(join(dataOf(engine, 'data'), 'x/inner/own'), '')
    symlinkSync(canary.path, join(dataOf(engine, 'data'), 'y'))
    const attack = { Image: 'tiny', Cmd: ['probe', 'swap', '/vol/x', '/vol/y'], HostConfig: { Binds: ['data:/vol'] } }
    const attacker = await post(engine, '/containers/create', attack)
    await post(engine, `/containers/${attacker.body.Id}/start`)
    const seen = new Set<string>()
    for (let count = 0; count < ATTACKED; count++) {
      const Mounts = [{ Type: 'volume', Source: 'data', Target: '/mnt', VolumeOptions: { Subpath: 'x/inner' } }]
      const Cmd = ['sh', '-c', 'touch /mnt/made; ls /mnt | tr "\\n" " "']
      const { body } = await post(engine, '/containers/create', { Image: 'tiny', Cmd, HostConfig: { Mounts } })
      await engine.helper.request('GET', `/containers/${body.Id}/archive?path=/mnt/secret`)
      await engine.helper.request('GET', '/pocker/volumes/data/files/list?path=/x/inner')
      await engine.helper.request('POST', '/pocker/volumes/data/files/folder?path=/x/inner/folder')
      const { status } = await post(engine, `/containers/${body.Id}/start`)
      if (status === 204) {
        await post(engine, `/containers/${body.Id}/wait`)
        seen.add((await engine.docker('logs', body.Id)).stdout.trim())
      }
      await engine.helper.request('DELETE', `/containers/${body.Id}?force=1`)
    }
    canary.assertUnchanged()
    assert.ok(
      [...seen].every((listed) => /^(folder )?made own$/.test(listed)),
      JSON.stringify([...seen]),
    )
    assert.ok(seen.size > 0, 'no start went well: the race was never run')
  })

  test('kill -9 of the helper while volumes are made, used and removed: each is whole or not there', async () => {
    await using engine = await startEngine()
    await post(engine, '/volumes/create', { Name: 'kept', Labels: { a: 'b' } })
    writeFileSync(join(dataOf(engine, 'kept'), 'file'), 'kept')
    for (let round = 0; round < KILLED; round++) {
      const work = Promise.allSettled([0, 1, 2].map((worker) => makeUseAndRemove(engine, `${round}-${worker}`)))
      await sleep(Math.random() * 25)
      await engine.helper.end('SIGKILL')
      await work
      await engine.helper.restart()
      const { body } = await engine.helper.request('GET', '/volumes')
      const listed: string[] = Object(body).Volumes.map(({ Name }: { Name: string }) => Name)
      assert.deepEqual(listed.toSorted(), readdirSync(volumesOf(engine)).sort(), `round ${round}`)
      for (const { Name, Labels, Options } of Object(body).Volumes) {
        assert.ok(existsSync(dataOf(engine, Name)), Name)
        if (Name.startsWith('memory')) assert.deepEqual([Labels?.round, Options?.type], [Name, 'tmpfs'])
      }
      // What is mounted belongs to a container that runs.
      const { body: containers } = await engine.helper.request('GET', '/containers/json')
      const running: string[] = JSON.stringify(containers).match(/memory-[\d-]+/g) ?? []
      for (const name of mounted(engine)) assert.ok(running.includes(name), `round ${round}: ${name} is mounted for nobody`)
    }
    assert.equal(readFileSync(join(dataOf(engine, 'kept'), 'file'), 'utf8'), 'kept')
    for (const { Id } of await engine.dockerode.listContainers({ all: true }))
      await engine.dockerode.getContainer(Id).remove({ force: true })
    const filters = encodeURIComponent(JSON.stringify({ all: ['true'], 'label!': ['a'] }))
    await post(engine, `/volumes/prune?filters=${filters}`)
    const left = Object((await engine.helper.request('GET', '/volumes')).body).Volumes.map(({ Name }: { Name: string }) => Name)
    for (const name of left.filter((name: string) => name !== 'kept')) {
      assert.equal((await engine.helper.request('DELETE', `/volumes/${name}`)).status, 204)
    }
    assert.deepEqual(readdirSync(volumesOf(engine)), ['kept'])
    assert.deepEqual(mounted(engine), [])
  })

  test('one that is made, used and removed at once is used or refused, never taken from under a container', async () => {
    await using engine = await startEngine()
    for (let round = 0; round < 30; round++) {
      const body = { Image: 'tiny', Cmd: ['true'], HostConfig: { Binds: ['data:/data'] } }
      const [made] = await Promise.all([
        post(engine, '/containers/create', body),
        engine.helper.request('DELETE', '/volumes/data'),
        post(engine, `/volumes/prune?filters=${encodeURIComponent('{"all":["true"]}')}`),
      ])
      assert.equal(made.status, 201)
      assert.ok(existsSync(dataOf(engine, 'data')))
      assert.equal((await engine.helper.request('GET', '/volumes/data')).status, 200)
      await engine.helper.request('DELETE', `/containers/${made.body.Id}`)
    }
  })
})

function mounted(engine: TestEngine): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return lines.flatMap((line) => new RegExp(`${volumesOf(engine)}/([^/ ]+)/`).exec(line)?.[1] ?? [])
}

async function makeUseAndRemove(engine: TestEngine, id: string): Promise<void> {
  const name = `memory-${id}`
  const DriverOpts = { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }
  await post(engine, '/volumes/create', { Name: name, DriverOpts, Labels: { round: name } })
  const binds = { Binds: [`${name}:/data`, `plain-${id}:/etc`], AutoRemove: true }
  const made = await post(engine, '/containers/create', {
    Image: 'tiny',
    Cmd: ['sleep', '1000'],
    HostConfig: binds,
    Volumes: { '/own': {} },
  })
  await post(engine, `/containers/${made.body.Id}/start`)
  await engine.helper.request('DELETE', `/containers/${made.body.Id}?force=1&v=1`)
  await engine.helper.request('DELETE', `/volumes/${name}`)
}
