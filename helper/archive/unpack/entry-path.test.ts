import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../../api/errors.ts'
import { baseOf, cleanPath, parentOf, readWhiteout } from './entry-path.ts'

function refuses(run: () => unknown, code: string): void {
  assert.throws(run, (error) => error instanceof PockerError && error.code === code)
}

test('a name is cleaned as Go cleans it, or leads out', () => {
  const name = fc
    .array(fc.constantFrom('', '.', '..', 'a', 'bc', '...', '..x', '.wh.y'), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join('/'))
  const check = (text: string) => {
    const wanted = posix.normalize(`./${text}`).replace(/\/$/, '')
    if (wanted === '..' || wanted.startsWith('../')) refuses(() => cleanPath(text), 'bad-archive')
    else assert.equal(cleanPath(text), wanted === '.' ? '' : wanted)
  }
  fc.assert(fc.property(name, check), { numRuns: 1000 })
})

test('a path has at most 4095 bytes', () => {
  assert.equal(cleanPath('a'.repeat(4095)).length, 4095)
  refuses(() => cleanPath('a'.repeat(4096)), 'archive-path-too-long')
})

test('a path is split at its last slash', () => {
  assert.deepEqual([parentOf('a/b/c'), baseOf('a/b/c'), parentOf('a'), baseOf('a'), baseOf('')], ['a/b', 'c', '', 'a', ''])
})

test('whiteouts aim at a name in their own folder', () => {
  assert.deepEqual(readWhiteout('a/.wh.b'), { kind: 'removed', path: 'a/b' })
  assert.deepEqual(readWhiteout('.wh.b'), { kind: 'removed', path: 'b' })
  assert.deepEqual(readWhiteout('a/.wh..wh..opq'), { kind: 'opaque', path: 'a' })
  assert.deepEqual(readWhiteout('.wh..wh..opq'), { kind: 'opaque', path: '' })
  assert.deepEqual(readWhiteout('.wh..wh.plnk/x'), { kind: 'ignored' })
  assert.deepEqual(readWhiteout('a/x.wh.b'), { kind: 'none' })
  for (const path of ['.wh.', 'a/.wh.', '.wh..', '.wh...', 'a/.wh.../x', '.wh.x/y']) refuses(() => readWhiteout(path), 'bad-archive')
})
