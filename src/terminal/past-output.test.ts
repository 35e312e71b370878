import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pastText } from './past-output.ts'

const bytes = (text: string) => Buffer.from(text)

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(text.length, 4)
  return Buffer.concat([head, bytes(text)])
}

test('what the log and the connection both have is shown once', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (before, live) => {
      // A letter of its own on either side, lest the text before the connection repeats itself in it.
      const log = bytes(`${before}|\u0001`)
      const shown = pastText({ log: Buffer.concat([log, bytes(`\u0002${live}`)]), live: bytes(`\u0002${live}`), isTerminal: true })
      assert.equal(shown, log.toString())
    }),
  )
})

test('the log has gone on since', () => {
  const live = 'line of the container that is long enough to be told from others\r\n'
  assert.equal(pastText({ log: bytes(`before\r\n${live}more\r\n`), live: bytes(live), isTerminal: true }), 'before\r\n')
})

test('a log that keeps back what is not a line yet loses nothing', () => {
  assert.equal(pastText({ log: bytes('$ ls\r\nfile\r\n'), live: bytes('$ '), isTerminal: true }), '$ ls\r\nfile\r\n')
})

test('in frames, which log and connection cut differently', () => {
  const log = Buffer.concat([frame(1, 'a\nb'), frame(2, 'c\n'), frame(1, 'd')])
  const live = Buffer.concat([frame(2, 'c'), frame(2, '\n'), frame(1, 'd')])
  assert.equal(pastText({ log, live, isTerminal: false }), 'a\r\nb\x1b[23m')
})
