import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createEngineClient } from '../client/http-client.ts'
import { socketConnect } from '../client/socket-connect.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { dockerLog } from './docker-log.ts'
import { type SavedMember, saveLog } from './save-log.ts'
import { type FakeEntry, fakeLog, line } from './testing/fake-log.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-save-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function memberOf(t: TestContext, entries: readonly FakeEntry[], prefix = ''): Promise<SavedMember> {
  const engine = await fakeEngine(t)
  fakeLog(engine, { id: 'c', name: 'web', isRunning: false }).write(...entries)
  const client = createEngineClient({ connect: socketConnect(engine.socket), reuse: false, apiVersion: () => undefined })
  return { source: dockerLog({ client, isTerminal: false, member: 0, containerId: 'c' }), prefix }
}

const nothing = { signal: new AbortController().signal, onProgress: () => {} }

test('a whole log is saved as it was written', async (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'web.log')
  const member = await memberOf(t, [
    line('\u001b[31mred\u001b[0m\u0000', 1),
    line('err\r', 2, 'stderr'),
    { ...line('', 3), text: 'no end' },
  ])
  const bytes = await saveLog([member], { ...nothing, path, hasTimestamps: false })
  assert.equal(readFileSync(path, 'latin1'), '\u001b[31mred\u001b[0m\u0000\nerr\nno end\n')
  assert.equal(bytes, 25)
  await saveLog([member], { ...nothing, path, hasTimestamps: true })
  assert.match(readFileSync(path, 'latin1'), /^2026-11-28T00:00:01\.000000000Z .\[31mred.*\n2026-11-28T00:00:02\.000000000Z err\n/)
})

test('several are one file, by their times', async (t) => {
  const path = join(folderOf(t), 'shop.log')
  const members = [
    await memberOf(t, [line('1', 1), line('4', 4), line('back', 0)], 'web | '),
    await memberOf(t, [line('2', 2), line('3', 3), line('5', 5)], 'db | '),
  ]
  await saveLog(members, { ...nothing, path, hasTimestamps: false })
  const saved = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.deepEqual(saved.toSorted(), ['db | 2', 'db | 3', 'db | 5', 'web | 1', 'web | 4', 'web | back'])
  assert.ok(saved.indexOf('db | 3') < saved.indexOf('web | 4'))
})

test('what is cancelled leaves nothing, and what was there before as it was', async (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'web.log')
  const member = await memberOf(t, [line('x'.repeat(1000), 1)])
  await saveLog([member], { ...nothing, path, hasTimestamps: false })
  const cancelling = new AbortController()
  const options = { path, hasTimestamps: false, signal: cancelling.signal, onProgress: () => cancelling.abort() }
  const many = await memberOf(
    t,
    Array.from({ length: 20_000 }, (_, index) => line('y'.repeat(200), index)),
  )
  await assert.rejects(saveLog([many], options))
  assert.deepEqual(readdirSync(folder), ['web.log'])
  assert.equal(readFileSync(path, 'utf8'), `${'x'.repeat(1000)}\n`)
})

test('a line longer than what is held at once is whole in the file', async (t) => {
  const path = join(folderOf(t), 'web.log')
  const member = await memberOf(t, [line('x'.repeat(40 << 20), 1), line('after', 2)])
  await saveLog([member], { ...nothing, path, hasTimestamps: false })
  const saved = readFileSync(path)
  assert.equal(saved.length, (40 << 20) + 1 + 6)
  assert.equal(saved.indexOf(10), 40 << 20)
})
