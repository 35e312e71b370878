import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareVersions, isOlder } from './is-older.ts'

const ORDER = ['', 'nonsense', '0.0.1', '0.1.0-beta.1', '0.1.0-rc', '0.1.0', '0.1.10', '0.2.0', '0.10.0', '1.0.0', '10.0.0']

test('versions are ordered by their numbers, and a first one comes before its release', () => {
  const shuffled = [...ORDER.slice(5), ...ORDER.slice(0, 5)]
  assert.deepEqual(shuffled.toSorted(compareVersions).slice(2), ORDER.slice(2))
  assert.equal(compareVersions('1.2.3', '1.2.3'), 0)
  assert.equal(compareVersions('99999999999.0.0', '0.0.1'), -1)
})

test('a helper makes room for a later version, and for the same from another folder', () => {
  const own = { version: '0.2.0', program: '/a' }
  assert.equal(isOlder({ version: '0.1.9', program: '/a' }, own), true)
  assert.equal(isOlder({ version: '0.2.0', program: '/b' }, own), true)
  assert.equal(isOlder({ version: '0.2.0', program: '/a' }, own), false)
  assert.equal(isOlder({ version: '0.2.1', program: '/b' }, own), false)
})
