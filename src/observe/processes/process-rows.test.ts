import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { engineError, fakeClient } from '../../testing/fake-client.ts'
import { ProcessRows } from './process-rows.ts'

const top = (...processes: (readonly string[])[]) => ({ Titles: ['UID', 'PID', 'PPID', 'TIME', 'CMD'], Processes: processes })
const master = ['root', '10', '1', '00:00:01', 'nginx: master']
const worker = ['33', '11', '10', '00:00:00', 'nginx: worker \u202e']
const at = { containerId: 'a' }

function hostOf(answers: readonly unknown[], entry = {}) {
  const client = fakeClient({ 'GET /containers/a/top': answers })
  return { client, host: changingHost({ client, containers: [containerOf({ id: 'a', ...entry })] }) }
}

test('processes are counted, and are a tree of rows whose texts are harmless', async () => {
  const { host } = hostOf([top(master, worker)])
  const [row] = await new ProcessRows().rows({ host, ...at })
  assert.equal(row?.look.label, 'Processes (2)')
  const [first] = (await row?.children?.()) ?? []
  assert.deepEqual([first?.look.label, first?.look.description], ['nginx: master', 'root · pid 10 · CPU 00:00:01'])
  const [second] = (await first?.children?.()) ?? []
  assert.equal(second?.look.label, 'nginx: worker \ufffd')
  assert.equal(second?.children, undefined)
})

test('unfolding lists them anew, and the row says the new number', async () => {
  const { host } = hostOf([top(master), top(master, worker)])
  const rows = new ProcessRows()
  const [row] = await rows.rows({ host, ...at })
  assert.equal(row?.look.label, 'Processes (1)')
  const told = new EventEmitter()
  rows.onDidChange((what) => told.emit('change', what))
  const change = once(told, 'change')
  await row?.children?.()
  assert.deepEqual(await change, [row])
  assert.equal(row?.look.label, 'Processes (2)')
})

test('a row and a container can be refreshed, and anything else changes nothing', async () => {
  const { host } = hostOf([top(master)])
  const rows = new ProcessRows()
  const [row] = await rows.rows({ host, ...at })
  const changes: unknown[] = []
  rows.onDidChange((what) => changes.push(what))
  for (const what of [row, { host, ...at }, undefined, 'x']) rows.refresh(what)
  assert.deepEqual(changes, [row, { host, ...at }])
})

test('there is no row for what does not run, and one that cannot be counted says why', async () => {
  const still = hostOf([], { status: 'exited' })
  assert.deepEqual(await new ProcessRows().rows({ host: still.host, ...at }), [])
  assert.deepEqual(still.client.calls, [])
  const { host } = hostOf([engineError(500, 'engine-failed', 'list processes: there is no ps')])
  const [row] = await new ProcessRows().rows({ host, ...at })
  assert.deepEqual([row?.look.label, row?.look.description], ['Processes', 'List processes: there is no ps.'])
})
