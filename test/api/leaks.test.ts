/** Hundreds of runs and execs leave the helper and the machine as they were. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { assertNoGrowth, countHelper } from '../support/leaks.ts'
import { findTraces } from '../support/traces.ts'

const RUNS = 300
const EXECS = 100

describe('leaks', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())

  const runOnce = async (Tty: boolean): Promise<string> => {
    const container = await engine.dockerode.createContainer({
      Image: 'tiny',
      Cmd: ['probe', 'exit', '3'],
      Tty,
      HostConfig: { Memory: 64 << 20 },
    })
    const exit = container.wait({ condition: 'next-exit' })
    await container.start()
    assert.equal((await exit).StatusCode, 3)
    await container.remove()
    return container.id
  }
  /** Others mount and unmount on this machine, too: those in the helper's folders count. */
  const counts = () => {
    const mounts = readFileSync(`/proc/${engine.helper.pid()}/mountinfo`, 'utf8').split('\n')
    const folder = dirname(engine.helper.dataRoot)
    return { ...countHelper(engine.helper.pid()), mounts: mounts.filter((line) => line.includes(folder)).length }
  }
  /** Runs it a while until caches are full, then `times` more, and compares. */
  const assertFlat = async (once: (index: number) => Promise<void>, times: number): Promise<void> => {
    for (let index = 0; index < 50; index++) await once(index)
    // The first deletion starts Node's four threads for files.
    await runOnce(false)
    await eventually('the trash is empty', () => readdirSync(join(engine.helper.dataRoot, 'trash')).length === 0)
    await sleep(300)
    const before = counts()
    await assertNoGrowth(
      () => counts().resident,
      async () => {
        for (let index = 0; index < times; index++) await once(index)
        await eventually(
          'descriptors and mounts are as before',
          () => counts().descriptors <= before.descriptors && counts().mounts <= before.mounts,
        ).catch((error: unknown) => assert.fail(`${String(error)}: ${JSON.stringify({ before, after: counts() })}`))
        assert.equal(counts().threads, before.threads)
      },
    )
  }

  test(`${RUNS} runs`, async () => {
    const ids: string[] = []
    await assertFlat(async (index) => {
      ids.push(await runOnce(index % 4 === 0))
    }, RUNS)
    await eventually('the trash is empty', () => readdirSync(join(engine.helper.dataRoot, 'trash')).length === 0)
    assert.deepEqual(readdirSync(join(engine.helper.dataRoot, 'containers')), [])
    assert.deepEqual(readdirSync(join(engine.helper.runRoot, 'status')), [])
    const traces = () => findTraces(dirname(engine.helper.dataRoot), { ids, except: engine.helper.pid() })
    await eventually('no process is left', () => traces().processes.length === 0)
    assert.deepEqual(traces(), { processes: [], cgroups: [] })
    assert.equal(engine.helper.stderr(), '')
  })

  test(`${EXECS} execs`, async () => {
    const container = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sleep', '1000'] })
    await container.start()
    await assertFlat(async (index) => {
      const made = await container.exec({ Cmd: ['probe', 'exit', '4'], AttachStdout: true, AttachStderr: true, Tty: index % 4 === 0 })
      const stream = await made.start({ hijack: true, stdin: false })
      stream.resume()
      await eventually('it has ended', async () => !(await made.inspect()).Running)
      assert.equal((await made.inspect()).ExitCode, 4)
    }, EXECS)
    assert.equal((await container.top()).Processes.length, 1)
    assert.equal((await container.inspect()).ExecIDs, null)
  })

  test(`${RUNS / 3} starts that fail`, async () => {
    await assertFlat(async (index) => {
      const Cmd = index % 2 === 0 ? ['nope'] : ['/etc/passwd']
      const container = await engine.dockerode.createContainer({
        Image: 'tiny',
        Cmd,
        Tty: index % 3 === 0,
        HostConfig: { Init: index % 5 === 0 },
      })
      await assert.rejects(container.start(), { statusCode: 400 })
      await container.remove()
    }, RUNS / 3)
  })
})
