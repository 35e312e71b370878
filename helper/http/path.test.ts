import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../api/errors.ts'
import { parseTarget } from './path.ts'

const refusals: readonly (readonly [target: string, code: string])[] = [
  ['http://x/', 'invalid-path'],
  ['*', 'invalid-path'],
  ['/', 'invalid-path'],
  ['//containers/json', 'invalid-path'],
  ['/containers//json', 'invalid-path'],
  ['/containers/json/', 'invalid-path'],
  ['/v1.43/../containers/json', 'invalid-path'],
  ['/containers/%2e%2e/json', 'invalid-path'],
  ['/containers/%2E/json', 'invalid-path'],
  ['/containers/a%00b/json', 'invalid-path'],
  ['/containers/%zz/json', 'invalid-path'],
  ['/containers/%ff/json', 'invalid-path'],
  ['/v1.40/_ping', 'client-too-old'],
  ['/v0.1/_ping', 'client-too-old'],
  ['/v1.99/_ping', 'client-too-new'],
  ['/v2.0/_ping', 'client-too-new'],
]

for (const [target, code] of refusals) {
  test(`the target ${target} is refused as ${code}`, () => {
    assert.throws(() => parseTarget(target), { name: 'PockerError', code })
  })
}

test('a target with version and query is taken apart', () => {
  const target = parseTarget('/v1.41/images/a%2Fb/json?all=1&filters=%7B%7D')
  assert.equal(target.minorVersion, 41)
  assert.deepEqual(target.segments, ['images', 'a/b', 'json'])
  assert.deepEqual(
    [...target.query],
    [
      ['all', '1'],
      ['filters', '{}'],
    ],
  )
})

test('a target without version means the newest', () => {
  assert.equal(parseTarget('/_ping').minorVersion, 47)
})

test('any target is parsed into safe segments or refused with InvalidParameter', () => {
  const piece = fc.constantFrom('/', '//', '..', '.', '%2e', '%2f', '%00', '%', 'v1.47', 'a', '?', '\\', '%c0%ae', 'é')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      try {
        const { segments } = parseTarget(pieces.join(''))
        assert.ok(segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..' && !segment.includes('\0')))
      } catch (error) {
        assert.ok(error instanceof PockerError && error.kind === 'InvalidParameter')
      }
    }),
  )
})
