import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throwsCode } from '../testing/throws-code.ts'
import type { Row } from './list.ts'
import { formatList, namesField } from './list.ts'

const rows: readonly Row[] = [
  { ID: '1', Names: 'web', Label: (name) => `v-${name}` },
  { ID: '2', Names: 'a-long-name-here', Label: () => '' },
]
const headings: Row = { ID: 'CONTAINER ID', Names: 'NAMES', Label: (name) => name }
const list = (format: string | undefined) => formatList(rows, { format, columns: ['ID', 'Names'], headings })

test('the table has the columns of the command', () =>
  assert.equal(list(undefined), 'CONTAINER ID   NAMES\n1              web\n2              a-long-name-here\n'))

test('a table of its own has the headings of its fields', () => {
  assert.equal(
    list('table {{.Names}}\\t{{.Label "x"}}\\t{{upper .ID}}'),
    'NAMES              x         CONTAINER ID\nweb                v-x       1\na-long-name-here             2\n',
  )
})

test('a template is filled in for each', () => assert.equal(list('{{.ID}}\\t{{.Names}}'), '1\tweb\n2\ta-long-name-here\n'))

for (const format of ['json', '{{json .}}']) {
  test(`${format} has all fields by name`, () =>
    assert.equal(list(format), '{"ID":"1","Names":"web"}\n{"ID":"2","Names":"a-long-name-here"}\n'))
}

test('a field that no list has is an error', () => throwsCode('template-mismatch', () => list('{{.Nope}}')))

test('an empty list still has its headings', () =>
  assert.equal(formatList([], { format: 'table', columns: ['ID'], headings }), 'CONTAINER ID\n'))

test('a format tells what it shows', () => {
  assert.deepEqual([namesField('{{.Size}}', 'Size'), namesField('{{.Sizes}}', 'Size'), namesField(undefined, 'Size')], [true, false, false])
})
