import assert from 'node:assert/strict'
import { constants } from 'node:fs'
import { test } from 'node:test'
import { cleanPath } from './read-path-place.ts'
import { goFileMode, goTime } from './stat-path-go.ts'

const cases: readonly (readonly [string, number, number])[] = [
  ['a file', constants.S_IFREG | 0o644, 0o644],
  ['a folder with the sticky bit', constants.S_IFDIR | 0o1777, 2147483648 + 1048576 + 0o777],
  ['a symlink', constants.S_IFLNK | 0o777, 134217728 + 0o777],
  ['a setuid program', constants.S_IFREG | 0o4755, 8388608 + 0o755],
  ['a setgid program', constants.S_IFREG | 0o2755, 4194304 + 0o755],
  ['a character device', constants.S_IFCHR | 0o666, 67108864 + 2097152 + 0o666],
  ['a block device', constants.S_IFBLK | 0o660, 67108864 + 0o660],
  ['a FIFO', constants.S_IFIFO | 0o600, 33554432 + 0o600],
  ['a socket', constants.S_IFSOCK | 0o600, 16777216 + 0o600],
]
for (const [what, mode, expected] of cases) test(`the mode of ${what}`, () => assert.equal(goFileMode(mode), expected))

test('times have the decimals they need', () => {
  assert.equal(goTime(1_700_000_000_000_000_000n), '2023-11-14T22:13:20Z')
  assert.equal(goTime(1_700_000_000_120_000_000n), '2023-11-14T22:13:20.12Z')
  assert.equal(goTime(1_700_000_000_000_000_001n), '2023-11-14T22:13:20.000000001Z')
  assert.equal(goTime(-500_000_000n), '1969-12-31T23:59:59.5Z')
})

const paths: readonly (readonly [string, string])[] = [
  ['/', '/'],
  ['.', '/.'],
  ['/.', '/.'],
  ['etc', '/etc'],
  ['/etc/', '/etc/'],
  ['/etc/.', '/etc/.'],
  ['/etc/./', '/etc/./'],
  ['../../etc', '/etc'],
  ['/a/../b//c', '/b/c'],
  ['..', '/'],
]
for (const [path, expected] of paths) test(`the path ${path} is cleaned as Docker does`, () => assert.equal(cleanPath(path), expected))
