import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationText } from './duration.ts'

test('times have three digits at most and the unit that fits', () => {
  const texts = [0, 0.24, 42, 187.9, 999.4, 999.5, 34_474, 187_900, 999_600, 1_250_000].map(durationText)
  assert.deepEqual(texts, ['0.0 µs', '0.2 µs', '42.0 µs', '188 µs', '999 µs', '1.0 ms', '34.5 ms', '188 ms', '1.0 s', '1.3 s'])
})
