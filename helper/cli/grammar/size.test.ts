import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseSize, parseSizeOrUnlimited } from './size.ts'

for (const [text, bytes] of [
  ['0', 0],
  ['4096', 4096],
  ['100b', 100],
  ['512m', 512 * 2 ** 20],
  ['512MB', 512 * 2 ** 20],
  ['64 KiB', 64 * 1024],
  ['1.5g', 1.5 * 2 ** 30],
  ['.5k', 512],
  ['2T', 2 * 2 ** 40],
] as const) {
  test(`${text} is ${bytes} bytes`, () => assert.equal(parseSize(text), bytes))
}

for (const text of ['', 'm', '-1', '1x', '1kk', '1 k b', '0x10', '1e3', ' 1', '9999999p', '1..5k']) {
  test(`"${text}" is no size`, () => throwsCode('invalid-size', () => parseSize(text)))
}

test('-1 is no limit only where that is meant', () => assert.equal(parseSizeOrUnlimited('-1'), -1))

test('a number with a unit is so many of it', () => {
  const units = fc.constantFrom<[string, number]>(['', 0], ['k', 1], ['m', 2], ['g', 3])
  fc.assert(
    fc.property(fc.nat({ max: 4_000_000 }), units, fc.constantFrom('', 'b', 'ib'), (count, [unit, power], suffix) => {
      const tail = unit === '' ? '' : suffix
      assert.equal(parseSize(`${count}${unit}${tail}`), count * 1024 ** power)
      assert.equal(parseSize(`${count} ${unit.toUpperCase()}${tail}`.trim()), count * 1024 ** power)
    }),
  )
})
