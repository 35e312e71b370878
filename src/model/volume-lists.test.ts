import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Host } from '../hosts/host.ts'
import { changingHost } from '../testing/changing-host.ts'
import { engineError, fakeClient } from '../testing/fake-client.ts'
import { VolumeLists } from './volume-lists.ts'

const ANONYMOUS = 'ab'.repeat(32)
const LIST = {
  Volumes: [
    { Name: ANONYMOUS, Driver: 'local', Labels: null, Options: null },
    { Name: 'data10', Driver: 'local', Labels: { a: 'b' }, Options: {} },
    { Name: 'data2', Driver: 'local' },
    { Name: 5 },
  ],
}
const SIZES = {
  Volumes: [
    { Name: 'data2', UsageData: { Size: 10, RefCount: 0 } },
    { Name: 'data10', UsageData: { Size: -1, RefCount: 0 } },
  ],
}

function listsOf(t: TestContext) {
  const lists = new VolumeLists()
  t.after(() => lists.dispose())
  const changed = (times: number) =>
    new Promise<void>((resolve) => {
      let left = times
      const listening = lists.onDidChange(() => {
        if (--left > 0) return
        listening.dispose()
        resolve()
      })
    })
  return { lists, changed }
}

const names = (lists: VolumeLists, host: Host) => lists.known(host).map(({ name }) => name)

test('nothing is asked before somebody looks; then rows come by name, and sizes after them', async (t) => {
  const client = fakeClient({ 'GET /volumes': [LIST], 'GET /system/df': [SIZES] })
  const host = changingHost({ client })
  const { lists, changed } = listsOf(t)
  lists.stale(host)
  assert.deepEqual(client.calls, [])
  assert.equal(lists.isKnown(host), false)
  assert.deepEqual(names(lists, host), [])
  await changed(2)
  assert.deepEqual(names(lists, host), ['data2', 'data10', ANONYMOUS])
  assert.deepEqual([lists.sizeOf(host, 'data2'), lists.sizeOf(host, 'data10')], [10, undefined])
  assert.deepEqual(client.calls, ['GET /volumes', 'GET /system/df'])
})

test('an event has them read again, sizes not more often than need be', async (t) => {
  const client = fakeClient({ 'GET /volumes': [LIST, { Volumes: null }], 'GET /system/df': [SIZES] })
  const host = changingHost({ client })
  const { lists, changed } = listsOf(t)
  const sized = changed(2)
  await lists.read(host)
  await sized
  for (let count = 0; count < 3; count++) lists.stale(host)
  await changed(1)
  assert.deepEqual(names(lists, host), [])
  assert.deepEqual(client.calls, ['GET /volumes', 'GET /system/df', 'GET /volumes'])
})

test('a list that cannot be read is asked for no more than it is looked at, and tells who waits for it', async (t) => {
  const client = fakeClient({ 'GET /volumes': [engineError(500, 'broken')] })
  const host = changingHost({ client })
  const { lists } = listsOf(t)
  await assert.rejects(lists.read(host), { code: 'broken' })
  assert.deepEqual(names(lists, host), [])
  assert.ok(lists.isKnown(host))
  assert.equal(client.calls.length, 1)
})
