import assert from 'node:assert/strict'
import { test } from 'node:test'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

test('a plan and a trace are given as steps', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    plans: {
      explain: async (...call) => {
        calls.push(call)
        return [{ step: 'create mount namespace', call: 'unshare', text: 'CLONE_NEWNS' }]
      },
      trace: async (...call) => {
        calls.push(call)
        return [{ step: 'create mount namespace', microseconds: 12 }]
      },
    },
  })
  const explained = await send(socketPath, 'POST /pocker/explain', { body: { Image: 'host' } })
  assert.deepEqual(JSON.parse(explained.text), { steps: [{ step: 'create mount namespace', call: 'unshare', text: 'CLONE_NEWNS' }] })
  const traced = await send(socketPath, 'GET /pocker/containers/abc/trace')
  assert.deepEqual(JSON.parse(traced.text), { steps: [{ step: 'create mount namespace', microseconds: 12 }] })
  assert.deepEqual(calls, [[{ Image: 'host' }], ['abc']])
})
