import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { frameSplitter, splitRaw } from './docker-frames.ts'

function frame(stream: number, text: string): Buffer {
  const data = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(data.length, 4)
  return Buffer.concat([head, data])
}

test('frames that are cut anywhere are put together, each stream by itself, and it is known where each began', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(0, 1, 2), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(frames, fc.array(fc.nat(20), { maxLength: 50 }), (written, lengths) => {
      const split = frameSplitter('fail')
      let rest = Buffer.concat(written.map(([stream, text]) => frame(stream, text)))
      const read: [stream: string, text: string][] = []
      for (const length of [...lengths, rest.length]) {
        for (const { stream, bytes, isStart } of split(new Uint8Array(rest.subarray(0, length)))) {
          const last = read.at(-1)
          if (isStart || last === undefined) read.push([stream, bytes.toString('latin1')])
          else last[1] += bytes.toString('latin1')
        }
        rest = rest.subarray(length)
      }
      assert.deepEqual(
        read,
        written.map(([stream, text]) => [stream === 2 ? 'stderr' : 'stdout', Buffer.from(text).toString('latin1')]),
      )
    }),
  )
})

test('a message of the engine itself is an error, or is shown', () => {
  const bytes = Buffer.concat([frame(1, 'a'), frame(3, 'the log is broken')])
  assert.throws(() => frameSplitter('fail')(bytes), { code: 'engine-failed', message: 'the log is broken' })
  const shown = frameSplitter('show')(bytes).map(({ stream, bytes: its }) => [stream, its.toString()])
  assert.deepEqual(shown, [
    ['stdout', 'a'],
    ['stderr', 'the log is broken'],
  ])
})

test('what is in no frames is refused; without frames all is one stream', () => {
  const text = Buffer.from('hello, world')
  assert.throws(() => frameSplitter('show')(text), { code: 'bad-answer' })
  assert.deepEqual(splitRaw(text), [{ stream: 'stdout', bytes: text, isStart: true }])
})
