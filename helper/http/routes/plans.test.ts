import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Trace, traceSchema } from '../../api/trace.ts'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

test('a plan and a trace are given as steps', async (context) => {
  const calls: unknown[][] = []
  const trace: Trace = {
    startedAt: '2026-01-01T00:00:00Z',
    total: 12,
    steps: [{ step: 'createProcFolder', part: 'container', microseconds: 12, calls: [{ call: 'mount', operands: '"proc"' }] }],
  }
  const { socketPath } = await serve(context, {
    plans: {
      explain: async (...call) => {
        calls.push(call)
        return [{ step: 'create mount namespace', part: 'container', call: 'unshare', text: 'CLONE_NEWNS' }]
      },
      trace: async (...call) => {
        calls.push(call)
        return trace
      },
    },
  })
  const explained = await send(socketPath, 'POST /pocker/explain', { body: { Image: 'host' } })
  assert.deepEqual(JSON.parse(explained.text), {
    steps: [{ step: 'create mount namespace', part: 'container', call: 'unshare', text: 'CLONE_NEWNS' }],
  })
  const traced = await send(socketPath, 'GET /pocker/containers/abc/trace')
  assert.deepEqual(traceSchema.parse(JSON.parse(traced.text)), trace)
  assert.deepEqual(calls, [[{ Image: 'host' }], ['abc']])
})
