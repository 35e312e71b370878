import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Piece } from '../client/docker-frames.ts'
import { LONGEST_SHOWN } from './line-assembler.ts'
import { type IntakeLimits, LineIntake } from './line-intake.ts'
import type { LogStream } from './log-line.ts'

const STAMP = '2026-11-28T02:04:14.123456789Z '
const piece = (text: string, stream: LogStream = 'stdout'): Piece => ({ stream, bytes: Buffer.from(text), isStart: false })
const intakeOf = (limits: IntakeLimits) => new LineIntake({ member: 0, containerId: 'c' }, limits)
const textsOf = (lines: readonly { text: string }[]) => lines.map(({ text }) => text)

test('what fits is taken as it came', () => {
  const intake = intakeOf({ bytes: 1000, lines: 10 })
  intake.add([piece('a\nb'), piece('c\nd')])
  assert.deepEqual({ ...intake.take(), lines: 0 }, { lines: 0, skipped: 0 })
  intake.add([piece('e\n')])
  assert.deepEqual(textsOf(intake.take().lines), ['de'])
})

test('of too many lines the newest are kept, and the others counted', () => {
  const intake = intakeOf({ bytes: 1000, lines: 2 })
  intake.add([piece('1\n2\n'), piece('3\n4\n5\n')])
  const { lines, skipped } = intake.take()
  assert.deepEqual(textsOf(lines), ['4', '5'])
  assert.equal(skipped, 3)
})

test('a long line is no reason to drop others, nor to be dropped', () => {
  const intake = intakeOf({ bytes: 100_000, lines: 10 })
  intake.add([piece('before\n')])
  for (let index = 0; index < 1000; index++) intake.add([piece('x'.repeat(1000))])
  intake.add([piece('\nafter\n')])
  const { lines, skipped } = intake.take()
  assert.deepEqual(
    lines.map(({ text, length }) => [text.slice(0, 6), length]),
    [
      ['before', 6],
      ['xxxxxx', 1_000_000],
      ['after', 5],
    ],
  )
  assert.equal(skipped, 0)
})

test('long lines one after the other are dropped for what they hold', () => {
  const intake = intakeOf({ bytes: 5 * LONGEST_SHOWN, lines: 100 })
  for (let index = 0; index < 50; index++) intake.add([piece(`${'x'.repeat(2 * LONGEST_SHOWN)}\n`)])
  const { lines, skipped } = intake.take()
  assert.equal(lines.length, 5)
  assert.equal(skipped, 45)
})

test('a line of which a part was dropped is dropped', () => {
  const intake = intakeOf({ bytes: 16, lines: 2 })
  intake.add([piece('1\n2\n3\n4\nbegin')])
  intake.add([piece(' and end\n5\n')])
  const { lines, skipped } = intake.take()
  assert.deepEqual(textsOf(lines), ['begin and end', '5'])
  assert.equal(skipped, 4)
})

test('whatever comes: the newest lines of the stream, whole, and none is uncounted', () => {
  const streams = ['stdout', 'stderr'] as const
  const writes = fc.array(
    fc.record({
      stream: fc.constantFrom<LogStream[]>(...streams),
      text: fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\n'), minLength: 1, maxLength: 12 }),
      takes: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(writes, (all) => {
      const intake = intakeOf({ bytes: 20, lines: 4 })
      const written = { stdout: [''], stderr: [''] }
      const taken: { stream: LogStream; text: string }[] = []
      let skipped = 0
      const ends = streams.map((stream) => ({ stream, text: '\n', takes: true }))
      for (const { stream, text, takes } of [...all, ...ends]) {
        intake.add([piece(text, stream)])
        const parts = text.split('\n')
        written[stream].push(`${written[stream].pop() ?? ''}${parts[0] ?? ''}`, ...parts.slice(1))
        if (!takes) continue
        const took = intake.take()
        assert.ok(took.lines.length <= 4)
        taken.push(...took.lines)
        skipped += took.skipped
      }
      assert.equal(taken.length + skipped, written.stdout.length + written.stderr.length - 2)
      for (const stream of streams) {
        let at = -1
        for (const { text } of taken.filter((line) => line.stream === stream)) {
          at = written[stream].indexOf(text, at + 1)
          assert.notEqual(at, -1, `${JSON.stringify(text)} is no line of ${JSON.stringify(written[stream])}, or out of order`)
        }
      }
    }),
    { numRuns: 1000 },
  )
})

test('ten million short lines are counted in a moment', () => {
  const intake = intakeOf({ bytes: 4 << 20, lines: 10_000 })
  const chunk = Buffer.from('x\n'.repeat(32_768))
  const begin = performance.now()
  for (let index = 0; index < 305; index++) intake.add([{ stream: 'stdout', bytes: chunk, isStart: false }])
  const { lines, skipped } = intake.take()
  assert.equal(lines.length, 10_000)
  assert.equal(skipped, 305 * 32_768 - 10_000)
  assert.ok(performance.now() - begin < 4_000)
})

test('times are read across what is dropped', () => {
  const intake = intakeOf({ bytes: 150, lines: 1 })
  for (let index = 0; index < 20; index++) intake.add([piece(STAMP.slice(0, 10)), piece(`${STAMP.slice(10)}line ${index}\n`)])
  assert.deepEqual(
    intake.take().lines.map(({ text, time }) => [text, time > 0n]),
    [['line 19', true]],
  )
})
