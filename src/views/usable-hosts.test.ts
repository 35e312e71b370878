import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostState } from '../hosts/host.ts'
import { changingHost, containerOf } from '../testing/changing-host.ts'
import { actFlags, canAct, isUsable } from './usable-hosts.ts'

const STOPPED: HostState = { kind: 'stopped' }

test('what was there before a host was lost or has left is shown, and of a host that nobody knows nothing is', () => {
  const known = changingHost({ containers: [containerOf({ id: 'a' })] })
  for (const state of [STOPPED, { kind: 'connecting' }, { kind: 'unreachable', reason: 'x', retryAt: 0 }] satisfies HostState[]) {
    known.setState(state)
    assert.equal(isUsable(known), true, state.kind)
    assert.equal(isUsable(changingHost({ state })), false, state.kind)
  }
})

test('something can be done on a host that answers, or that is started by what is done', () => {
  const stopped = changingHost({ state: STOPPED })
  const startable = { ...changingHost({ state: STOPPED }), state: STOPPED, wake: async () => true }
  const docker: HostState = { kind: 'ready', engine: { name: 'Docker', version: '1', apiVersion: '1.47', isPocker: false } }
  assert.deepEqual([changingHost(), startable, stopped].map(canAct), [true, true, false])
  assert.deepEqual(actFlags(startable), ['ready', 'pocker'])
  assert.deepEqual(actFlags(stopped), ['stale'])
  assert.deepEqual(actFlags(changingHost({ state: docker })), ['ready'])
})
