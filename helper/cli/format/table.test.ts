import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { displayWidth, ellipsis, formatTable, LIST_TABLE } from './table.ts'

test('columns are as wide as their widest cell and three spaces, ten at least', () => {
  const table = formatTable(
    [
      ['ID', 'IMAGE NAME', 'X'],
      ['1', 'a', 'last one'],
      ['2', 'longer than it', ''],
    ],
    LIST_TABLE,
  )
  assert.equal(table, 'ID        IMAGE NAME       X\n1         a                last one\n2         longer than it   \n')
})

test('wide characters take two places', () => {
  assert.equal(
    formatTable(
      [
        ['日本語日本語', 'x'],
        ['abcdefghijkl', 'y'],
      ],
      LIST_TABLE,
    ),
    '日本語日本語   x\nabcdefghijkl   y\n',
  )
})

test('control characters cannot get out', () =>
  assert.equal(formatTable([['a\u001b[2J\u009b', 'b\nc']], LIST_TABLE), 'a\ufffd[2J\ufffd    b\ufffdc\n'))

test('the last columns of any table start at one place', () => {
  const cell = fc.stringMatching(/^[a-z ]{0,20}$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const lines = formatTable(
        rows.map(([a, b]) => [a, b, '|']),
        LIST_TABLE,
      )
        .split('\n')
        .slice(0, -1)
      assert.equal(new Set(lines.map((line) => line.length)).size, 1)
    }),
  )
})

test('a text that is cut ends in an ellipsis and fits', () => {
  assert.equal(ellipsis('/docker-entrypoint.sh nginx', 20), '/docker-entrypoint.…')
  assert.equal(ellipsis('exactly twenty chars', 20), 'exactly twenty chars')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 30 }), (text, most) =>
      assert.ok(displayWidth(ellipsis(text, most)) <= most),
    ),
  )
})
