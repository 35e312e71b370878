import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionsOf } from './when-clause.ts'

const examples: readonly (readonly [clause: string, conditions: readonly string[][]])[] = [
  ['a', [['a', '', '']]],
  [
    '!a && b',
    [
      ['a', '', ''],
      ['b', '', ''],
    ],
  ],
  [
    '!(a || b.c)',
    [
      ['a', '', ''],
      ['b.c', '', ''],
    ],
  ],
  ['view == pocker.x', [['view', '==', 'pocker.x']]],
  ["view=='a && b'", [['view', '==', 'a && b']]],
  [
    'viewItem =~ /a||(b\\/c)/i && d',
    [
      ['viewItem', '=~', '/a||(b\\/c)/i'],
      ['d', '', ''],
    ],
  ],
  [
    '(n >= 2) || resourceLangId in pocker.languages',
    [
      ['n', '>=', '2'],
      ['resourceLangId', 'in', 'pocker.languages'],
    ],
  ],
  ['a not in b', [['a', 'not in', 'b']]],
  ['inner', [['inner', '', '']]],
]

for (const [clause, conditions] of examples) {
  test(clause, () =>
    assert.deepEqual(
      conditionsOf(clause).map(({ key, operator, value }) => [key, operator, value]),
      conditions,
    ),
  )
}
