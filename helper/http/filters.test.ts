import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../api/errors.ts'
import { readFilters } from './filters.ts'

const read = (value: string) => readFilters(new URLSearchParams({ filters: value }))

test('both of the forms that Docker has are read', () => {
  const expected = new Map([
    ['label', ['a=b', 'c']],
    ['status', ['running']],
  ])
  assert.deepEqual(read('{"label":["a=b","c"],"status":["running"]}'), expected)
  assert.deepEqual(read('{"label":{"a=b":true,"c":true,"d":false},"status":{"running":true}}'), expected)
})

test('absent, empty and null filters are none', () => {
  assert.equal(readFilters(new URLSearchParams()).size, 0)
  assert.equal(read('').size, 0)
  assert.deepEqual(read('{"label":null}'), new Map([['label', []]]))
})

test('other shapes are refused', () => {
  for (const value of ['{', '[]', '"x"', '1', '{"a":"b"}', '{"a":[1]}', '{"a":{"b":"c"}}', '{"a":[["b"]]}']) {
    assert.throws(() => read(value), { code: 'invalid-filters' })
  }
})

test('any JSON is read into lists of strings or refused', () => {
  fc.assert(
    fc.property(fc.json(), (value) => {
      try {
        for (const values of read(value).values()) assert.ok(values.every((item) => typeof item === 'string'))
      } catch (error) {
        assert.ok(error instanceof PockerError && error.code === 'invalid-filters')
      }
    }),
  )
})
