import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseDuration } from './duration.ts'

for (const [text, nanoseconds] of [
  ['0', 0],
  ['1s', 1e9],
  ['1h30m', 5400e9],
  ['1.5s', 1.5e9],
  ['200ms', 2e8],
  ['3us', 3000],
  ['3µs', 3000],
  ['-2m', -120e9],
  ['.5h', 1800e9],
] as const) {
  test(`${text} is ${nanoseconds} ns`, () => assert.equal(parseDuration(text), nanoseconds))
}

for (const text of ['', '1', 's', '1d', '1 s', '1s2', '1h-2m', '999999999999h']) {
  test(`"${text}" is no duration`, () => throwsCode('invalid-duration', () => parseDuration(text)))
}

test('parts add up', () => {
  fc.assert(
    fc.property(fc.nat(99), fc.nat(59), fc.nat(59), fc.nat(999), (h, m, s, ms) => {
      assert.equal(parseDuration(`${h}h${m}m${s}s${ms}ms`), ((h * 60 + m) * 60 + s) * 1e9 + ms * 1e6)
    }),
  )
})
