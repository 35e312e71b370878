/** Ends of the helper and of keepers at bad moments: nothing stays that nobody owns, and what was asked can be asked again. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { run } from '../support/run.ts'
import { findTraces, type Traces } from '../support/traces.ts'

const ROUNDS = 30
const program = join(import.meta.dirname, '../../dist/pocker')

describe('a bad moment', { skip: whyNoEngine() }, () => {
  test('kill -9 of the helper while containers are made, started and removed leaves none that is not listed', async () => {
    await using engine = await startEngine()
    const ids = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const work = Promise.allSettled([0, 1, 2].map((worker) => makeAndRemove(engine, `r${round}-${worker}`, worker)))
      await sleep(Math.random() * 25)
      await engine.helper.end('SIGKILL')
      await work
      await engine.helper.restart()
      await assertOwned(engine, ids, round)
    }
    await Promise.all([0, 1, 2].map((worker) => makeAndRemove(engine, `r${ROUNDS - 1}-${worker}`, worker)))
    for (const { Id } of await engine.dockerode.listContainers({ all: true }))
      await engine.dockerode.getContainer(Id).remove({ force: true })
    await eventually('nothing is left', () => isNothing(traces(engine, ids)))
  })

  test('a container whose keeper was killed has ended with 255 and can be started again and removed', async () => {
    await using engine = await startEngine()
    const container = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sleep', '1000'] })
    await container.start()
    const { Pid } = (await container.inspect()).State
    process.kill(parentOf(Pid), 'SIGKILL')
    assert.equal((await container.wait()).StatusCode, 255)
    assert.partialDeepStrictEqual((await container.inspect()).State, { Status: 'exited', ExitCode: 255, Running: false })
    await eventually('nothing of it is left', () => isNothing(traces(engine, [container.id])))
    await container.start()
    await container.stop({ t: 0 })
    assert.equal((await container.inspect()).State.ExitCode, 137)
    await container.remove()
  })

  test('a keeper that was killed together with the helper is noticed by the next', async () => {
    await using engine = await startEngine()
    const container = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sleep', '1000'] })
    await container.start()
    const { Pid } = (await container.inspect()).State
    await engine.helper.end('SIGKILL')
    process.kill(parentOf(Pid), 'SIGKILL')
    await engine.helper.restart()
    await eventually('its end is known', async () => !(await container.inspect()).State.Running)
    assert.partialDeepStrictEqual((await container.inspect()).State, { Status: 'exited', ExitCode: 255 })
    await eventually('its process is gone', () => traces(engine, [container.id]).processes.length === 0)
    await container.remove()
  })

  test('a second helper on the same folders or the same socket refuses with a sentence, and the first goes on', async () => {
    await using engine = await startEngine()
    const { dataRoot, runRoot, socket } = engine.helper
    const words = (name: string, data: string) => ['helper', '--data-root', data, '--run-root', runRoot, '--socket', name]
    const sameData = await run(program, words(`${socket}2`, dataRoot), { timeout: 10_000 })
    assert.notEqual(sameData.code, 0)
    assert.match(sameData.stderr, /another helper/)
    const sameSocket = await run(program, words(socket, `${dataRoot}2`), { timeout: 10_000 })
    assert.notEqual(sameSocket.code, 0)
    assert.match(sameSocket.stderr, /^pocker: [^\n]+\n/)
    assert.equal((await engine.helper.request('GET', '/_ping')).status, 200)
  })

  test('a client that is killed while it starts a container leaves one that is listed', async () => {
    await using engine = await startEngine()
    for (let round = 0; round < 8; round++) {
      const child = spawn(program, ['run', 'tiny', 'sleep', '1000'], {
        env: { ...process.env, POCKER_HOST: `unix://${engine.helper.socket}` },
        stdio: 'ignore',
      })
      await sleep(20 + Math.random() * 60)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const ids = new Set<string>()
    // The last request may still be on its way.
    await eventually('all that there is is listed, and goes', async () => {
      for (const { Id } of await engine.dockerode.listContainers({ all: true })) {
        ids.add(Id)
        await engine.dockerode.getContainer(Id).remove({ force: true })
      }
      return isNothing(traces(engine, ids))
    })
  })
})

async function makeAndRemove(engine: TestEngine, name: string, worker: number): Promise<void> {
  const Tty = worker === 1
  const stale = await engine.dockerode.listContainers({ all: true, filters: { name: [`^${name}$`] } })
  for (const { Id } of stale) await engine.dockerode.getContainer(Id).remove({ force: true })
  const container = await engine.dockerode.createContainer({
    Image: 'tiny',
    name,
    Cmd: ['sleep', '1000'],
    Tty,
    HostConfig: { Init: worker === 2 },
  })
  await container.start()
  await container.remove({ force: true })
}

function isNothing({ processes, cgroups }: Traces): boolean {
  return processes.length === 0 && cgroups.length === 0
}

function traces(engine: TestEngine, ids: Iterable<string>): Traces {
  return findTraces(dirname(engine.helper.dataRoot), { ids, except: engine.helper.pid() })
}

/** Every process and every group belongs to a container that is listed as running. */
async function assertOwned(engine: TestEngine, ids: Set<string>, round: number): Promise<void> {
  const list = await engine.dockerode.listContainers({ all: true })
  for (const { Id } of list) ids.add(Id)
  const states = await Promise.all(list.map(async ({ Id }) => (await engine.dockerode.getContainer(Id).inspect()).State))
  const running = list.filter((_, index) => states[index]?.Running === true)
  const owned = new Set(states.flatMap(({ Pid }) => (Pid === 0 ? [] : [Pid, parentOf(Pid), ...childrenOf(Pid)])))
  const unowned = () => traces(engine, ids).processes.filter((pid) => !owned.has(pid))
  await eventually(`round ${round}: no process is without a container`, () => unowned().length === 0).catch((error: unknown) => {
    const told = unowned().map((pid) => `${pid} ${readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').slice(0, 7).join(' ')}`)
    throw new Error(`${String(error)}: ${told.join('; ')} ${JSON.stringify(list)}`)
  })
  const owners = running
    .map(({ Id }) => Id)
    .sort()
    .join()
  await eventually(`round ${round}: the groups are those of ${owners}`, () => [...traces(engine, ids).cgroups].sort().join() === owners)
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}
