import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from '../client/engine-error.ts'
import { fileErrorKind, isOfOneFile } from './file-errors.ts'

const kinds: readonly (readonly [code: string, status: number | undefined, kind: string])[] = [
  ['no-such-file', 404, 'FileNotFound'],
  ['no-such-container', 404, 'FileNotFound'],
  ['no-such-layer', 404, 'FileNotFound'],
  ['no-such-host', undefined, 'Unavailable'],
  ['not-found', 404, 'FileNotFound'],
  ['file-exists', 409, 'FileExists'],
  ['folder-not-empty', 409, 'FileExists'],
  ['is-a-folder', 400, 'FileIsADirectory'],
  ['not-a-folder', 400, 'FileNotADirectory'],
  ['read-only-files', 403, 'NoPermissions'],
  ['permission-denied', 403, 'NoPermissions'],
  ['needs-pocker', undefined, 'NoPermissions'],
  ['engine-not-there', undefined, 'Unavailable'],
  ['connection-lost', undefined, 'Unavailable'],
  ['no-space', 503, 'Unavailable'],
  ['files-interrupted', 409, 'Unavailable'],
  ['too-large-to-open', undefined, 'Unavailable'],
  ['whatever', 500, 'Unavailable'],
]
for (const [code, status, kind] of kinds) {
  test(`${code} is ${kind} to an editor`, () => {
    assert.equal(fileErrorKind(new EngineError(code, 'x', status === undefined ? {} : { status })), kind)
  })
}

test('what is not an engine’s error is no reason to take a file for deleted', () => {
  for (const error of [new Error('x'), 'x', undefined, Object.assign(new Error('x'), { code: 'ENOENT' })]) {
    assert.equal(fileErrorKind(error), 'Unavailable')
  }
})

test('of many files the others are tried after what is of one alone', () => {
  const isOf = (code: string) => isOfOneFile(new EngineError(code, 'x'))
  assert.deepEqual(['permission-denied', 'no-such-file', 'path-busy', 'name-too-long'].map(isOf), [true, true, true, true])
  assert.deepEqual(['no-space', 'connection-lost', 'no-such-container', 'needs-pocker', 'cancelled'].map(isOf), [
    false,
    false,
    false,
    false,
    false,
  ])
})
