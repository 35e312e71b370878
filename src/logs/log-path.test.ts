import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type LogName, logPath, parseLogPath } from './log-path.ts'

test('names are paths, and paths names', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => name.isWellFormed())
  const plain = { noNullPrototype: true } as const
  const name = fc.oneof(
    fc.record({ kind: fc.constant('container' as const), hostId: text, name: text }, plain),
    fc.record({ kind: fc.constant('project' as const), hostId: text, project: text }, plain),
    fc.record({ kind: fc.constant('several' as const), hostId: text, names: fc.array(text, { minLength: 1, maxLength: 3 }) }, plain),
  )
  fc.assert(
    fc.property(name, (log: LogName) => {
      assert.deepEqual(parseLogPath(logPath(log)), log)
    }),
  )
})

test('the usual ones are as people expect', () => {
  assert.equal(logPath({ kind: 'container', hostId: 'local', name: 'web' }), '/Pocker/local/web.log')
  assert.equal(logPath({ kind: 'project', hostId: 'ssh:box', project: 'shop' }), '/Pocker/ssh:box/project/shop.log')
  assert.equal(logPath({ kind: 'container', hostId: 'local', name: '../../etc' }), '/Pocker/local/..%2F..%2Fetc.log')
})

test('other paths are none', () => {
  for (const path of [
    '',
    '/',
    '/Pocker',
    '/Pocker/local',
    '/Pocker/local/web',
    '/x/local/web.log',
    '/Pocker/local/other/web.log',
    '/Pocker/local/%.log',
  ])
    assert.equal(parseLogPath(path), undefined)
})
