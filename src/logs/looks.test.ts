import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanLine } from './clean-line.ts'
import { looksOf } from './looks.ts'
import { PLAIN } from './sgr.ts'

function looks(text: string, prefix = 0): string[] {
  const clean = cleanLine(text, PLAIN)
  const line = { member: 1, containerId: 'c', stream: 'stdout', time: 0n, ...clean, length: 0, isCut: false, isOpen: false } as const
  return looksOf({ kind: 'line', line, offset: prefix, prefix }).map(
    ({ look, start, end }) => `${start}-${end} ${Object.values(look.options).join(' ')}`,
  )
}

test('colours of the theme, of the cube and greys', () => {
  assert.deepEqual(looks('\u001b[31ma\u001b[0;94mb\u001b[0;38;5;196mc\u001b[0;48;5;244md'), [
    '0-1 terminal.ansiRed',
    '1-2 terminal.ansiBrightBlue',
    '2-3 #ff0000',
    '3-4 #808080',
  ])
})

test('attributes come beside colours, and reversed ones change places', () => {
  assert.deepEqual(looks('\u001b[1;4;32ma'), ['0-1 terminal.ansiGreen', '0-1 bold', '0-1 underline'])
  assert.deepEqual(looks('\u001b[7ma\u001b[33mb'), [
    '0-1 editor.background',
    '0-1 editor.foreground',
    '1-2 editor.background',
    '1-2 terminal.ansiYellow',
  ])
})

test('the name before a line has a colour of its own, and the line stays where it is', () => {
  assert.deepEqual(looks('\u001b[31ma', 6), ['0-6 terminal.ansiYellow', '6-7 terminal.ansiRed'])
})
