import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseCpuList } from './cpu-list.ts'

test('lists are sorted sets of numbers and ranges', () => {
  assert.deepEqual(parseCpuList('3,0-1,1'), [0, 1, 3])
})

test('what is no list is refused', () => {
  for (const text of ['', 'a', '1-', '-1', '3-1', '0-4294967295', '99999', '1,,2', '0-3:2/4', '1.5'])
    assert.equal(parseCpuList(text), undefined, text)
})

test('a printed list is read back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 8192 }), { minLength: 1 }), (numbers) => {
      assert.deepEqual(
        parseCpuList(numbers.join(',')),
        [...numbers].sort((a, b) => a - b),
      )
    }),
  )
})

test('any text is a list or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-, ') }), (text) => assert.ok((parseCpuList(text)?.length ?? 1) <= 8193)),
  )
})
