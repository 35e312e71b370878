import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { codeOf } from '../client/engine-problem.ts'
import type { LogOptions } from './log-options.ts'
import { type FakeLog, fakeLog, line, MIDNIGHT, SECOND } from './testing/fake-log.ts'
import { engineOf, type OpenSession, openSession, plain } from './testing/open-session.ts'

const EARLIER = '── lines before T are not shown, the container is from T ──'
const ends = (text: string) => (rows: readonly string[]) => rows.at(-1) === text
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => line(`line ${from + index}`, from + index))

async function logOf(t: TestContext, count: number, options: Partial<LogOptions> = {}): Promise<OpenSession & { log: FakeLog }> {
  const engine = await engineOf(t)
  const log = fakeLog(engine, { id: 'c', name: 'web' })
  log.write(...numbered(0, count))
  return { ...openSession(t, engine, ['web'], options), log }
}

test('an empty log says so', async (t) => {
  const { until, log } = await logOf(t, 0)
  await until(ends('── nothing has been written yet ──'))
  log.write(line('a', 1))
  assert.deepEqual(await until(ends('a')), ['a'])
})

test('a long log begins at its end, and is read backwards and forwards', async (t) => {
  const { session, until, rows } = await logOf(t, 25_000)
  assert.deepEqual(plain(await until(ends('line 24999'))).slice(0, 2), [EARLIER, 'line 15000'])
  session.isFollowing = false
  assert.equal(await session.showEarlier(), 5_000)
  // What is too much goes at the other end.
  assert.deepEqual([rows()[1], ...rows().slice(-2)], ['line 10000', 'line 19999', '── later lines are not shown ──'])
  await session.show({ kind: 'begin' })
  assert.deepEqual([rows()[0], rows().at(-2)], ['line 0', 'line 4999'])
  for (let page = 0; page < 4; page++) await session.showLater()
  assert.equal(session.window.isEnd, true)
  assert.equal((await until(ends('line 24999'))).at(-2), 'line 24998')
})

test('where all is read the log goes on by itself', async (t) => {
  const { session, until, log } = await logOf(t, 100)
  await until(ends('line 99'))
  await session.show({ kind: 'begin' })
  log.write(...numbered(100, 101))
  const all = await until(ends('line 100'))
  assert.deepEqual([all.length, all[0]], [101, 'line 0'])
})

test('a line is shown with what is around it', async (t) => {
  const { session, until, rows } = await logOf(t, 30_000)
  await until(ends('line 29999'))
  const [source] = await Promise.all(session.feeds.map((feed) => feed.source(new AbortController().signal)))
  assert.ok(source !== undefined)
  for await (const found of source.search('line 12345', new AbortController().signal, () => {}))
    await session.show({ kind: 'around', line: found })
  assert.deepEqual([rows()[1], rows().at(-2)], ['line 7345', 'line 17344'])
})

test('from a moment on', async (t) => {
  const { session, until, rows } = await logOf(t, 100)
  await until(ends('line 99'))
  await session.show({ kind: 'since', time: MIDNIGHT + 90n * SECOND })
  assert.deepEqual(plain(rows()), [EARLIER, ...numbered(90, 100).map(({ text }) => text.trim())])
})

test('as long as it is followed, what is earlier makes room', async (t) => {
  const { until, log } = await logOf(t, 10_000)
  await until(ends('line 9999'))
  log.write(...numbered(10_000, 15_000))
  const all = plain(await until(ends('line 14999')))
  assert.deepEqual([all.length, all[0], all[1]], [10_001, EARLIER, 'line 5000'])
})

test('for who has scrolled away nothing goes above, and what is too much is left for later', async (t) => {
  const { session, until, log, rows } = await logOf(t, 9_000)
  await until(ends('line 8999'))
  session.isFollowing = false
  log.write(...numbered(9_000, 16_000))
  await until(ends('── later lines are not shown ──'))
  assert.equal(rows()[0], 'line 0')
  log.write(...numbered(16_000, 16_001))
  await session.showLater()
  const all = await until(ends('line 16000'))
  assert.equal(new Set(all).size, all.length)
})

test('a filter leaves of what is there what it wants, and of what comes', async (t) => {
  const { session, until, log, rows } = await logOf(t, 100)
  await until(ends('line 99'))
  await session.setOptions({ filter: '/5$/' })
  assert.deepEqual(rows().slice(0, 2), ['── only lines that match /5$/ ──', 'line 5'])
  log.write(...numbered(100, 106))
  await until(ends('line 105'))
  await session.setOptions({ filter: '' })
  assert.deepEqual((await until((all) => all.length === 106)).slice(-2), ['line 104', 'line 105'])
})

test('with a filter, earlier lines are looked through for more', async (t) => {
  const { session, until, rows } = await logOf(t, 25_000, { filter: 'line 1234' })
  await until((all) => all.length === 1 && session.isSettled)
  session.isFollowing = false
  await session.showEarlier()
  // 12340 to 12349, and 1234 further on.
  assert.equal(rows()[1], 'line 1234')
  assert.equal(rows().length, 12)
})

test('a pattern that takes too long is given up and told', async (t) => {
  const { session, until, log } = await logOf(t, 1)
  await until(ends('line 0'))
  const failed = new Promise((resolve) => session.onDidFail(resolve))
  await session.setOptions({ filter: '/^(x+x+)+y$/' })
  log.write(line('x'.repeat(100), 5))
  assert.equal(codeOf(await failed), 'filter-too-slow')
  await until((all) => all.some((row) => row.startsWith('xxx')))
  assert.equal(session.options.filter, '')
})

test('of one stream', async (t) => {
  const { session, until, log } = await logOf(t, 1)
  await until(ends('line 0'))
  log.write(line('bad', 2, 'stderr'))
  await session.setOptions({ streams: 'stderr' })
  assert.deepEqual(await until(ends('bad')), ['bad'])
  await session.setOptions({ streams: 'both' })
  assert.deepEqual(await until(ends('bad')), ['line 0', 'bad'])
})

test('times stand before the lines, and change nothing else', async (t) => {
  const { session, until, rows } = await logOf(t, 2)
  await until(ends('line 1'))
  await session.setOptions({ timestamps: 'since' })
  assert.deepEqual(rows(), ['+00:00.000 line 0', '+00:01.000 line 1'])
  await session.setOptions({ timestamps: 'date' })
  assert.match(rows()[0] ?? '', /^2026-11-2[78] \d\d:\d\d:\d\d\.000 line 0$/)
})

test('a view that was cleared shows what comes, and all again when it is asked for', async (t) => {
  const { session, until, log, rows } = await logOf(t, 3)
  await until(ends('line 2'))
  session.clear()
  assert.deepEqual(rows(), ['── earlier lines are not shown ──'])
  log.write(...numbered(3, 4))
  await until(ends('line 3'))
  await session.showEarlier()
  assert.deepEqual(rows(), ['line 0', 'line 1', 'line 2', 'line 3'])
})

test('while nobody sees it, nothing is told; then all at once', async (t) => {
  const { session, until, log, rows } = await logOf(t, 1)
  await until(ends('line 0'))
  session.setVisible(false)
  let told = 0
  session.onDidChange(() => told++)
  log.write(...numbered(1, 3))
  await new Promise<void>((resolve) => {
    const [feed] = session.feeds
    feed?.onDidArrive(() => resolve())
  })
  assert.equal(told, 0)
  session.setVisible(true)
  await until(ends('line 2'))
  assert.equal(rows().length, 3)
})

test('something else that is asked for ends what is under way', async (t) => {
  const { session, until } = await logOf(t, 20_000)
  await until(ends('line 19999'))
  const first = session.showEarlier()
  const second = session.show({ kind: 'begin' })
  await assert.rejects(first, { code: 'cancelled' })
  await second
})
