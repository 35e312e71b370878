import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogLine } from './log-line.ts'
import { anchorsOf, followAfterScroll, movesView, rowToRestore } from './log-place.ts'
import type { Row } from './log-text.ts'

const lines = Array.from(
  { length: 20 },
  (_, index): LogLine => ({
    member: 0,
    containerId: 'c',
    stream: 'stdout',
    time: BigInt(index),
    text: `${index}`,
    marks: [],
    length: 1,
    isCut: false,
    isOpen: false,
  }),
)
const rowsOf = (...numbers: readonly (number | 'note')[]): Row[] =>
  numbers.map((number) => {
    const line = number === 'note' ? undefined : lines[number]
    return line === undefined ? { kind: 'note' } : { kind: 'line', line, offset: 0, prefix: 0 }
  })

/** The row to be at the top after the change, when `top` was there before it. */
const restored = (before: readonly Row[], top: number, after: readonly Row[]) =>
  rowToRestore(anchorsOf(before, { top, bottom: top + 2 }), after)

test('lines that come below move nothing', () => {
  assert.equal(restored(rowsOf(5, 6, 7), 1, rowsOf(5, 6, 7, 8, 9)), undefined)
})

test('for lines that come or go above the view moves along', () => {
  assert.equal(restored(rowsOf('note', 5, 6, 7), 2, rowsOf('note', 2, 3, 4, 5, 6, 7)), 5)
  assert.equal(restored(rowsOf(2, 3, 4, 5, 6), 3, rowsOf('note', 4, 5, 6)), 2)
})

test('when the first line goes, the next one counts, as far below as it was', () => {
  assert.equal(restored(rowsOf(1, 2, 3, 4, 5, 6), 2, rowsOf('note', 5, 6)), 0)
  assert.equal(restored(rowsOf('note', 2, 3), 0, rowsOf(0, 1, 2, 3)), 2)
})

test('when all of them go, nothing is to be kept', () => {
  assert.equal(restored(rowsOf(1, 2), 0, rowsOf(8, 9)), undefined)
})

test('who scrolls up follows no longer, who comes to the end follows again', () => {
  const seen = { top: 10, bottom: 20 }
  assert.equal(followAfterScroll(seen, { top: 9, bottom: 19 }, 100), false)
  assert.equal(followAfterScroll(seen, { top: 89, bottom: 99 }, 100), true)
  // More below, and a look further down.
  assert.equal(followAfterScroll(seen, seen, 110), undefined)
  assert.equal(followAfterScroll(seen, { top: 30, bottom: 40 }, 100), undefined)
})

test('a view is moved by lines that come or go above it, not by others', () => {
  const seen = { top: 10, bottom: 20 }
  const change = (start: number, end: number, text: string) => [{ range: { start: { line: start }, end: { line: end } }, text }]
  assert.equal(movesView(change(30, 30, '\nmore\nlines'), seen), false)
  assert.equal(movesView(change(15, 15, 'x\ny'), seen), false)
  assert.equal(movesView(change(0, 0, 'another head'), seen), false)
  assert.equal(movesView(change(0, 0, 'head\nline'), seen), true)
  assert.equal(movesView(change(0, 5, ''), seen), true)
  assert.equal(movesView(change(0, 25, 'all\nanew'), seen), true)
})
