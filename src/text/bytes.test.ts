import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesText } from './bytes.ts'

test('a size has the largest unit that leaves a whole number, and a decimal only where it tells something', () => {
  const sizes = [0, 1, 999, 1000, 1500, 9_950, 71_600_000, 410e6, 999_600, 1.24e9, 3e15, 5e18]
  assert.deepEqual(sizes.map(bytesText), [
    '0 B',
    '1 B',
    '999 B',
    '1 kB',
    '1.5 kB',
    '10 kB',
    '72 MB',
    '410 MB',
    '1 MB',
    '1.2 GB',
    '3 PB',
    '5000 PB',
  ])
})

test('what is no size is none', () => {
  assert.deepEqual([-1, Number.NaN].map(bytesText), ['0 B', '0 B'])
})
