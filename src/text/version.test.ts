import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOlderVersion } from './version.ts'

test('versions are compared by their numbers', () => {
  const pairs: [string, string][] = [
    ['0.1.9', '0.2.0'],
    ['0.9.0', '0.10.0'],
    ['1.2.3', '2.0.0'],
    ['1.2.3', '1.2.4-rc.1'],
  ]
  for (const [older, newer] of pairs) assert.deepEqual([isOlderVersion(older, newer), isOlderVersion(newer, older)], [true, false], older)
  assert.equal(isOlderVersion('1.2.3', '1.2.3'), false)
})

test('what is no version is older than none', () => {
  for (const text of ['', 'x', '1.2', '1.2.x', '99999999999.1.1']) assert.equal(isOlderVersion(text, '9.9.9'), false, text)
})
