import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { createEngineClient } from '../client/http-client.ts'
import { socketConnect } from '../client/socket-connect.ts'
import { type FakeEngine, fakeEngine } from '../testing/fake-engine.ts'
import { dockerLog } from './docker-log.ts'
import type { LogLine, LogStream } from './log-line.ts'
import type { LogSource } from './log-source.ts'
import { type FakeEntry, fakeLog, line, MIDNIGHT } from './testing/fake-log.ts'

const { signal } = new AbortController()

function sourceOf(engine: FakeEngine, isTerminal = false): LogSource {
  const client = createEngineClient({ connect: socketConnect(engine.socket), reuse: false, apiVersion: () => '1.47' })
  return dockerLog({ client, isTerminal, member: 0, containerId: 'c' })
}

async function logOf(t: TestContext, entries: readonly FakeEntry[], isTerminal = false) {
  const engine = await fakeEngine(t)
  const log = fakeLog(engine, { id: 'c', name: 'web', isTerminal })
  log.write(...entries)
  return { engine, log, source: sourceOf(engine, isTerminal) }
}

const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text)

/** All of a log, page by page from its end to its beginning. */
async function backwards(source: LogSource, count: number): Promise<string[]> {
  const end = await source.last({ count, signal })
  const found = [...end.lines]
  for (let { isBegin } = end; !isBegin; ) {
    const [first] = found
    assert.ok(first !== undefined)
    const known = found.filter(({ time }) => time === first.time)
    const page = await source.before({ time: first.time, known }, { count, signal })
    assert.ok(page.lines.length <= count)
    assert.ok(page.isBegin || page.lines.length > 0)
    found.unshift(...page.lines)
    isBegin = page.isBegin
  }
  return texts(found)
}

async function forwards(source: LogSource, count: number): Promise<string[]> {
  const begin = await source.begin({ count, signal })
  const found = [...begin.lines]
  for (let { isEnd } = begin; !isEnd; ) {
    const last = found.at(-1)
    assert.ok(last !== undefined)
    const page = await source.after({ time: last.time, known: found.filter(({ time }) => time >= last.time) }, { count, signal })
    assert.ok(page.isEnd || page.lines.length > 0)
    found.push(...page.lines)
    isEnd = page.isEnd
  }
  return texts(found)
}

test('page by page, from either end, it is the log: no line twice, none missing', async (t) => {
  const { log, source } = await logOf(t, [])
  // Many lines of one moment, as an engine has that takes several at once, and lines that are the same.
  const entry = fc.record({
    step: fc.constantFrom(0n, 0n, 0n, 1n, 1_000_000_000n),
    text: fc.constantFrom('a', 'b', ''),
    stream: fc.constantFrom<LogStream[]>('stdout', 'stderr'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), async (entries, count) => {
      let time = 0n
      log.container.entries.length = 0
      for (const { step, text, stream } of entries) {
        time += step
        log.container.entries.push(line(text, time, stream))
      }
      const all = entries.map(({ text }) => text)
      assert.deepEqual(await backwards(source, count), all)
      assert.deepEqual(await forwards(source, count), all)
    }),
    { numRuns: 60 },
  )
})

test('a line that goes on after the moment asked for is not taken for a line of its own', async (t) => {
  const part = (text: string, seconds: number, isRest = false): FakeEntry => ({ ...line('', seconds), text, isRest })
  const { source } = await logOf(t, [line('first', 1), part('a line, ', 2), part('which goes on\n', 3, true), line('last', 4)])
  const { lines } = await source.last({ count: 2, signal })
  assert.deepEqual(texts(lines), ['a line, which goes on', 'last'])
  const page = await source.before({ time: MIDNIGHT + 2_000_000_000n, known: lines.slice(0, 1) }, { count: 5, signal })
  assert.deepEqual(texts(page.lines), ['first'])
})

test('how far from the end a page is is found out once', async (t) => {
  const { log, source } = await logOf(
    t,
    Array.from({ length: 3000 }, (_, index) => line(`line ${index}`, index)),
  )
  const { lines } = await source.last({ count: 100, signal })
  let known = lines.slice(0, 1)
  for (let page = 0; page < 5; page++) {
    const [first] = known
    assert.ok(first !== undefined)
    known = [...(await source.before({ time: first.time, known }, { count: 100, signal })).lines]
  }
  assert.equal(known[0]?.text, 'line 2400')
  // The end; the first page, twice; then once for each.
  assert.equal(log.queries.length, 1 + 2 + 4)
})

test('following begins with the last lines and goes on with what is written', async (t) => {
  const { log, source } = await logOf(t, [line('a', 1), line('b', 2)])
  const reading = new AbortController()
  const bytes: string[] = []
  for await (const pieces of source.follow({ lines: 1 }, reading.signal)) {
    for (const piece of pieces) bytes.push(piece.bytes.toString().slice(31))
    if (bytes.length === 1) log.write(line('c', 3, 'stderr'))
    if (bytes.length === 2) break
  }
  assert.deepEqual(bytes, ['b\n', 'c\n'])
})

test('a search finds lines in any case, and tells how far it is', async (t) => {
  const { source } = await logOf(t, [line('An Error', 1), line('well', 2), line('ERRORS', 3)])
  const found: LogLine[] = []
  let read = 0
  for await (const each of source.search('error', signal, (bytes) => (read = bytes))) found.push(each)
  assert.deepEqual(texts(found), ['An Error', 'ERRORS'])
  assert.ok(read > 60)
})

test('a line is read whole, found by its moment, stream and length', async (t) => {
  const long = 'x'.repeat(100_000)
  const { source } = await logOf(t, [line('short', 1), line(long, 1), line('y'.repeat(100_000), 1, 'stderr')])
  const bytes = await source.wholeLine({ time: MIDNIGHT + 1_000_000_000n, stream: 'stdout', length: 100_000 }, 1 << 20, signal)
  assert.equal(bytes.toString(), long)
  const part = await source.wholeLine({ time: MIDNIGHT + 1_000_000_000n, stream: 'stderr', length: 100_000 }, 1000, signal)
  assert.equal(part.toString(), 'y'.repeat(1000))
  await assert.rejects(source.wholeLine({ time: 5n, stream: 'stdout', length: 3 }, 10, signal), { code: 'log-line-gone' })
})

test('a page is full by its bytes too, but never empty of a line that is longer than a page', async (t) => {
  const { source } = await logOf(t, [line('a', 1), line('x'.repeat(9 << 20), 2), line('b', 3)])
  const { lines } = await source.last({ count: 1, signal })
  const before = await source.before({ time: lines[0]?.time ?? 0n, known: lines }, { count: 5, signal })
  assert.deepEqual(
    before.lines.map(({ text, length }) => [text.slice(0, 1), length]),
    [
      ['a', 1],
      ['x', 9 << 20],
    ],
  )
  assert.deepEqual(
    (await forwards(source, 1)).map((text) => text.slice(0, 1)),
    ['a', 'x', 'b'],
  )
})

test('of a terminal', async (t) => {
  const { source } = await logOf(t, [line('a\r', 1), line('b\r', 2)], true)
  assert.deepEqual(await backwards(source, 1), ['a', 'b'])
})
