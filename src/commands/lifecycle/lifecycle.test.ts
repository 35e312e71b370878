import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import type { ContainerRow } from '../../model/rows.ts'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { engineError, fakeClient } from '../../testing/fake-client.ts'
import { type Script, scriptedAsk } from '../../testing/scripted-ask.ts'
import { ACTS } from './acts.ts'
import { copyIds, copyNames } from './copy.ts'
import { killFlow } from './kill.ts'
import { actOnContainers, type LifecycleParts } from './on-containers.ts'
import { removeFlow } from './remove.ts'
import { renameFlow } from './rename.ts'

interface Setting {
  readonly rows: readonly ContainerRow[]
  readonly answers?: Record<string, readonly unknown[]>
  readonly script?: Script
}

function setting({ rows, answers = {}, script = [] }: Setting) {
  const client = fakeClient(answers)
  const host = changingHost({ containers: rows, client })
  const hosts = new Hosts(() => [host])
  hosts.open()
  const ask = scriptedAsk(script)
  const parts: LifecycleParts = { ask, hosts, busy: (work) => work() }
  const item = (containerId: string) => ({ host, containerId })
  return { parts, ask, client, item, items: rows.map(({ id }) => item(id)) }
}

function act(name: string) {
  return Object.values(ACTS).find(({ request }) => request === name) ?? assert.fail()
}

const running = containerOf({ id: 'a', name: 'web' })
const ended = containerOf({ id: 'b', name: 'job', status: 'exited' })
const paused = containerOf({ id: 'c', name: 'halted', status: 'paused' })

test('an act is done for those that it makes sense for, and which part that was is said', async () => {
  const { parts, ask, client, items } = setting({ rows: [running, ended, paused], answers: { 'POST /containers/b/start': [null] } })
  await actOnContainers(parts, act('start'), items[0], items)
  assert.deepEqual(client.calls, ['POST /containers/b/start'])
  assert.match(ask.said.join(), /1 of 3/)
})

test('where it makes sense for none, that is said and nothing is asked of the engine', async () => {
  const { parts, ask, client, items } = setting({ rows: [ended] })
  await actOnContainers(parts, act('stop'), items[0], undefined)
  assert.deepEqual(client.calls, [])
  assert.equal(ask.said.length, 1)
})

test('done for all, nothing is said: the rows show it', async () => {
  const answers = { 'POST /containers/a/stop': [null], 'POST /containers/c/stop': [null] }
  const { parts, ask, client, items } = setting({ rows: [running, paused], answers })
  await actOnContainers(parts, act('stop'), items[0], items)
  assert.deepEqual([...client.calls].sort(), Object.keys(answers))
  assert.deepEqual(ask.said, [])
})

test('what somebody else has done meanwhile is done', async () => {
  const { parts, items } = setting({ rows: [running], answers: { 'POST /containers/a/stop': [engineError(304, 'not-modified')] } })
  await actOnContainers(parts, act('stop'), items[0], undefined)
})

test('what fails for one is done for the others', async () => {
  const answers = { 'POST /containers/a/stop': [engineError(500, 'x')], 'POST /containers/c/stop': [null] }
  const { parts, items, client } = setting({ rows: [running, paused], answers })
  await assert.rejects(actOnContainers(parts, act('stop'), items[0], items), { code: 'some-failed' })
  assert.equal(client.calls.length, 2)
})

test('without an item it is asked which, of those that it makes sense for', async () => {
  const { parts, ask, client } = setting({ rows: [running, ended], answers: { 'POST /containers/b/start': [null] }, script: ['0'] })
  await actOnContainers(parts, act('start'), undefined, undefined)
  assert.deepEqual(
    ask.asked[0]?.rows.map((row) => ('label' in row ? row.label : '')),
    ['job'],
  )
  assert.deepEqual(client.calls, ['POST /containers/b/start'])
})

test('leaving that question does nothing and says nothing', async () => {
  const { parts, ask } = setting({ rows: [ended], script: ['leave'] })
  await actOnContainers(parts, act('start'), undefined, undefined)
  assert.deepEqual(ask.said, [])
})

test('a group is its containers, each once though they are selected too', async () => {
  const answers = { 'POST /containers/a/stop': [null], 'POST /containers/c/stop': [null] }
  const { parts, items, client } = setting({ rows: [running, paused], answers })
  const group = { containers: items }
  await actOnContainers(parts, act('stop'), group, [group, items[0]])
  assert.equal(client.calls.length, 2)
})

test('what has ended and holds no data is removed without a question', async () => {
  const { parts, client, items } = setting({ rows: [ended], answers: { 'DELETE /containers/b': [null] } })
  await removeFlow(parts, items[0], undefined)
  assert.deepEqual(client.calls, ['DELETE /containers/b'])
})

const volume = { type: 'volume', source: 'f'.repeat(64), destination: '/data', isReadOnly: false }

test('what runs, or has data in a volume without a name, is removed after a question that names it', async () => {
  const withData = containerOf({ ...ended, mounts: [volume, { ...volume, source: 'named' }] })
  const refusing = setting({ rows: [running, withData], script: ['no'] })
  await removeFlow(refusing.parts, refusing.items[0], refusing.items)
  assert.deepEqual(refusing.client.calls, [])
  assert.match(refusing.ask.said[0] ?? '', /2 containers.*“web” runs.*“job” in \/data/s)
  const answers = { 'DELETE /containers/a': [null], 'DELETE /containers/b': [null] }
  const agreeing = setting({ rows: [running, withData], script: ['yes'], answers })
  await removeFlow(agreeing.parts, agreeing.items[0], agreeing.items)
  assert.equal(agreeing.client.calls.length, 2)
})

test('only what was said to run is removed by force', async () => {
  const queries: unknown[] = []
  const { parts, items, client } = setting({ rows: [ended, running], script: ['yes'] })
  Object.assign(client, { tell: async (_method: string, _path: string, { query }: { query: unknown }) => void queries.push(query) })
  await removeFlow(parts, items[0], items)
  assert.deepEqual(queries, [
    { force: false, v: true },
    { force: true, v: true },
  ])
})

test('a name is checked against the others, and the same one changes nothing', async () => {
  const same = setting({ rows: [running, ended], script: ['text web'] })
  await renameFlow(same.parts, same.items[0])
  assert.deepEqual(same.client.calls, [])
  const other = setting({ rows: [running, ended], script: ['text www'], answers: { 'POST /containers/a/rename': [null] } })
  await renameFlow(other.parts, other.items[0])
  assert.deepEqual(other.client.calls, ['POST /containers/a/rename www'])
})

test('a taken, broken or empty name is told while it is typed', async () => {
  const { parts, ask, items } = setting({ rows: [running, ended], script: [] })
  const problems: unknown[] = []
  const input: typeof ask.input = async ({ check }) => {
    problems.push(...['job', '-x', ' '].map((text) => check?.(text) !== undefined))
    return undefined
  }
  await renameFlow({ ...parts, ask: { ...ask, input } }, items[0])
  assert.deepEqual(problems, [true, true, true])
})

test('a signal is sent to what runs', async () => {
  const { parts, ask, client, items } = setting({ rows: [running, ended], script: ['HUP'], answers: { 'POST /containers/a/kill': [null] } })
  await killFlow(parts, items[0], items)
  assert.deepEqual(client.calls, ['POST /containers/a/kill'])
  assert.match(ask.said.join(), /1 of 2/)
})

test('a signal that is not in the list can be typed', async () => {
  const { parts, client, items } = setting({
    rows: [running],
    script: ['typed sigrtmin+3'],
    answers: { 'POST /containers/a/kill': [null] },
  })
  await killFlow(parts, items[0], undefined)
  assert.equal(client.calls.length, 1)
})

test('IDs and names are copied, a line each', async () => {
  const { parts, ask, items } = setting({ rows: [running, ended] })
  await copyIds(parts, items[0], items)
  await copyNames(parts, items[0], items)
  assert.deepEqual(ask.copied, ['a\nb', 'web\njob'])
})
