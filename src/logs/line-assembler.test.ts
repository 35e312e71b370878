import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { frameSplitter, type Piece, splitRaw } from '../client/docker-frames.ts'
import { quickest } from '../testing/quickest.ts'
import { LineAssembler, LONGEST_SHOWN } from './line-assembler.ts'
import type { LogStream } from './log-line.ts'

const STAMP = '2026-11-28T02:04:14.123456789Z'
const TIME = 1_795_831_454_123_456_789n
const origin = { member: 0, containerId: 'c' }

function frame(stream: LogStream, text: string | Buffer): Buffer {
  const data = Buffer.from(text)
  const header = Buffer.from([stream === 'stdout' ? 1 : 2, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(data.length, 4)
  return Buffer.concat([header, data])
}

function chunksOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
}

function linesOf(chunks: readonly Buffer[], split: (chunk: Buffer) => Piece[] = frameSplitter('fail')) {
  const assembler = new LineAssembler(origin)
  const lines = chunks.flatMap((chunk) => assembler.take(split(chunk)))
  return { lines, open: assembler.open }
}

test('lines have their times and streams', () => {
  const { lines, open } = linesOf([
    frame('stdout', `${STAMP} out\n`),
    frame('stderr', `${STAMP} err\r\n`),
    frame('stdout', `${STAMP} not ended`),
  ])
  assert.deepEqual(
    lines.map(({ stream, text, time, length }) => [stream, text, time, length]),
    [
      ['stdout', 'out', TIME, 3],
      ['stderr', 'err', TIME, 3],
    ],
  )
  assert.deepEqual(
    open.map(({ text, isOpen }) => [text, isOpen]),
    [['not ended', true]],
  )
})

test('however the bytes come, the lines are the same', () => {
  const write = fc.record({
    stream: fc.constantFrom<LogStream[]>('stdout', 'stderr'),
    text: fc.string({ unit: fc.constantFrom('a', 'ü', ' ', '\n', '😀'), maxLength: 20 }),
  })
  fc.assert(
    fc.property(fc.array(write, { maxLength: 20 }), fc.integer({ min: 1, max: 50 }), fc.boolean(), (writes, size, isTerminal) => {
      const middle = { stdout: false, stderr: false }
      const expected = { stdout: '', stderr: '' }
      const frames = writes.map(({ stream: given, text }) => {
        const stream = isTerminal ? 'stdout' : given
        expected[stream] += text
        // As engines do: a time at each line's beginning, frames of whatever was written at once.
        const parts = text.split('\n').map((part, index, all) => {
          const begins = index > 0 || !middle[stream]
          const isLast = index === all.length - 1
          if (isLast && part === '') return ''
          return `${begins ? `${STAMP} ` : ''}${part}${isLast ? '' : '\n'}`
        })
        if (text !== '') middle[stream] = !text.endsWith('\n')
        return isTerminal ? Buffer.from(parts.join('')) : frame(stream, parts.join(''))
      })
      const { lines, open } = linesOf(chunksOf(Buffer.concat(frames), size), isTerminal ? splitRaw : frameSplitter('fail'))
      for (const stream of ['stdout', 'stderr'] as const) {
        const texts = lines.filter((line) => line.stream === stream).map(({ text }) => text)
        const rest = open.filter((line) => line.stream === stream).map(({ text }) => text)
        assert.deepEqual([...texts, rest[0] ?? ''], expected[stream].split('\n'))
      }
      assert.ok(lines.every(({ time }) => time === TIME))
    }),
  )
})

test('the times that dockerd puts within long lines are no part of them', () => {
  const part = 'x'.repeat(16_384)
  const { lines } = linesOf([frame('stdout', `${STAMP} ${part}`), frame('stdout', `${STAMP} ${part}`), frame('stdout', `${STAMP} end\n`)])
  assert.deepEqual(
    lines.map(({ length, isCut }) => [length, isCut]),
    [[2 * 16_384 + 3, true]],
  )
})

test('nor are those in the log of a terminal, however the bytes come', () => {
  const part = 'x'.repeat(16_384)
  const all = Buffer.from(`${STAMP} ${part}${STAMP} ${part}${STAMP} end\r\n${STAMP} next\r\n`)
  for (const size of [10, 1000, 16_384, 16_415, 100_000]) {
    const { lines } = linesOf(chunksOf(all, size), splitRaw)
    assert.deepEqual(
      lines.map(({ length }) => length),
      [2 * 16_384 + 3, 4],
    )
  }
})

test('what looks like a time at the beginning of a frame is text where nothing was cut', () => {
  const { lines } = linesOf([frame('stdout', `${STAMP} a `), frame('stdout', `${STAMP} b\n`)])
  assert.equal(lines[0]?.text, `a ${STAMP} b`)
})

test('a line of ten megabytes is cut, and its length told', () => {
  const line = Buffer.concat([Buffer.from(`${STAMP} `), Buffer.alloc(10_000_000, 'x'), Buffer.from('\nnext\n')])
  const read = () => linesOf(chunksOf(line, 65_536), splitRaw)
  assert.deepEqual(
    read().lines.map(({ text, length, isCut }) => [text.length, length, isCut]),
    [
      [LONGEST_SHOWN, 10_000_000, true],
      [4, 4, false],
    ],
  )
  assert.ok(quickest(1000, read) < 1000)
})

test('of a progress bar of any length the last state is left', () => {
  const bars = Array.from({ length: 5000 }, (_, index) => `${index} of 5000 `)
  for (const size of [7, 100, 65_536, 1_000_000]) {
    const bytes = Buffer.from(`${STAMP} ${bars.join('\r')}\r\n`)
    const { lines } = linesOf(chunksOf(bytes, size), splitRaw)
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['4999 of 5000 '],
    )
  }
})

test('bytes that are no UTF-8 are shown as such', () => {
  const { lines } = linesOf([frame('stdout', Buffer.concat([Buffer.from(`${STAMP} a`), Buffer.from([0xff, 0xc3, 0x0a])]))])
  assert.equal(lines[0]?.text, 'a\ufffd\ufffd')
})

test('what is not in frames is refused', () => {
  assert.throws(() => linesOf([Buffer.from('plain text that is no frame\n')]), { code: 'bad-answer' })
})

test('times of other engines: with a zone, with fewer digits, or none at all', () => {
  const { lines } = linesOf([Buffer.from('2026-11-28T03:04:14.123456789+01:00 a\n2026-11-28T02:04:14Z b\nno time\n')], splitRaw)
  assert.deepEqual(
    lines.map(({ text, time }) => [text, time]),
    [
      ['a', TIME],
      ['b', TIME - 123_456_789n],
      ['no time', TIME - 123_456_789n],
    ],
  )
})
