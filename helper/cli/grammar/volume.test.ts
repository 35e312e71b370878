import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseVolume } from './volume.ts'

for (const [text, volume] of [
  ['/data', { anonymous: '/data' }],
  ['/a:/b', { bind: '/a:/b' }],
  ['/a:/b:ro,rslave', { bind: '/a:/b:ro,rslave' }],
  ['name:/b', { bind: 'name:/b' }],
  ['./x:/b', { bind: '/home/me/x:/b' }],
  ['.:/b', { bind: '/home/me:/b' }],
  ['../x:/b:ro', { bind: '/home/x:/b:ro' }],
] as const) {
  test(`-v ${text}`, () => assert.deepEqual(parseVolume(text, '/home/me'), volume))
}

for (const text of ['', ':', ':/a', '/a:', '/a::ro', '/a:/b:ro:x']) {
  test(`-v "${text}" is refused`, () => throwsCode('invalid-volume', () => parseVolume(text, '/')))
}

test('an absolute source and its target come through as they are', () => {
  const part = fc.stringMatching(/^[a-z0-9 ,=.-]{1,8}$/)
  fc.assert(fc.property(part, part, (a, b) => assert.deepEqual(parseVolume(`/${a}:/${b}:ro`, '/x'), { bind: `/${a}:/${b}:ro` })))
})
