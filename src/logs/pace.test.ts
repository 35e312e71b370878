import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace } from './pace.ts'

test('what costs little comes soon, what costs much rarely, and never never', () => {
  const pace = new Pace({ shortest: 100, longest: 3000 })
  assert.equal(pace.interval, 100)
  pace.spent(10)
  assert.equal(pace.interval, 100)
  pace.spent(200)
  assert.equal(pace.interval, 800)
  pace.spent(60_000)
  assert.equal(pace.interval, 3000)
  for (let times = 0; times < 40; times++) pace.spent(5)
  assert.equal(pace.interval, 100)
})
