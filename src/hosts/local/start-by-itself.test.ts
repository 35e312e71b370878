import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changingHost, READY } from '../../testing/changing-host.ts'
import type { HostState } from '../host.ts'
import { Hosts } from '../hosts.ts'
import { type StartByItselfParts, startByItself } from './start-by-itself.ts'

const STOPPED: HostState = { kind: 'stopped' }

function setUp(changes: Partial<StartByItselfParts> = {}, kind: 'local' | 'socket' = 'local') {
  const host = changingHost({ kind, state: { kind: 'connecting' } })
  const hosts = new Hosts(() => [host])
  hosts.open()
  let [starts, time] = [0, 0]
  const listening = startByItself({
    hosts,
    starting: {
      isOn: false,
      start: async () => void starts++,
    },
    local: { impossible: undefined, asksNothing: true, start: async () => {} },
    isWanted: () => true,
    guard: async (_what, work) => await work(),
    now: () => time,
    ...changes,
  })
  return {
    host,
    listening,
    starts: () => starts,
    pass: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

test('it is started where that asks nothing of the user', () => {
  const { host, starts } = setUp()
  host.setState(STOPPED)
  assert.equal(starts(), 1)
})

test('it is not where a question is needed, the user does not want it, it cannot be, or it is another engine', () => {
  const local = { impossible: undefined, asksNothing: true, start: async () => {} }
  for (const { host, starts } of [
    setUp({ local: { ...local, asksNothing: false } }),
    setUp({ local: { ...local, impossible: new Error('named') } }),
    setUp({ isWanted: () => false }),
    setUp({}, 'socket'),
  ]) {
    host.setState(STOPPED)
    assert.equal(starts(), 0)
  }
})

test('one that was killed is started again, and one that ends at once is not for ever', () => {
  const { host, starts, pass } = setUp()
  host.setState(STOPPED)
  host.setState(READY)
  pass(10_000)
  host.setState(STOPPED)
  assert.equal(starts(), 2)
  host.setState(READY)
  pass(1_000)
  host.setState(STOPPED)
  assert.equal(starts(), 3)
  host.setState(READY)
  pass(1_000)
  host.setState(STOPPED)
  assert.equal(starts(), 3)
})

test('after a start that failed only the user starts it, and then it is as before', () => {
  const { host, starts, pass } = setUp()
  host.setState(STOPPED)
  pass(100_000)
  host.setState({ kind: 'connecting' })
  host.setState(STOPPED)
  assert.equal(starts(), 1)
  host.setState(READY)
  pass(100_000)
  host.setState(STOPPED)
  assert.equal(starts(), 2)
})

test('nothing is started when it is over', () => {
  const { host, listening, starts } = setUp()
  listening.dispose()
  host.setState(STOPPED)
  assert.equal(starts(), 0)
})
