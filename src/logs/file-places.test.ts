import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostPathOf } from './file-places.ts'

const mount = (type: string, source: string, destination: string) => ({ type, source, destination, isReadOnly: false })
const MOUNTS = [
  mount('bind', '/home/me/shop', '/app'),
  mount('volume', 'cache', '/app/node_modules'),
  mount('bind', '/etc/x.conf', '/etc/x.conf'),
]

const CASES: readonly (readonly [path: string, host: string | undefined])[] = [
  ['/app/src/x.ts', '/home/me/shop/src/x.ts'],
  ['/app', '/home/me/shop'],
  ['/etc/x.conf', '/etc/x.conf'],
  // A volume covers it.
  ['/app/node_modules/a.js', undefined],
  ['/apple/x.ts', undefined],
  ['/app/../etc/shadow', undefined],
  ['/app/src/../x.ts', '/home/me/shop/x.ts'],
]
for (const [path, host] of CASES) test(path, () => assert.equal(hostPathOf(path, MOUNTS), host))

test('a mount of all', () => assert.equal(hostPathOf('/a/b', [mount('bind', '/', '/')]), '/a/b'))
