import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absolutePath, followedPath, linkTarget, parseCopyWord, splitPath } from './copy-paths.ts'

for (const [word, container, path] of [
  ['web:/x', 'web', '/x'],
  ['web:x:y', 'web', 'x:y'],
  ['/a:b', undefined, '/a:b'],
  ['./a:b', undefined, './a:b'],
  ['.a:b', undefined, '.a:b'],
  ['a', undefined, 'a'],
  ['-', undefined, '-'],
  [':x', '', 'x'],
] as const) {
  test(`the word ${word}`, () => assert.deepEqual(parseCopyWord(word), { container, path }))
}

for (const [path, folder, name] of [
  ['/a/b', '/a', 'b'],
  ['/a/b/', '/a', 'b'],
  ['/a/b/.', '/a/b', '.'],
  ['/a//./b', '/a', 'b'],
  ['/a/..', '/', '/'],
  ['/', '/', '/'],
  ['/.', '/', '.'],
  ['.', '.', '.'],
  ['', '.', '.'],
  ['b', '.', 'b'],
  ['/.hidden', '/', '.hidden'],
  ['/a/b.', '/a', 'b.'],
] as const) {
  test(`the parts of "${path}"`, () => assert.deepEqual(splitPath(path), { folder, name }))
}

for (const [path, absolute] of [
  ['x', '/home/me/x'],
  ['x/', '/home/me/x/'],
  ['x/.', '/home/me/x/.'],
  ['.', '/home/me/.'],
  ['..', '/home'],
  ['../', '/home/'],
  ['/', '/'],
  ['/.', '/.'],
] as const) {
  test(`"${path}" seen from /home/me`, () => assert.equal(absolutePath('/home/me', path), absolute))
}

test('a relative link starts where it lies', () => {
  assert.deepEqual([linkTarget('/a/l', '/b'), linkTarget('/a/l', 'b'), linkTarget('/a/l', '../b')], ['/b', '/a/b', '/b'])
})

for (const [link, target, path, name] of [
  ['/a/link', '/b/real', '/b/real', 'link'],
  ['/a/link/', '/b/real', '/b/real/', 'link'],
  ['/a/link/.', '/b/real', '/b/real/.', undefined],
  ['/a/same', '/b/same', '/b/same', undefined],
] as const) {
  test(`${link} that leads to ${target}`, () => assert.deepEqual(followedPath(link, target), { path, name }))
}
