import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogLine } from './log-line.ts'
import { LogWindow } from './log-window.ts'

const lineOf = (time: number, member = 0): LogLine => ({
  member,
  containerId: 'c',
  stream: 'stdout',
  time: BigInt(time),
  text: `${time}`.padStart(9),
  marks: [],
  length: 9,
  isCut: false,
  isOpen: false,
})
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => lineOf(from + index))
const times = (window: LogWindow) => window.entries.map(({ time }) => Number(time))

test('little more than the limits is let in before it is cut back to them, at the end that is asked for', () => {
  const window = new LogWindow({ lines: 10, characters: 1000 })
  window.append(lines(0, 14))
  assert.equal(window.cutBegin(), 0)
  window.append(lines(14, 15))
  assert.equal(window.cutBegin(), 5)
  assert.deepEqual([times(window)[0], window.first?.time, window.isBegin], [5, 5n, false])
  window.reset({ lines: lines(20, 30), isBegin: false, isEnd: true })
  assert.equal(window.prepend({ lines: lines(15, 20), isBegin: true }), true)
  assert.deepEqual([times(window).at(-1), window.last?.time, window.isEnd, window.isBegin], [24, 24n, false, true])
})

test('characters are a limit too', () => {
  const window = new LogWindow({ lines: 1000, characters: 100 })
  window.append(lines(0, 15))
  assert.equal(window.cutBegin(), 5)
})

test('what is not shown has been looked at all the same', () => {
  const window = new LogWindow()
  window.append(lines(0, 10), lines(3, 4))
  assert.deepEqual([window.first?.time, window.last?.time, times(window)], [0n, 9n, [3]])
  window.prepend({ lines: lines(-5, 0), isBegin: false }, [])
  assert.equal(window.first?.time, -5n)
})

test('lines of several logs are in the order of their times, however late one of them comes', () => {
  const batches = fc.array(fc.array(fc.record({ time: fc.nat(50), member: fc.nat(2) }), { maxLength: 6 }), { maxLength: 8 })
  fc.assert(
    fc.property(batches, (all) => {
      const window = new LogWindow()
      for (const batch of all) window.merge(batch.map(({ time, member }) => lineOf(time, member)))
      const wanted = all.flat().map(({ time }) => time)
      assert.deepEqual(
        times(window),
        wanted.sort((one, other) => one - other),
      )
      const last = wanted.at(-1)
      assert.equal(window.last?.time, last === undefined ? undefined : BigInt(last))
    }),
  )
})
