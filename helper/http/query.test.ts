import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { flag, flagOrTrue, requiredWord, wholeNumber, word } from './query.ts'
import { formatNanoseconds, moment } from './timestamp.ts'

const query = (text: string) => new URLSearchParams(text)

test('truth values are read as Docker reads them', () => {
  for (const value of ['1', 'true', 'True', 'yes', 'x']) assert.equal(flag(query(`a=${value}`), 'a'), true)
  for (const value of ['', '0', 'false', 'FALSE', 'no', 'none', '%20no%20']) assert.equal(flag(query(`a=${value}`), 'a'), false)
  assert.equal(flag(query(''), 'a'), false)
  assert.equal(flagOrTrue(query(''), 'a'), true)
  assert.equal(flagOrTrue(query('a=0'), 'a'), false)
})

test('whole numbers are read, and others refused', () => {
  assert.equal(wholeNumber(query('a=10'), 'a'), 10)
  assert.equal(wholeNumber(query('a=-1'), 'a'), -1)
  assert.equal(wholeNumber(query('a='), 'a'), undefined)
  for (const value of ['1.5', '0x10', '1e3', 'a', '9'.repeat(16), '%00']) {
    assert.throws(() => wholeNumber(query(`a=${value}`), 'a'), { code: 'invalid-query' })
  }
})

test('words hold no NUL, and may be required', () => {
  assert.equal(word(query('a='), 'a'), undefined)
  assert.equal(word(query('a=b'), 'a'), 'b')
  assert.throws(() => word(query('a=b%00c'), 'a'), { code: 'invalid-query' })
  assert.throws(() => requiredWord(query('a='), 'a'), { code: 'invalid-query' })
})

test('moments are read from Unix seconds and RFC 3339', () => {
  const read = (value: string) => moment(new URLSearchParams({ a: value }), 'a')
  assert.equal(read('1700000000'), 1_700_000_000_000_000_000n)
  assert.equal(read('1700000000.000000123'), 1_700_000_000_000_000_123n)
  assert.equal(read('1700000000.5'), 1_700_000_000_500_000_000n)
  assert.equal(read('0'), 0n)
  assert.equal(read('2023-11-14T22:13:20Z'), 1_700_000_000_000_000_000n)
  assert.equal(read('2023-11-14T23:13:20.000000001+01:00'), 1_700_000_000_000_000_001n)
  assert.equal(read(''), undefined)
  for (const value of ['yesterday', '-5', '1e9', '2023-11-14', '2023-99-14T22:13:20Z', '1'.repeat(12), '1.']) {
    assert.throws(() => read(value), { code: 'invalid-query' })
  }
})

test('a moment printed as RFC 3339 reads back as itself', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 4_000_000_000_000_000_000n), (time) => {
      assert.equal(moment(new URLSearchParams({ a: formatNanoseconds(time) }), 'a'), time)
    }),
  )
})
