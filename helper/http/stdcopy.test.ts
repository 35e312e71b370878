import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createTimestamper, frame } from './stdcopy.ts'
import { formatNanoseconds } from './timestamp.ts'

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40_000 })

/** Docker's own reader, as its documentation describes it. */
function demultiplex(stream: Buffer): { stream: number; data: Buffer }[] {
  if (stream.length === 0) return []
  const length = stream.readUInt32BE(4)
  return [{ stream: stream.readUInt8(0), data: stream.subarray(8, 8 + length) }, ...demultiplex(stream.subarray(8 + length))]
}

test('framed chunks read back as they were', () => {
  const chunk = fc.record({ stream: fc.constantFrom(1 as const, 2 as const), data: bytes })
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 10 }), (chunks) => {
      const written = Buffer.concat(chunks.flatMap(({ stream, data }) => frame(stream, data)))
      assert.deepEqual(
        demultiplex(written),
        chunks.map(({ stream, data }) => ({ stream, data: Buffer.from(data) })),
      )
    }),
    { numRuns: 30 },
  )
})

test('a long chunk is not copied', () => {
  const data = new Uint8Array(100_000)
  assert.equal(frame(1, data)[1], data)
})

test('each line is stamped once, at its beginning, with interleaved streams and lines in pieces', () => {
  const stamp = createTimestamper()
  const text = (stream: 1 | 2, data: string, time: bigint) => Buffer.from(stamp({ stream, data: Buffer.from(data), time })).toString()
  const [first, second] = [formatNanoseconds(1n), formatNanoseconds(2n)]
  assert.equal(text(1, 'a\nb', 1n), `${first} a\n${first} b`)
  assert.equal(text(2, 'e\n', 2n), `${second} e\n`)
  assert.equal(text(1, 'c\nd\n', 2n), `c\n${second} d\n`)
  assert.equal(text(1, '\n', 2n), `${second} \n`)
  assert.equal(text(1, '', 2n), '')
})

test('stamped lines do not depend on how the output was cut', () => {
  const output = fc.array(fc.constantFrom('\n', 'a', 'bc'), { maxLength: 30 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(output, fc.integer({ min: 1, max: 7 }), (text, size) => {
      const whole = createTimestamper()
      const cut = createTimestamper()
      const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
      const stamped = pieces.map((piece) => Buffer.from(cut({ stream: 1, data: Buffer.from(piece), time: 5n })))
      assert.deepEqual(Buffer.concat(stamped), Buffer.from(whole({ stream: 1, data: Buffer.from(text), time: 5n })))
    }),
  )
})
