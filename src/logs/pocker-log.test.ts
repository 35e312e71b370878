import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createEngineClient } from '../client/http-client.ts'
import { socketConnect } from '../client/socket-connect.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import type { LogLine } from './log-line.ts'
import { pockerLog } from './pocker-log.ts'
import { type FakeEntry, fakeLog, line, MIDNIGHT, SECOND } from './testing/fake-log.ts'
import { fakePast } from './testing/fake-past.ts'
import { engineOf, openSession, plain } from './testing/open-session.ts'

const { signal } = new AbortController()
const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text)
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => line(`line ${from + index}`, from + index))

async function logOf(t: TestContext, entries: readonly FakeEntry[]) {
  const engine = await fakeEngine(t)
  const log = fakeLog(engine, { id: 'c', name: 'web', isRunning: false })
  log.write(...entries)
  const past = fakePast(engine, log)
  const client = createEngineClient({ connect: socketConnect(engine.socket), reuse: false, apiVersion: () => '1.47' })
  return { engine, log, past, source: pockerLog({ client, isTerminal: false, member: 0, containerId: 'c' }) }
}

test('pages go on at positions, also among lines of one moment that are all alike', async (t) => {
  const { source } = await logOf(
    t,
    Array.from({ length: 25 }, () => line('same', 1)),
  )
  const end = await source.last({ count: 10, signal })
  let [first] = end.lines
  let count = end.lines.length
  for (let isBegin = end.isBegin; !isBegin; ) {
    assert.ok(first !== undefined)
    const page = await source.before({ line: first, time: first.time, known: [first] }, { count: 10, signal })
    count += page.lines.length
    first = page.lines[0]
    isBegin = page.isBegin
  }
  assert.equal(count, 25)
  const begin = await source.begin({ count: 10, signal })
  const last = begin.lines.at(-1)
  assert.ok(last !== undefined)
  const { lines, isEnd } = await source.after({ line: last, time: last.time, known: [] }, { count: 20, signal })
  assert.deepEqual([lines.length, isEnd], [15, true])
})

test('a line is shown with those around it, found from the end on', async (t) => {
  const { source } = await logOf(t, numbered(0, 100))
  const found: LogLine[] = []
  for await (const each of source.search('LINE 5', signal, () => {})) found.push(each)
  assert.deepEqual(texts(found).slice(0, 2), ['line 59', 'line 58'])
  const last = found.at(-1)
  assert.ok(last !== undefined)
  assert.deepEqual(texts((await source.around(last, { count: 2, signal })).lines), ['line 3', 'line 4', 'line 5', 'line 6', 'line 7'])
})

test('a search goes on until all are found', async (t) => {
  const { source } = await logOf(t, numbered(0, 1_200))
  let count = 0
  for await (const _line of source.search('line', signal, () => {})) count++
  assert.equal(count, 1_200)
})

test('where a line has been rotated away, its moment counts', async (t) => {
  const { source, past } = await logOf(t, numbered(0, 100))
  const { lines } = await source.last({ count: 10, signal })
  const [first] = lines
  assert.ok(first !== undefined)
  past.goneBefore = 95
  const page = await source.before({ line: first, time: first.time, known: [first] }, { count: 5, signal })
  assert.deepEqual(texts(page.lines), ['line 85', 'line 86', 'line 87', 'line 88', 'line 89'])
})

test('a line of an earlier container of the name has no place in this log', async (t) => {
  const { source, engine } = await logOf(t, numbered(0, 3))
  const [last] = (await source.last({ count: 1, signal })).lines
  assert.ok(last !== undefined)
  engine.calls.length = 0
  await source.after({ line: { ...last, containerId: 'other' }, time: MIDNIGHT, known: [] }, { count: 5, signal })
  assert.deepEqual(engine.calls, ['GET /containers/c/logs'])
})

test('long lines are cut, and colours stay', async (t) => {
  const { source } = await logOf(t, [line('x'.repeat(100_000), 1), line('\u001b[31mred', 2), line('still red\r', 3)])
  const { lines } = await source.last({ count: 5, signal })
  assert.deepEqual(
    lines.map(({ text, length, isCut, marks }) => [text.slice(0, 9), length, isCut, marks.length]),
    [
      ['xxxxxxxxx', 100_000, true, 0],
      ['red', 8, false, 1],
      ['still red', 9, false, 1],
    ],
  )
})

test('a session joins what is followed on to the page that it begins with', async (t) => {
  const engine = await engineOf(t, { isPocker: true })
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(...numbered(0, 12_000), { ...line('', 12_000), text: 'not ended' })
  const past = fakePast(engine, log)
  const moment = (seconds: number) => `2026-11-28T00:00:${String(seconds).padStart(2, '0')}.000000000Z`
  past.lives = [
    { startedAt: moment(0), finishedAt: moment(2), exitCode: 3, oomKilled: false, isStopped: false, error: '' },
    { startedAt: moment(3), finishedAt: moment(4), exitCode: 127, oomKilled: false, isStopped: false, error: 'no such file' },
    { startedAt: moment(5), oomKilled: false, isStopped: false, error: '' },
  ]
  Object.assign(log.container, { startedAt: MIDNIGHT + 5n * SECOND })
  const { session, until, rows } = openSession(t, engine, ['web'])
  await until((all) => all.at(-1) === 'not ended' && all.at(-2) === 'line 11999')
  session.isFollowing = false
  await session.showEarlier()
  assert.deepEqual(plain(rows().slice(0, 9)), [
    'line 0',
    'line 1',
    'line 2',
    '── restarted T, exit 3 ──',
    'line 3',
    'line 4',
    '── restarted T, exit 127, no such file ──',
    'line 5',
    'line 6',
  ])
})
