import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { progressBar } from './bar.ts'
import type { TerminalSize } from './display.ts'
import { plainDisplay, terminalDisplay } from './display.ts'
import { readMessage } from './message.ts'

const WIDE = { height: 24, width: 120 }

const PULL = [
  { status: 'Pulling from library/busybox', id: 'latest' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'aaa' },
  { status: 'Pulling fs layer', progressDetail: {}, id: 'bbb' },
  { status: 'Downloading', progressDetail: { current: 1234567, total: 4300000 }, progress: '[=>]', id: 'aaa' },
  { status: 'Downloading', progressDetail: { current: 300, total: 200 }, id: 'bbb' },
  { status: 'Pull complete', progressDetail: {}, id: 'aaa' },
  { status: 'Status: Downloaded newer image' },
].map(readMessage)

// Recorded from Docker's own command line (28.2).
test('without a terminal there is a line for each message that does not only count', () => {
  const display = plainDisplay()
  assert.equal(
    PULL.map((message) => display.show(message, WIDE)).join(''),
    'latest: Pulling from library/busybox\naaa: Pulling fs layer\nbbb: Pulling fs layer\naaa: Pull complete\nStatus: Downloaded newer image\n',
  )
})

test('on a terminal each layer has a line of its own', () => {
  assert.deepEqual(screenOf(PULL, WIDE), [
    'latest: Pulling from library/busybox',
    'aaa: Pull complete',
    'bbb: Downloading [==================================================>]     300B',
    'Status: Downloaded newer image',
    '',
  ])
})

test('a message without a line of its own ends the block', () => {
  const again = { status: 'Waiting', progressDetail: {}, id: 'aaa' }
  const messages = [...PULL, readMessage(again)]
  assert.deepEqual(screenOf(messages, WIDE).slice(-3), ['Status: Downloaded newer image', 'aaa: Waiting', ''])
})

test('lines that have scrolled away are left alone', () => {
  const layers = Array.from({ length: 6 }, (_, index) => readMessage({ id: `l${index}`, status: 'Waiting', progressDetail: {} }))
  const news = readMessage({ id: 'l0', status: 'Done', progressDetail: {} })
  const size = { height: 4, width: 80 }
  const display = terminalDisplay()
  for (const layer of layers) display.show(layer, size)
  assert.equal(display.show(news, size), '')
  assert.notEqual(display.show(readMessage({ id: 'l3', status: 'Done', progressDetail: {} }), size), '')
})

test('when the terminal becomes narrower all lines are drawn again', () => {
  const size = { height: 24, width: 30 }
  const display = terminalDisplay()
  const messages = ['aaa', 'bbb'].map((id) => readMessage({ id, status: 'x'.repeat(50), progressDetail: {} }))
  for (const message of messages) display.show(message, WIDE)
  const text = display.show(readMessage({ id: 'bbb', status: 'Done', progressDetail: {} }), size)
  // Two lines of 56 positions have become four rows.
  assert.equal(text.startsWith(`\u001b[4A\r\u001b[Jaaa: ${'x'.repeat(24)}\r\nbbb: ${'x'.repeat(24)}\r\n`), true, JSON.stringify(text))
})

for (const [detail, width, text] of [
  [{}, 120, ''],
  [{ current: 5 }, 120, '      5B'],
  [{ current: 3, units: 's' }, 120, '3 s'],
  [{ current: 50, total: 100 }, 120, `[${'='.repeat(25)}>${' '.repeat(25)}]      50B/100B`],
  [{ current: 50, total: 100 }, 110, '     50B/100B'],
  [{ current: 300, total: 200 }, 80, '    300B'],
  [{ current: 1, total: 4, units: 'files' }, 80, '1/4 files'],
] as const) {
  test(`${JSON.stringify(detail)} at ${width}`, () => assert.equal(progressBar(detail, width), text))
}

test('control characters and line ends of a registry cannot move the cursor', () => {
  const message = readMessage({ id: 'a\u001b[9A', status: 'x\ny\r', progressDetail: {} })
  const text = terminalDisplay().show(message, WIDE)
  assert.equal(text, '\u001b[2Ka\ufffd[9A: x y\ufffd \r\n')
})

test('what is no message shows nothing harmful', () => {
  for (const value of [null, 5, 'x', [], { id: 5, status: {}, progressDetail: 'x', errorDetail: null }]) {
    assert.equal(terminalDisplay().show(readMessage(value), WIDE), '\n')
  }
})

test('any work ends with the last state of each layer, below each other', () => {
  const step = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    status: fc.constantFrom('Waiting', 'Downloading', 'x'.repeat(70)),
    current: fc.nat(1000),
  })
  const size = fc.record({ height: fc.integer({ min: 6, max: 40 }), width: fc.integer({ min: 5, max: 150 }) })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), size, (steps, terminal) => {
      const messages = steps.map(({ id, status, current }) => readMessage({ id, status, progressDetail: { current, total: 1000 } }))
      const last = new Map(
        steps.map(({ id, status, current }) => [id, `${id}: ${status} ${progressBar({ current, total: 1000 }, terminal.width)}`]),
      )
      const order = [...new Set(steps.map(({ id }) => id))]
      const expected = order.map((id) => (last.get(id) ?? '').slice(0, terminal.width - 1).trimEnd())
      assert.deepEqual(screenOf(messages, terminal), [...expected, ''])
    }),
    { numRuns: 200 },
  )
})

/** What a terminal shows: enough of one for what the display writes. */
function screenOf(messages: readonly ReturnType<typeof readMessage>[], size: TerminalSize): string[] {
  const display = terminalDisplay()
  const text = messages.map((message) => display.show(message, size)).join('')
  const rows: string[] = ['']
  let row = 0
  let column = 0
  for (const [token] of text.replaceAll('\u001b', '␛').matchAll(/␛\[\d*[A-Z]|[\s\S]/g)) {
    const count = Number(/\d+/.exec(token)?.[0] ?? 1)
    if (token === '␛[2K') rows[row] = ''
    else if (token === '␛[J') rows.splice(row + 1)
    else if (/^␛\[\d+A$/.test(token)) row -= count
    else if (/^␛\[\d+B$/.test(token)) row += count
    else if (token === '\r') column = 0
    else if (token === '\n') {
      // A terminal's own line end, and what the driver makes of it.
      row++
      column = 0
      rows[row] ??= ''
    } else {
      rows[row] = `${(rows[row] ?? '').padEnd(column).slice(0, column)}${token}${(rows[row] ?? '').slice(column + 1)}`
      column++
      assert.ok(column < size.width, 'the cursor is at the edge')
    }
    assert.ok(row >= 0 && row < rows.length, 'the cursor is off the screen')
  }
  return rows.map((line) => line.trimEnd())
}
