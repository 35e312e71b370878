import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PrivateModes } from './private-modes.ts'

function undoOf(...texts: string[]): string {
  const modes = new PrivateModes()
  for (const text of texts) modes.follow(text)
  return modes.undo()
}

test('what a program has set and not taken back is taken back', () => {
  assert.equal(undoOf('\x1b[?1049h\x1b[?25l', '\x1b[?1000;1006hx'), '\x1b[?1049l\x1b[?1000l\x1b[?1006l\x1b[!p\x1b[?25h')
})

test('what was taken back, or never set, is left alone', () => {
  assert.equal(undoOf('\x1b[?1049h\x1b[?25l', 'x\x1b[?25h\x1b[?1049l'), '\x1b[!p')
  assert.equal(undoOf('plain \x1b[31mred\x1b[?7h'), '\x1b[!p')
})

test('a setting that is cut in two is seen', () => {
  assert.equal(undoOf('x\x1b[?104', '9h'), '\x1b[?1049l\x1b[!p')
})
