import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLower } from './is-older.ts'

test('versions are compared by their numbers, and what is none is not older', () => {
  for (const [version, than] of [
    ['0.0.9', '0.1.0'],
    ['0.9.0', '0.10.0'],
    ['1.9.9', '2.0.0'],
    ['0.1.0-a', '0.1.1'],
  ] as const)
    assert.deepEqual([isLower(version, than), isLower(than, version)], [true, false])
  for (const [version, than] of [
    ['1.2.3', '1.2.3'],
    ['x', '1.0.0'],
    ['', '1.0.0'],
    ['1.0.0', '$(id)'],
  ] as const)
    assert.equal(isLower(version, than), false)
})
