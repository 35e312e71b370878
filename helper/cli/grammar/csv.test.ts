import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseCsv } from './csv.ts'

test('a quoted field may hold commas and doubled quotes', () => {
  assert.deepEqual(parseCsv('a,"b,c","say ""x""",'), ['a', 'b,c', 'say "x"', ''])
})

for (const text of ['a"b', '"a', '"a"b,c']) test(`${text} is refused`, () => throwsCode('invalid-csv', () => parseCsv(text)))

test('any fields written as CSV come back', () => {
  const quote = (field: string) => `"${field.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => assert.deepEqual(parseCsv(fields.map(quote).join(',')), fields)),
  )
})
