/** Restart policies: who starts a container again, and who does not. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Container } from 'dockerode'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'

describe('a restart policy', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())
  afterEach(async () => {
    const all = await engine.dockerode.listContainers({ all: true })
    await Promise.all(all.map(({ Id }) => engine.dockerode.getContainer(Id).remove({ force: true })))
  })

  const start = async (Name: string, script: string, MaximumRetryCount = 0): Promise<Container> => {
    const container = await engine.dockerode.createContainer({
      Image: 'tiny',
      Cmd: ['sh', '-c', script],
      HostConfig: { RestartPolicy: { Name, MaximumRetryCount } },
    })
    await container.start()
    return container
  }
  const inspect = (container: Container) => container.inspect()

  test('on-failure starts again as often as it says, and not after success', async () => {
    const failing = await start('on-failure', 'exit 9', 2)
    let last = await inspect(failing)
    // Asked without a pause: between its lives it is never one that has ended.
    while (last.State.Status !== 'exited') last = await inspect(failing)
    assert.partialDeepStrictEqual(last, { RestartCount: 2, State: { ExitCode: 9 } })
    await new Promise((resolve) => setTimeout(resolve, 500)) // the next restart would be after 400 ms
    assert.equal((await inspect(failing)).RestartCount, 2)
    const fine = await start('on-failure', 'exit 0', 2)
    await fine.wait()
    assert.partialDeepStrictEqual(await inspect(fine), { RestartCount: 0, State: { Status: 'exited', Restarting: false } })
  })

  test('always starts again after success and after being killed from outside', async () => {
    const container = await start('always', 'exit 0')
    await eventually('it has run thrice', async () => (await inspect(container)).RestartCount >= 2)
    const { State } = await inspect(container)
    assert.ok(['restarting', 'running'].includes(State.Status), State.Status)
    assert.equal(State.Running, true)
    const steady = await start('always', 'sleep 1000')
    process.kill((await inspect(steady)).State.Pid, 'SIGKILL')
    await eventually('it runs again', async () => {
      const { RestartCount, State: now } = await inspect(steady)
      return RestartCount === 1 && now.Status === 'running'
    })
  })

  test('no policy starts again what the user stopped or killed', async () => {
    for (const name of ['always', 'unless-stopped', 'on-failure']) {
      const stopped = await start(name, 'sleep 1000')
      await stopped.stop({ t: 0 })
      const killed = await start(name, 'sleep 1000')
      await killed.kill()
      await killed.wait()
      await new Promise((resolve) => setTimeout(resolve, 250))
      for (const container of [stopped, killed])
        assert.partialDeepStrictEqual(await inspect(container), { RestartCount: 0, State: { Status: 'exited', Restarting: false } })
    }
  })

  test('a container that waits for its restart can be stopped, and started', async () => {
    const container = await start('always', 'exit 1')
    await eventually('it waits long enough', async () => (await inspect(container)).RestartCount >= 3)
    await eventually('it waits', async () => (await inspect(container)).State.Status === 'restarting')
    await container.stop()
    assert.partialDeepStrictEqual(await inspect(container), { State: { Status: 'exited', Restarting: false, Running: false } })
    await container.start()
    await eventually('its policy holds again', async () => (await inspect(container)).RestartCount > 0)
  })

  test('an update changes the policy of a running container', async () => {
    const container = await start('no', 'sleep 1000')
    await container.update({ RestartPolicy: { Name: 'always' } })
    process.kill((await inspect(container)).State.Pid, 'SIGKILL')
    await eventually('it runs again', async () => (await inspect(container)).RestartCount === 1)
  })

  test('helpers come and go: always is started again, unless-stopped as the user left it', async () => {
    const [always, unless, left] = await Promise.all([
      start('always', 'sleep 1000'),
      start('unless-stopped', 'sleep 1000'),
      start('unless-stopped', 'sleep 1000'),
    ])
    await always.stop({ t: 0 })
    await left.stop({ t: 0 })
    const { Pid } = (await inspect(unless)).State
    await engine.helper.end('SIGKILL')
    process.kill(Pid, 'SIGKILL')
    await engine.helper.restart()
    assert.equal((await inspect(always)).State.Status, 'running')
    await eventually('it is started again', async () => (await inspect(unless)).State.Status === 'running')
    assert.equal((await inspect(left)).State.Status, 'exited')
  })
})
