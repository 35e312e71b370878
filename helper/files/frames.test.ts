import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameReader, frameHead } from './frames.ts'

function encode(id: number, message: unknown, payload: Uint8Array): Buffer {
  return Buffer.concat([frameHead(id, message, payload.length), payload])
}

const frame = fc.record({ id: fc.nat(), message: fc.jsonValue(), payload: fc.uint8Array({ maxLength: 50 }) })

test('frames come out as they went in, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat({ max: 40 })), (frames, cuts) => {
      let rest = Buffer.concat(frames.map(({ id, message, payload }) => encode(id, message, payload)))
      const reader = new FrameReader()
      const read = []
      for (const length of [...cuts, rest.length]) {
        read.push(...reader.add(rest.subarray(0, length)))
        rest = rest.subarray(length)
      }
      assert.deepEqual(
        read.map(({ id, message, payload }) => ({ id, message, payload: [...payload] })),
        frames.map(({ id, message, payload }) => ({ id, message: JSON.parse(JSON.stringify(message)), payload: [...payload] })),
      )
    }),
  )
})

test('what is no frame is refused and not waited for', () => {
  for (const head of [
    [0xffffffff, 0, 0],
    [3, 0, 0],
    [8, 0, 1],
  ]) {
    const bytes = Buffer.from(new Uint32Array(head).buffer)
    assert.throws(() => new FrameReader().add(bytes), RangeError)
  }
})
