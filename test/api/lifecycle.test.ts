/** A container's life through dockerode: what each request does, and what it answers when it cannot. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Container, ContainerCreateOptions, ContainerStats } from 'dockerode'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'

const SLEEP = ['sleep', '1000']

describe('a container', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())
  afterEach(async () => {
    const all = await engine.dockerode.listContainers({ all: true })
    await Promise.all(all.map(({ Id }) => engine.dockerode.getContainer(Id).remove({ force: true })))
  })

  const create = (Cmd: string[], more: ContainerCreateOptions = {}) => engine.dockerode.createContainer({ Image: 'tiny', Cmd, ...more })
  const start = async (Cmd: string[], more: ContainerCreateOptions = {}): Promise<Container> => {
    const container = await create(Cmd, more)
    await container.start()
    return container
  }
  const stateOf = async (container: Container) => (await container.inspect()).State
  const exitOf = async (container: Container): Promise<unknown> => (await container.wait()).StatusCode
  const outputOf = async (container: Container): Promise<string> => {
    const raw = await container.logs({ stdout: true, stderr: true })
    let text = ''
    for (let at = 0; at + 8 <= raw.length; at += 8 + raw.readUInt32BE(at + 4))
      text += raw.toString('utf8', at + 8, at + 8 + raw.readUInt32BE(at + 4))
    return text
  }

  test('is created, started, looked at, stopped and removed', async () => {
    const container = await create(['sh', '-c', 'trap "exit 4" TERM; echo ready; while :; do sleep 0.02; done'], {
      name: 'life',
      Labels: { a: 'b' },
      Env: ['X=y'],
      Hostname: 'h',
    })
    const created = await container.inspect()
    assert.partialDeepStrictEqual(created, {
      Id: container.id,
      Name: '/life',
      Path: 'sh',
      State: { Status: 'created', Running: false, Pid: 0, ExitCode: 0, StartedAt: '0001-01-01T00:00:00Z' },
      Config: { Image: 'tiny', Hostname: 'h', Labels: { a: 'b' } },
    })
    assert.ok(created.Config.Env.includes('X=y'))
    await container.start()
    const running = await stateOf(container)
    assert.partialDeepStrictEqual(running, { Status: 'running', Running: true, Paused: false })
    process.kill(running.Pid, 0)
    assert.ok(Math.abs(Date.parse(running.StartedAt) - Date.now()) < 5000)
    await eventually('it is ready', async () => (await outputOf(container)) === 'ready\n')
    await container.stop()
    const stopped = await stateOf(container)
    assert.partialDeepStrictEqual(stopped, { Status: 'exited', Running: false, ExitCode: 4, Pid: 0, OOMKilled: false })
    assert.ok(stopped.FinishedAt > running.StartedAt)
    await container.remove()
    await assert.rejects(container.inspect(), { statusCode: 404 })
  })

  test('that does as asked already answers 304; what cannot be is 409, 404 or 400', async () => {
    const container = await start(SLEEP, { name: 'states' })
    await assert.rejects(container.start(), { statusCode: 304 })
    await assert.rejects(create(SLEEP, { name: 'states' }), { statusCode: 409 })
    await assert.rejects(container.remove(), { statusCode: 409 })
    await assert.rejects(container.unpause(), { statusCode: 409 })
    await assert.rejects(container.rename({ name: '-bad' }), { statusCode: 400 })
    await assert.rejects(container.kill({ signal: 'NOSUCH' }), { statusCode: 400 })
    await container.pause()
    await assert.rejects(container.pause(), { statusCode: 409 })
    await assert.rejects(container.start(), (error: { statusCode: number }) => [304, 409].includes(error.statusCode))
    await container.unpause()
    await container.kill()
    await container.wait()
    await assert.rejects(container.stop(), { statusCode: 304 })
    await assert.rejects(container.kill(), { statusCode: 409 })
    await assert.rejects(container.pause(), { statusCode: 409 })
    await assert.rejects(container.top(), { statusCode: 409 })
    await assert.rejects(container.exec({ Cmd: ['true'] }), { statusCode: 409 })
    await assert.rejects(create(SLEEP, { Image: 'nope' }), { statusCode: 404 })
    const nobody = engine.dockerode.getContainer('nobody')
    const asks = [
      () => nobody.inspect(),
      () => nobody.start(),
      () => nobody.stop(),
      () => nobody.kill(),
      () => nobody.wait(),
      () => nobody.remove(),
      () => nobody.pause(),
      () => nobody.logs({ stdout: true }),
      () => nobody.top(),
      () => nobody.changes(),
    ]
    for (const ask of asks) await assert.rejects(ask, { statusCode: 404 })
  })

  test('is found by name, by ID and by the beginning of its ID', async () => {
    const container = await create(SLEEP, { name: 'findable' })
    for (const word of ['findable', container.id, container.id.slice(0, 12)]) {
      assert.equal((await engine.dockerode.getContainer(word).inspect()).Id, container.id)
    }
    await container.rename({ name: 'renamed' })
    assert.equal((await engine.dockerode.getContainer('renamed').inspect()).Name, '/renamed')
    await assert.rejects(engine.dockerode.getContainer('findable').inspect(), { statusCode: 404 })
    const other = await create(SLEEP, { name: 'findable' })
    await assert.rejects(other.rename({ name: 'renamed' }), { statusCode: 409 })
  })

  test('is waited for: at its exit, the next one, and its removal', async () => {
    const container = await create(['sh', '-c', 'read x; exit 6'], { OpenStdin: true, name: 'awaited' })
    const next = container.wait({ condition: 'next-exit' })
    const removed = container.wait({ condition: 'removed' })
    assert.equal(await exitOf(container), 0, 'it does not run')
    await container.start()
    const exit = container.wait()
    const input = await container.attach({ stream: true, stdin: true, hijack: true })
    input.end('\n')
    assert.deepEqual([(await exit).StatusCode, (await next).StatusCode], [6, 6])
    await container.remove()
    assert.equal((await removed).StatusCode, 6)
  })

  test('is restarted as another process, with its files and its log', async () => {
    const container = await start(['sh', '-c', 'echo run >> /runs; cat /runs; exec sleep 1000'])
    await eventually('its first line', async () => (await outputOf(container)) === 'run\n')
    const { Pid } = await stateOf(container)
    await container.restart({ t: 0 })
    assert.notEqual((await stateOf(container)).Pid, Pid)
    await eventually('its second run’s lines', async () => (await outputOf(container)) === 'run\nrun\nrun\n')
    await container.stop({ t: 0 })
    await container.restart()
    assert.equal((await stateOf(container)).Running, true)
  })

  test('that ignores its stop signal is killed when its time is over', async () => {
    const container = await start(['probe', 'ignore-term'])
    await eventually('it ignores the signal', async () => (await outputOf(container)) === 'ready\n')
    const begun = performance.now()
    await container.stop({ t: 1 })
    const took = performance.now() - begun
    // Ten seconds are the time of one that is not asked for any.
    assert.ok(took >= 990 && took < 9000, `${took} ms`)
    assert.partialDeepStrictEqual(await stateOf(container), { ExitCode: 137, OOMKilled: false })
  })

  test('that is being stopped can be killed meanwhile', async () => {
    const container = await start(['probe', 'ignore-term'])
    await eventually('it ignores the signal', async () => (await outputOf(container)) === 'ready\n')
    const stopping = container.stop({ t: 60 })
    await container.kill()
    await stopping
    assert.equal((await stateOf(container)).ExitCode, 137)
  })

  test('gets the signals that are sent to it', async () => {
    const container = await start(['probe', 'print-signals'])
    await eventually('it is ready', async () => (await outputOf(container)) === 'ready\n')
    for (const signal of ['SIGUSR1', 'HUP', '12']) await container.kill({ signal })
    await eventually('it has them', async () => (await outputOf(container)).length > 12)
    assert.deepEqual((await outputOf(container)).trim().split('\n').slice(1).sort(), ['1', '10', '12'])
    await container.kill({ signal: 'SIGTERM' })
    assert.equal(await exitOf(container), 0)
  })

  test('stands still while it is paused', async () => {
    const container = await start(['sh', '-c', 'while :; do echo x; sleep 0.01; done'])
    await eventually('it writes', async () => (await outputOf(container)) !== '')
    await container.pause()
    assert.partialDeepStrictEqual(await stateOf(container), { Status: 'paused', Paused: true, Running: true })
    // What it had written by then may still be on its way into the log.
    let before = ''
    await eventually('its log stands still', async () => {
      const last = before
      await sleep(100)
      before = await outputOf(container)
      return before === last
    })
    await sleep(100)
    assert.equal(await outputOf(container), before)
    await container.unpause()
    await eventually('it goes on', async () => (await outputOf(container)).length > before.length)
    await container.pause()
    await container.stop({ t: 0 })
    assert.partialDeepStrictEqual(await stateOf(container), { Status: 'exited', ExitCode: 137, Paused: false })
  })

  test('that is paused is removed by force', async () => {
    const container = await start(SLEEP)
    await container.pause()
    await assert.rejects(container.remove(), { statusCode: 409 })
    await container.remove({ force: true })
    await assert.rejects(container.inspect(), { statusCode: 404 })
  })

  test('is created and started by one request; what does not start stays, with its error, or goes when it was to', async () => {
    const { request } = engine.helper
    const made = await request('POST', '/pocker/run?name=at-once', { Image: 'tiny', Cmd: SLEEP })
    assert.equal(made.status, 201)
    const container = engine.dockerode.getContainer(String(Object(made.body).Id))
    assert.equal((await stateOf(container)).Running, true)
    assert.equal((await request('POST', '/pocker/run?name=at-once', { Image: 'tiny', Cmd: SLEEP })).status, 409)
    const failed = await request('POST', '/pocker/run', { Image: 'tiny', Cmd: ['no-such-command'] })
    assert.deepEqual([failed.status, Object(failed.body).code], [400, 'command-not-found'])
    const left = await stateOf(engine.dockerode.getContainer(String(Object(failed.body).container)))
    assert.deepEqual([left.Status, left.ExitCode], ['created', 127])
    assert.match(left.Error, /no-such-command/)
    const passing = await request('POST', '/pocker/run', { Image: 'tiny', Cmd: ['no-such-command'], HostConfig: { AutoRemove: true } })
    await assert.rejects(engine.dockerode.getContainer(String(Object(passing.body).container)).inspect(), { statusCode: 404 })
    const detached = await request('POST', `/pocker/containers/${container.id}/exec`, { Cmd: ['touch', '/seen'], Detach: true })
    assert.equal(detached.status, 201)
    const exec = async () => Object((await request('GET', `/exec/${Object(detached.body).Id}/json`)).body)
    await eventually('the exec has run', async () => (await exec()).ExitCode === 0)
  })

  test('removes itself when it is asked to', async () => {
    const container = await create(['true'], { HostConfig: { AutoRemove: true } })
    const removed = container.wait({ condition: 'removed' })
    await container.start()
    assert.equal((await removed).StatusCode, 0)
    await assert.rejects(container.inspect(), { statusCode: 404 })
  })

  test('that the kernel killed for want of memory says so', async () => {
    const container = await create(['probe', 'eat-memory', String(256 << 20)], {
      name: 'hungry',
      HostConfig: { Memory: 16 << 20, MemorySwap: 16 << 20 },
    })
    const events = await engine.dockerode.getEvents({ filters: { container: ['hungry'], event: ['oom', 'die'] } })
    try {
      await container.start()
      assert.equal(await exitOf(container), 137)
      assert.partialDeepStrictEqual(await stateOf(container), { OOMKilled: true, ExitCode: 137 })
      const seen: string[] = []
      events.on('data', (chunk: Buffer) => seen.push(...chunk.toString().trim().split('\n')))
      await eventually('both events', () => seen.length === 2)
      assert.deepEqual(
        seen.map((line) => /"Action":"(\w+)"/.exec(line)?.[1]),
        ['oom', 'die'],
      )
    } finally {
      if ('destroy' in events && typeof events.destroy === 'function') events.destroy()
    }
    await container.update({ Memory: 512 << 20, MemorySwap: 512 << 20 })
    await container.start()
    assert.equal(await exitOf(container), 0)
    assert.equal((await stateOf(container)).OOMKilled, false)
  })

  test('shows its processes, its changes and what it uses', async () => {
    const container = await start(['sh', '-c', 'echo > /new; sleep 1000; true'])
    await eventually('it sleeps', async () => (await container.top()).Processes.length === 2)
    assert.ok((await container.top()).Titles.includes('PID'))
    assert.deepEqual(await container.changes(), [{ Path: '/new', Kind: 1 }])
    const sample: ContainerStats = await container.stats({ stream: false, 'one-shot': true })
    assert.equal(sample.pids_stats?.current, 2)
    assert.ok(sample.memory_stats.usage > 0)
    assert.ok(sample.cpu_stats.cpu_usage.total_usage > 0)
    const stream = await container.stats({ stream: true })
    const lines = createInterface(stream)[Symbol.asyncIterator]()
    const [first, second] = [JSON.parse(String((await lines.next()).value)), JSON.parse(String((await lines.next()).value))]
    assert.equal(second.precpu_stats.cpu_usage.total_usage, first.cpu_stats.cpu_usage.total_usage)
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
  })

  test('what it uses goes on being told after a restart', async () => {
    const container = await start(SLEEP)
    const stream = await container.stats({ stream: true })
    const lines = createInterface(stream)[Symbol.asyncIterator]()
    const nextProcesses = async (): Promise<number | undefined> => JSON.parse(String((await lines.next()).value)).pids_stats.current
    assert.equal(await nextProcesses(), 1)
    await container.kill()
    await eventually('it has none', async () => (await nextProcesses()) === undefined)
    await container.start()
    await eventually('it has one again', async () => (await nextProcesses()) === 1)
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
  })

  test('is listed by its filters', async () => {
    await start(SLEEP, { name: 'up', Labels: { role: 'x' } })
    await create(SLEEP, { name: 'new', Labels: { role: 'y' } })
    const names = async (options: object) => (await engine.dockerode.listContainers(options)).map(({ Names }) => Names[0]).sort()
    assert.deepEqual(await names({}), ['/up'])
    assert.deepEqual(await names({ all: true }), ['/new', '/up'])
    assert.deepEqual(await names({ limit: 1 }), ['/new'])
    assert.deepEqual(await names({ filters: { status: ['created'] } }), ['/new'])
    assert.deepEqual(await names({ all: true, filters: { label: ['role=x'] } }), ['/up'])
    assert.deepEqual(await names({ all: true, filters: JSON.stringify({ name: { new: true } }) }), ['/new'])
    await assert.rejects(names({ filters: { status: ['nonsense'] } }), { statusCode: 400 })
    const [sized] = await engine.dockerode.listContainers({ size: true })
    assert.equal(typeof Reflect.get(sized ?? {}, 'SizeRw'), 'number')
  })

  test('is pruned when it does not run', async () => {
    const gone = await create(SLEEP, { Labels: { p: '1' } })
    const kept = await create(SLEEP)
    const runs = await start(SLEEP, { Labels: { p: '1' } })
    const { ContainersDeleted } = await engine.dockerode.pruneContainers({ filters: { label: ['p=1'] } })
    assert.deepEqual(ContainersDeleted, [gone.id])
    assert.deepEqual((await engine.dockerode.listContainers({ all: true })).map(({ Id }) => Id).sort(), [kept.id, runs.id].sort())
  })

  test('that is removed takes its anonymous volumes with it if asked', async () => {
    const container = await start(['sh', '-c', 'echo > /data/file'], { Volumes: { '/data': {} } })
    await container.wait()
    const [mount] = (await container.inspect()).Mounts
    assert.equal(mount?.Destination, '/data')
    await container.remove({ v: true })
    assert.equal(existsSync(mount?.Source ?? ''), false)
  })

  test('many at once: each starts, ends with its own code and goes', async () => {
    const codes = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const container = await start(['probe', 'exit', String(index)])
        const code = await exitOf(container)
        await container.remove()
        return code
      }),
    )
    assert.deepEqual(
      codes,
      Array.from({ length: 30 }, (_, index) => index),
    )
  })

  test('two requests of a kind at once: one does it, the other hears that it is done', async () => {
    const container = await create(SLEEP)
    const results = await Promise.allSettled([container.start(), container.start(), container.start()])
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    const removals = await Promise.allSettled([container.remove({ force: true }), container.remove({ force: true })])
    assert.ok(removals.some(({ status }) => status === 'fulfilled'))
    await assert.rejects(container.inspect(), { statusCode: 404 })
  })
})
