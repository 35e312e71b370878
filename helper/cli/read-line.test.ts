import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineOf, secretLineOf } from './read-line.ts'
import { fakeIo } from './testing/fake-io.ts'

const TERMINAL = { terminal: { rows: 24, columns: 80 } }

test('lines are read one after the other', async () => {
  const { stdin } = fakeIo()
  stdin.end(' one \ntwo')
  assert.deepEqual([await lineOf(stdin), await lineOf(stdin), await lineOf(stdin)], ['one', 'two', ''])
})

for (const [typed, secret] of [
  ['secret\r', 'secret'],
  ['sec\u007f\u007fcret\n', 'scret'],
  ['wrong\u0015right\r', 'right'],
  ['né\u007fo\r', 'no'],
  [' kept \r', ' kept '],
  ['\u0004', ''],
] as const) {
  test(`a secret typed as ${JSON.stringify(typed)}`, async () => {
    const io = fakeIo(TERMINAL)
    io.stdin.write(typed)
    assert.equal(await secretLineOf(io.stdin), secret)
    assert.deepEqual([io.rawModes, io.written], [[true, false], { stdout: '', stderr: '' }])
  })
}

test('ctrl-c ends the question, and the terminal is as before', async () => {
  const io = fakeIo(TERMINAL)
  io.stdin.write('abc\u0003')
  await assert.rejects(secretLineOf(io.stdin), { code: 'cancelled' })
  assert.deepEqual(io.rawModes, [true, false])
})
