import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutReports } from './terminal-reports.ts'

test('answers of a terminal are left out', () => {
  for (const report of [
    '\x1b[?1;2c',
    '\x1b[>0;276;0c',
    '\x1b[0n',
    '\x1b[12;40R',
    '\x1b[?2026;2$y',
    '\x1b[8;24;80t',
    '\x1b[?1u',
    '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
    '\x1b]10;rgb:cccc/cccc/cccc\x07',
    '\x1bP1$r0m\x1b\\',
    '\x1bP>|xterm.js(5.6.0)\x1b\\',
  ])
    assert.equal(withoutReports(`a${report}b`), 'ab', JSON.stringify(report))
})

test('keys are left in', () => {
  for (const keys of ['ls\r', '\x1b[A', '\x1b[1;5C', '\x1bOP', '\x1b', '\x1bb', '\x1b[200~a b\x1b[201~', '\x1b[I', '\x1b[<0;1;1M', '\x03'])
    assert.equal(withoutReports(keys), keys, JSON.stringify(keys))
})
