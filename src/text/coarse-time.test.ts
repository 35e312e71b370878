import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coarseTime } from './coarse-time.ts'

test('Docker’s words become a number and a unit', () => {
  const texts = ['Up 2 hours (healthy)', 'Exited (137) 3 weeks ago', 'Up About a minute', 'Up About an hour', 'Up 45 days', 'Up 2 years']
  assert.deepEqual(texts.map(coarseTime), ['2 h', '3 wk', '1 min', '1 h', '45 d', '2 yr'])
})

test('what is too short to stay true, and what is no time, is nothing', () => {
  for (const text of ['Up Less than a second', 'Up 30 seconds', 'Created', '', 'Exited (5)']) assert.equal(coarseTime(text), undefined)
})
