import assert from 'node:assert/strict'
import { test } from 'node:test'
import { humanDuration, humanMemory, humanSize } from './human.ts'

for (const [bytes, digits, text] of [
  [0, 3, '0B'],
  [999, 3, '999B'],
  [1000, 3, '1kB'],
  [123456, 3, '123kB'],
  [21_500_000, 3, '21.5MB'],
  [187_654_321, 3, '188MB'],
  [187_654_321, 4, '187.7MB'],
  // As Docker prints it: three digits of 999.999 are no longer below 1000.
  [999_999, 3, '1e+03kB'],
  [2 ** 60, 4, '1.153EB'],
] as const) {
  test(`${bytes} bytes are ${text}`, () => assert.equal(humanSize(bytes, digits), text))
}

for (const [bytes, text] of [
  [0, '0B'],
  [1023, '1023B'],
  [11_345_678, '10.82MiB'],
  [2_087_000_000, '1.944GiB'],
] as const) {
  test(`${bytes} bytes of memory are ${text}`, () => assert.equal(humanMemory(bytes), text))
}

const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

for (const [milliseconds, text] of [
  [999, 'Less than a second'],
  [1000, '1 second'],
  [59_999, '59 seconds'],
  [60_000, 'About a minute'],
  [119_999, 'About a minute'],
  [120_000, '2 minutes'],
  [59 * 60 * SECOND, '59 minutes'],
  [HOUR, 'About an hour'],
  [1.4 * HOUR, 'About an hour'],
  [1.5 * HOUR, '2 hours'],
  [47 * HOUR, '47 hours'],
  [2 * DAY, '2 days'],
  [13 * DAY, '13 days'],
  [14 * DAY, '2 weeks'],
  [60 * DAY, '2 months'],
  [400 * DAY, '13 months'],
  [730 * DAY, '2 years'],
] as const) {
  test(`${milliseconds} ms are ${text}`, () => assert.equal(humanDuration(milliseconds), text))
}
