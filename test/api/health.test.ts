/** Health checks: run in the container, counted, shown, and carried on from helper to helper. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Container, ContainerCreateOptions } from 'dockerode'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'

const MILLISECOND = 1_000_000
/** Healthy as long as the test's folder has a file `well`. */
const whileWell = { Test: ['CMD', 'test', '-e', '/shared/well'], Interval: 20 * MILLISECOND, Retries: 2 }
const shell = (line: string) => ({ ...whileWell, Test: ['CMD-SHELL', line] })

interface Health {
  readonly Status: string
  readonly FailingStreak: number
  readonly Log: { readonly Start: string; readonly End: string; readonly ExitCode: number; readonly Output: string }[]
}

describe('health checks', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let folder: TemporaryFolder
  before(async () => {
    engine = await startEngine()
    folder = makeTemporaryFolder('health')
  })
  afterEach(async () => {
    for (const { Id } of await engine.dockerode.listContainers({ all: true }))
      await engine.dockerode.getContainer(Id).remove({ force: true })
    rmSync(join(folder.path, 'well'), { force: true })
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const create = (Healthcheck: object, more: ContainerCreateOptions = {}): Promise<Container> => {
    const HostConfig = { Binds: [`${folder.path}:/shared`], ...more.HostConfig }
    const base = { Image: 'tiny', Cmd: ['sleep', '1000'], StopSignal: 'SIGKILL' }
    // dockerode's types leave StartInterval out.
    return engine.dockerode.createContainer({ ...base, ...more, Healthcheck, HostConfig } as ContainerCreateOptions)
  }
  const start = async (Healthcheck: object, more: ContainerCreateOptions = {}): Promise<Container> => {
    const container = await create(Healthcheck, more)
    await container.start()
    return container
  }
  const healthOf = async (container: Container): Promise<Health | undefined> => {
    const { State } = (await engine.helper.request('GET', `/containers/${container.id}/json`)).body as { State: { Health?: Health } }
    return State.Health
  }
  const becomes = (container: Container, status: string) =>
    eventually(`it is ${status}`, async () => (await healthOf(container))?.Status === status)
  const lastProbe = async (container: Container) => (await healthOf(container))?.Log.at(-1)?.Start
  const probed = async (container: Container, times = 1) => {
    for (let count = 0; count < times; count++) {
      const last = await lastProbe(container)
      await eventually('it is probed', async () => (await lastProbe(container)) !== last)
    }
  }
  const be = (state: 'well' | 'ill') => {
    if (state === 'well') writeFileSync(join(folder.path, 'well'), '')
    else rmSync(join(folder.path, 'well'), { force: true })
  }
  const row = async (container: Container) => (await engine.dockerode.listContainers({ all: true })).find(({ Id }) => Id === container.id)
  const listed = async (health: string) =>
    (await engine.dockerode.listContainers({ all: true, filters: { health: [health] } })).map(({ Id }) => Id)
  /** What has been told of it so far; the end of a probe with its exit code. */
  const eventsOf = async (container: Container, since: number): Promise<string[]> => {
    const period = ['--since', String(since), '--until', String(Math.ceil(Date.now() / 1000))]
    const format = '{{.Action}}{{with .Actor.Attributes.exitCode}} {{.}}{{end}}'
    const { stdout } = await engine.docker('events', ...period, '--filter', `container=${container.id}`, '--format', format)
    return stdout.trim().split('\n')
  }
  /** How many probes have failed in a row when it is first told to be unhealthy. */
  const failuresBefore = (told: readonly string[]): number => {
    const before = told.slice(0, told.indexOf('health_status: unhealthy')).filter((action) => action.startsWith('exec_die'))
    return before.length - 1 - before.lastIndexOf('exec_die 0')
  }

  test('healthy, unhealthy after the retries, healthy again: inspected, listed, filtered and told', async () => {
    const since = Math.floor(Date.now() / 1000) - 1
    be('well')
    // Before its first probe, which would be soon enough to come in between.
    const waiting = await create({ ...whileWell, Interval: 600_000 * MILLISECOND })
    assert.equal(await healthOf(waiting), undefined)
    assert.deepEqual(await listed('none'), [waiting.id])
    await waiting.start()
    assert.deepEqual(await healthOf(waiting), { Status: 'starting', FailingStreak: 0, Log: [] })
    assert.match((await row(waiting))?.Status ?? '', /^Up (Less than a second|\d+ seconds?) \(health: starting\)$/)
    assert.deepEqual(await listed('starting'), [waiting.id])
    await waiting.remove({ force: true })
    const container = await start({ ...whileWell, Interval: 100 * MILLISECOND })
    await becomes(container, 'healthy')
    assert.match((await row(container))?.Status ?? '', /^Up .* \(healthy\)$/)
    assert.deepEqual([await listed('healthy'), await listed('none'), await listed('unhealthy')], [[container.id], [], []])
    be('ill')
    await becomes(container, 'unhealthy')
    const health = await healthOf(container)
    // There may have been another probe since.
    assert.ok((health?.FailingStreak ?? 0) >= 2)
    assert.deepEqual(
      health?.Log.slice(-2).map(({ ExitCode }) => ExitCode),
      [1, 1],
    )
    assert.match((await row(container))?.Status ?? '', /^Up .* \(unhealthy\)$/)
    assert.deepEqual(await listed('unhealthy'), [container.id])
    be('well')
    await becomes(container, 'healthy')
    const told = await eventsOf(container, since)
    assert.deepEqual(
      told.filter((action) => action.startsWith('health_status')),
      ['health_status: healthy', 'health_status: unhealthy', 'health_status: healthy'],
    )
    const first = told.indexOf('exec_create: test -e /shared/well')
    assert.ok(first > told.indexOf('start'))
    assert.deepEqual(told.slice(first, first + 3), [told[first], 'exec_start: test -e /shared/well', 'exec_die 0'])
    assert.equal(failuresBefore(told), 2)
    await assert.rejects(engine.dockerode.listContainers({ filters: { health: ['fine'] } }), { statusCode: 400 })
  })

  test('five results are kept, each with its times and the beginning of its output', async () => {
    const container = await start(shell('exec 2>&1; echo good; echo bad >&2; head -c 100000 /dev/zero | tr "\\0" x'))
    await eventually('there are five', async () => (await healthOf(container))?.Log.length === 5)
    await probed(container)
    const { Log = [] } = (await healthOf(container)) ?? {}
    assert.equal(Log.length, 5)
    for (const { Start, End, ExitCode, Output } of Log) {
      assert.ok(Date.parse(Start) <= Date.parse(End))
      assert.equal(ExitCode, 0)
      assert.equal(Output.length, 4099)
      assert.ok(Output.endsWith('xxx...') && Output.startsWith('good\nbad\nxxx'))
    }
  })

  test("a probe has the container's user, folder, environment and sandbox", async () => {
    const more = { User: 'user', WorkingDir: '/var/tmp', Env: ['MARK=here'], HostConfig: { ReadonlyRootfs: true } }
    const container = await start(
      shell('id -u; pwd; echo $MARK; touch /x 2>&1; grep CapEff /proc/self/status; grep Seccomp: /proc/self/status'),
      more,
    )
    await becomes(container, 'healthy')
    const lines = (await healthOf(container))?.Log[0]?.Output.split('\n') ?? []
    assert.deepEqual(lines.slice(0, 3), ['1000', '/var/tmp', 'here'])
    assert.match(lines[3] ?? '', /Read-only file system/)
    assert.match(lines[4] ?? '', /^CapEff:\t0+$/)
    assert.match(lines[5] ?? '', /^Seccomp:\t2$/)
  })

  test('in the start period failures do not count', async () => {
    const check = { ...whileWell, Interval: 60_000 * MILLISECOND, StartPeriod: 60_000 * MILLISECOND, StartInterval: 10 * MILLISECOND }
    const container = await start(check)
    await eventually('it has failed often', async () => (await healthOf(container))?.Log.length === 5)
    const health = await healthOf(container)
    assert.deepEqual([health?.Status, health?.FailingStreak], ['starting', 0])
    be('well')
    await becomes(container, 'healthy')
  })

  test('a probe that takes too long is killed with what it has started, and delays no other', async () => {
    const stuck = await start({
      ...shell('test -e /shared/well && exit 1; echo begun; sleep 777; echo ended'),
      Timeout: 2000 * MILLISECOND,
    })
    const other = await start(whileWell)
    await becomes(stuck, 'unhealthy')
    const { Log = [] } = (await healthOf(stuck)) ?? {}
    assert.equal(Log[0]?.ExitCode, -1)
    assert.equal(Log[0]?.Output, 'Health check exceeded timeout (2s): begun\n')
    assert.ok(Date.parse(Log[0]?.End ?? '') - Date.parse(Log[0]?.Start ?? '') < 30_000)
    assert.equal((await healthOf(other))?.Status, 'unhealthy')
    // From the next one on probes end by themselves.
    be('well')
    const sleeping = async () => (await stuck.top()).Processes.filter((words: string[]) => words.join(' ').includes('777'))
    await eventually('none of what was started is left', async () => (await sleeping()).length === 0)
  })

  test('a command that is not there is a failure that says so', async () => {
    const container = await start({ ...whileWell, Test: ['CMD', 'no-such-program'] })
    await becomes(container, 'unhealthy')
    const [first] = (await healthOf(container))?.Log ?? []
    assert.equal(first?.ExitCode, -1)
    assert.match(first?.Output ?? '', /no-such-program/)
    await eventually('no probe is left', async () => ((await container.inspect()).ExecIDs ?? null) === null)
  })

  test('what a probe leaves running costs the helper nothing', async () => {
    const open = () => readdirSync(`/proc/${engine.helper.pid()}/fd`).length
    const container = await start({ ...shell('sleep 1000 & echo ok >&2'), Interval: MILLISECOND })
    await becomes(container, 'healthy')
    const before = open()
    await probed(container, 6)
    // A probe that is just being made has some of its own; what stays open is more with each.
    await eventually('no more is open than before', () => open() <= before + 3)
    assert.equal((await healthOf(container))?.Log[0]?.Output, 'ok\n')
  })

  test('without a check there is no health', async () => {
    for (const Healthcheck of [{}, { Test: ['NONE'] }, { Test: [], Interval: MILLISECOND }]) {
      const container = await start(Healthcheck)
      assert.equal(await healthOf(container), undefined)
      assert.match((await row(container))?.Status ?? '', /^Up [^(]*$/)
    }
    assert.equal((await listed('none')).length, 3)
  })

  test('numbers that make no sense are refused', async () => {
    for (const wrong of [
      { Interval: 1 },
      { Timeout: -1 },
      { StartPeriod: 999_999 },
      { StartInterval: 1 },
      { Retries: -1 },
      { Test: ['CMD'] },
    ]) {
      await assert.rejects(create({ ...whileWell, ...wrong }), { statusCode: 400 })
    }
  })

  test('a paused container is not probed, and keeps its status', async () => {
    be('well')
    const container = await start(shell('echo x >> /shared/probes; test -e /shared/well'))
    await becomes(container, 'healthy')
    await container.pause()
    const count = () => readFileSync(join(folder.path, 'probes'), 'utf8').length
    const before = count()
    const other = await start(whileWell)
    await becomes(other, 'healthy')
    await probed(other, 5)
    assert.equal(count(), before)
    assert.match((await row(container))?.Status ?? '', /\(Paused\)$/)
    assert.equal((await healthOf(container))?.Status, 'healthy')
    await container.unpause()
    await probed(container)
    assert.equal((await healthOf(container))?.Status, 'healthy')
  })

  test('stopped it counts as unhealthy and is not probed; started again it starts anew', async () => {
    be('well')
    // Ill in its start period it goes on starting.
    const container = await start({ ...whileWell, StartPeriod: 600_000 * MILLISECOND, StartInterval: 20 * MILLISECOND })
    await becomes(container, 'healthy')
    await container.stop()
    assert.equal((await healthOf(container))?.Status, 'unhealthy')
    assert.match((await row(container))?.Status ?? '', /^Exited \(137\)/)
    be('ill')
    await container.start()
    const anew = await healthOf(container)
    assert.deepEqual([anew?.Status, anew?.FailingStreak], ['starting', 0])
    be('well')
    await becomes(container, 'healthy')
    be('ill')
    await container.restart()
    assert.equal((await healthOf(container))?.Status, 'starting')
    be('well')
    await becomes(container, 'healthy')
  })

  test('a stop in the midst of a probe waits for no probe', async () => {
    const container = await start(shell('touch /shared/probing; sleep 777'))
    await eventually('it is probed', () => readdirSync(folder.path).includes('probing'))
    const before = performance.now()
    await container.stop()
    assert.ok(performance.now() - before < 30_000)
    assert.deepEqual((await healthOf(container))?.Log, [])
  })

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    test(`after ${signal} the next helper goes on, with the status there was`, async () => {
      be('well')
      const slow = { ...whileWell, Interval: 1000 * MILLISECOND }
      const well = await start({ ...slow, Interval: 50 * MILLISECOND })
      const ill = await start({ ...whileWell, Test: ['CMD', 'false'] })
      const paused = await start(whileWell)
      await Promise.all([becomes(well, 'healthy'), becomes(ill, 'unhealthy'), becomes(paused, 'healthy')])
      await paused.pause()
      await engine.helper.restart(signal)
      assert.deepEqual([(await healthOf(well))?.Status, (await healthOf(ill))?.Status], ['healthy', 'unhealthy'])
      await Promise.all([probed(well, 2), probed(ill, 2)])
      assert.equal((await healthOf(well))?.Status, 'healthy')
      be('ill')
      await becomes(well, 'unhealthy')
      assert.equal((await healthOf(paused))?.Status, 'healthy')
      await paused.unpause()
      await becomes(paused, 'unhealthy')
    })
  }

  test('one that ended while no helper was there is unhealthy', async () => {
    be('well')
    const container = await start(whileWell)
    await becomes(container, 'healthy')
    const { Pid } = (await container.inspect()).State
    await engine.helper.end('SIGKILL')
    process.kill(Pid, 'SIGKILL')
    await engine.helper.restart()
    await eventually('its end is known', async () => !(await container.inspect()).State.Running)
    assert.equal((await healthOf(container))?.Status, 'unhealthy')
  })

  test('a helper that leaves takes its probe along', async () => {
    const container = await start({ ...shell('test -e /shared/last && exit 1; touch /shared/last; sleep 778'), Retries: 100_000 })
    await eventually('it is probed', () => readdirSync(folder.path).includes('last'))
    await engine.helper.restart()
    const { Processes } = await container.top()
    assert.deepEqual(
      Processes.filter((words: string[]) => words.join(' ').includes('778')),
      [],
    )
    const { Status, Log = [] } = (await healthOf(container)) ?? {}
    assert.equal(Status, 'starting')
    // Those of the next helper's probes alone.
    assert.ok(Log.every(({ ExitCode }) => ExitCode === 1))
  })

  test("an image's check, changed in part and switched off", async () => {
    const source = await start({})
    const change = 'HEALTHCHECK --interval=20ms --retries=2 CMD test -e /shared/well'
    const made = await engine.docker('commit', '--change', change, source.id, 'checked')
    assert.equal(made.code, 0, made.stderr)
    be('well')
    const plain = await start({}, { Image: 'checked' })
    await becomes(plain, 'healthy')
    const since = Math.floor(Date.now() / 1000) - 1
    const changed = await start({ Test: ['CMD', 'false'] }, { Image: 'checked' })
    await becomes(changed, 'unhealthy')
    assert.equal(failuresBefore(await eventsOf(changed, since)), 2)
    const off = await start({ Test: ['NONE'] }, { Image: 'checked' })
    assert.equal(await healthOf(off), undefined)
  })

  for (const program of ['docker', 'pocker'] as const) {
    test(`${program} run --health-cmd, ps and inspect`, async () => {
      be('well')
      const flags = ['--health-cmd', 'test -e /shared/well', '--health-interval', '20ms', '--health-retries', '2', '--health-timeout', '2s']
      const name = `checked-by-${program}`
      const words = [
        '-d',
        '--name',
        name,
        '-v',
        `${folder.path}:/shared`,
        '--health-start-period',
        '10ms',
        ...flags,
        'tiny',
        'sleep',
        '1000',
      ]
      const ran = await engine[program]('run', ...words)
      assert.equal(ran.code, 0, ran.stderr)
      const container = engine.dockerode.getContainer(ran.stdout.trim())
      await becomes(container, 'healthy')
      const shown = await engine[program]('inspect', '--format', '{{.State.Health.Status}} {{json .Config.Healthcheck}}', name)
      const [status, ...config] = shown.stdout.trim().split(' ')
      assert.equal(status, 'healthy')
      assert.deepEqual(JSON.parse(config.join(' ')), {
        Test: ['CMD-SHELL', 'test -e /shared/well'],
        Interval: 20 * MILLISECOND,
        Timeout: 2000 * MILLISECOND,
        StartPeriod: 10 * MILLISECOND,
        Retries: 2,
      })
      assert.match((await engine[program]('ps', '--filter', 'health=healthy')).stdout, new RegExp(`\\(healthy\\).*${name}`))
      const off = await engine[program]('run', '-d', '--no-healthcheck', 'tiny', 'sleep', '1000')
      assert.equal(await healthOf(engine.dockerode.getContainer(off.stdout.trim())), undefined)
    })
  }
})
