import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { framedReader, rawReader } from './output-text.ts'

function frame(stream: number, text: string): Buffer {
  const data = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(data.length, 4)
  return Buffer.concat([head, data])
}

/** The same bytes in chunks of these lengths. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (const length of lengths) {
    chunks.push(bytes.subarray(at, at + length))
    at += length
  }
  return [...chunks, bytes.subarray(at)]
}

const lengths = fc.array(fc.nat(20), { maxLength: 50 })

test('characters that are cut in two are whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), lengths, (text, where) => {
      const expected = Buffer.from(text).toString()
      const read = rawReader()
      assert.equal(cut(Buffer.from(text), where).map(read).join(''), expected)
    }),
  )
})

test('lines end as a terminal needs it, and stderr is marked until stdout goes on', () => {
  const read = framedReader()
  const bytes = Buffer.concat([frame(1, 'a\nb'), frame(2, 'c\n'), frame(2, 'd'), frame(1, 'e')])
  assert.equal(read(bytes), 'a\r\nb\x1b[3mc\r\nd\x1b[23me')
})

test('what is not in frames is an error and no garbage', () => {
  assert.throws(() => framedReader()(Buffer.from('hello, world')), { code: 'bad-answer' })
})
