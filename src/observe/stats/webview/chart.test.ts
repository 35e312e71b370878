import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chartPaths, niceTop } from './chart.ts'

const space = { width: 100, height: 10, span: 10_000, now: 10_000, top: 2 }

test('the newest point is at the right edge, the greatest value at the top', () => {
  const points = [
    { time: 0, value: 0 },
    { time: 4000, value: 1 },
    { time: 8000, value: 2 },
    { time: 10_000, value: 4 },
  ]
  assert.deepEqual(chartPaths(points, space), { line: 'M0 10L40 5L80 0L100 0', area: 'M0 10L40 5L80 0L100 0V10H0Z' })
})

test('what is too old is left out, and where nothing was measured the line is broken', () => {
  const points = [
    { time: -1, value: 1 },
    { time: 1000, value: 0 },
    { time: 2000, value: 0 },
    { time: 9000, value: 0 },
  ]
  assert.deepEqual(chartPaths(points, space), { line: 'M10 10L20 10M90 10', area: 'M10 10L20 10V10H10ZM90 10V10H90Z' })
  assert.deepEqual(chartPaths([], space), { line: '', area: '' })
})

test('the scale is a round number at or above all', () => {
  assert.equal(niceTop([0.3, 12], 0.1), 20)
  assert.equal(niceTop([], 0.1), 0.1)
  assert.equal(niceTop([1000], 1), 1000)
})
