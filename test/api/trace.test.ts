/** How a container was made, asked for while it runs, after it has gone, and of another helper. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Trace, traceSchema } from '../../helper/api/trace.ts'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'

describe('a trace', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())

  const traceOf = async (id: string): Promise<Trace> =>
    traceSchema.parse((await engine.helper.request('GET', `/pocker/containers/${id}/trace`)).body)

  test('has every step with its calls, whose it was and how long it took', async () => {
    const container = await engine.dockerode.createContainer({
      Image: 'tiny',
      Cmd: ['sleep', '1000'],
      HostConfig: { Binds: ['/usr:/data:ro'] },
    })
    await container.start()
    const trace = await traceOf(container.id)
    assert.equal(trace.startedAt, (await container.inspect()).State.StartedAt)
    assert.ok(trace.total > 100)
    const parts = trace.steps.map(({ part }) => part)
    assert.ok(
      parts.indexOf('helper') === 0 &&
        parts.indexOf('helper') < parts.indexOf('keeper') &&
        parts.indexOf('keeper') < parts.indexOf('container'),
    )
    const callsOf = (name: string) =>
      trace.steps.find(({ step }) => step === name)?.calls.map(({ call, operands }) => `${call}(${operands})`) ?? []
    assert.ok(
      callsOf('createProcFolder').includes('mount("proc", ".", "proc", MS_NOSUID|MS_NOEXEC|MS_NODEV, 0)'),
      callsOf('createProcFolder').join('\n'),
    )
    assert.ok(callsOf('createMountNamespace').some((call) => /^open_tree\(.*"\/usr", OPEN_TREE_CLONE/.test(call)))
    assert.ok(callsOf('execute').some((call) => call.includes('execve("/bin/sleep", ["sleep", "1000"]')))
    assert.ok(!JSON.stringify(trace).includes('CLOCK_MONOTONIC'))
    await container.remove({ force: true })
    assert.deepEqual(await traceOf(container.id), trace, 'it stays for a while when its container has gone')
  })

  test('of a container that another helper has started has no steps', async () => {
    const container = await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['sleep', '1000'] })
    await container.start()
    await engine.helper.restart()
    assert.deepEqual(await traceOf(container.id), { startedAt: '', total: 0, steps: [] })
    await container.restart({ t: 0 })
    assert.ok((await traceOf(container.id)).steps.length > 15)
    await container.remove({ force: true })
  })

  test('of no container is not found', async () => {
    assert.equal((await engine.helper.request('GET', '/pocker/containers/nobody/trace')).status, 404)
  })
})
