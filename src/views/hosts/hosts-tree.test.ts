import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { HostState } from '../../hosts/host.ts'
import { Hosts } from '../../hosts/hosts.ts'
import { type ChangingHost, changingHost, containerOf } from '../../testing/changing-host.ts'
import { contextValue } from '../item-look.ts'
import { HostsTree } from './hosts-tree.ts'

interface Setting {
  readonly isStarting?: boolean
  readonly terminalAddress?: string
  readonly now?: () => number
}

function treeOf(t: TestContext, host: ChangingHost, { isStarting = false, terminalAddress, now = () => 0 }: Setting = {}) {
  const hosts = new Hosts(() => [host])
  hosts.open()
  const tree = new HostsTree({ hosts, isStarting: () => isStarting, terminalAddress: () => terminalAddress, now })
  t.after(() => {
    tree.dispose()
    hosts.dispose()
  })
  const line = () => {
    const [node] = tree.roots()
    assert.ok(node !== undefined)
    const look = tree.look(node)
    return [look.icon?.name, look.label, look.description, contextValue(look), look.spoken].join(' | ')
  }
  return { tree, line }
}

const unreachable = (retryAt: number): HostState => ({ kind: 'unreachable', reason: '**it** is\ngone', retryAt })

test('a host that answers says what it is and how much runs', (t) => {
  const host = changingHost({ containers: [containerOf({ id: 'a' })], address: 'unix:///run/x' })
  assert.equal(
    treeOf(t, host, { terminalAddress: 'unix:///run/x' }).line(),
    'vm-running | this machine | Pocker 1.0.0 · 1 running · used in terminals | ;host;local;ready;pocker;address;terminals; | host this machine, Pocker 1.0.0 · 1 running · used in terminals',
  )
})

test('a host that has to be started says so, and when it is being started', (t) => {
  const host = changingHost({ state: { kind: 'stopped' } })
  assert.match(treeOf(t, host).line(), /^vm-outline \| this machine \| not running \| ;host;local;stopped; /)
  assert.match(treeOf(t, host, { isStarting: true }).line(), /^vm-connect \| this machine \| starting… \| ;host;local;starting; /)
})

test('one that cannot be reached says when it is tried again, in steps', (t) => {
  let now = 0
  const host = changingHost({ kind: 'ssh', state: unreachable(28_000) })
  const { line } = treeOf(t, host, { now: () => now })
  const at = (seconds: number) => {
    now = seconds * 1000
    return /unreachable[^|]*(?= \|)/.exec(line())?.[0]
  }
  assert.deepEqual([0, 3, 10, 19, 24, 28].map(at), [
    'unreachable, trying again within 30 s',
    'unreachable, trying again within 30 s',
    'unreachable, trying again within 20 s',
    'unreachable, trying again within 10 s',
    'unreachable, trying again within 5 s',
    'unreachable, trying again',
  ])
})

test('its row is drawn again when the next try has come nearer by a step, and not before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let now = 0
  const host = changingHost({ state: unreachable(20_500) })
  const { tree, line } = treeOf(t, host, { now: () => now })
  let drawn = 0
  tree.onDidRedraw(() => {
    drawn++
    line()
  })
  line()
  const pass = (milliseconds: number) => {
    now += milliseconds
    t.mock.timers.tick(milliseconds)
    t.mock.timers.tick(20)
  }
  pass(400)
  assert.equal(drawn, 0)
  pass(200)
  assert.equal(drawn, 1)
  pass(5000)
  assert.equal(drawn, 1)
  pass(5000)
  assert.equal(drawn, 2)
})

test('what changes no number draws nothing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const row = containerOf({ id: 'a' })
  const host = changingHost({ containers: [row] })
  const { tree, line } = treeOf(t, host)
  let drawn = 0
  tree.onDidRedraw(() => drawn++)
  line()
  host.put({ ...row, health: 'healthy' })
  t.mock.timers.tick(20)
  assert.equal(drawn, 0)
  host.put({ ...row, status: 'exited' })
  t.mock.timers.tick(20)
  assert.equal(drawn, 1)
})

test('the reason is in the tooltip, and no markup', async (t) => {
  const { tree } = treeOf(t, changingHost({ state: unreachable(0) }))
  const [node] = tree.roots()
  assert.ok(node !== undefined)
  assert.match(await tree.tooltip(node), /\\\*\\\*it\\\*\\\* is\ufffdgone/)
})
