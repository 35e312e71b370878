import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { integerBetween, parseCpus, parseInteger } from './number.ts'

for (const [text, nanoseconds] of [
  ['1', 1e9],
  ['1.5', 1.5e9],
  ['.25', 0.25e9],
  ['0.000000001', 1],
  ['1.1', 1_100_000_000],
  ['2.', 2e9],
] as const) {
  test(`${text} CPUs are ${nanoseconds} billionths`, () => assert.equal(parseCpus(text), nanoseconds))
}

for (const text of ['', '.', 'x', '-1', '1e3', '0.0000000001', '1,5', '99999999999']) {
  test(`"${text}" is no count of CPUs`, () => throwsCode('invalid-cpus', () => parseCpus(text)))
}

test('any whole number of billionths survives being written as CPUs', () => {
  fc.assert(
    fc.property(fc.nat(), (billionths) => {
      const digits = String(billionths).padStart(10, '0')
      assert.equal(parseCpus(`${digits.slice(0, -9)}.${digits.slice(-9)}`), billionths)
    }),
  )
})

test('any integer is itself', () =>
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => assert.equal(parseInteger(String(value)), value))))

for (const text of ['', '1.0', '1e3', '0x1', '9007199254740993', ' 1']) {
  test(`"${text}" is no integer`, () => throwsCode('invalid-number', () => parseInteger(text)))
}

test('a number outside its range is refused', () => throwsCode('invalid-number', () => integerBetween(0, 100)('101')))
