import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { quickest } from '../testing/quickest.ts'
import { cleanLine } from './clean-line.ts'
import { PLAIN, styleOf } from './sgr.ts'

const ESC = '\u001b'

/** The text, and each styled part as `part: style`. */
function clean(line: string): { text: string; styled: string[] } {
  const { text, marks } = cleanLine(line, PLAIN)
  const words = (style: number) => {
    const { foreground, background, attributes } = styleOf(style)
    return [
      ...(foreground === undefined ? [] : [`f${foreground}`]),
      ...(background === undefined ? [] : [`b${background}`]),
      ...(attributes === 0 ? [] : [`a${attributes}`]),
    ].join(' ')
  }
  return { text, styled: marks.map(({ start, end, style }) => `${text.slice(start, end)}: ${words(style)}`) }
}

const STYLED: readonly (readonly [what: string, line: string, text: string, ...styled: string[]])[] = [
  ['colours of the theme', `${ESC}[31merr${ESC}[0m ok ${ESC}[92;44mx${ESC}[39my${ESC}[m`, 'err ok xy', 'err: f1', 'x: f10 b4', 'y: b4'],
  ['attributes', `${ESC}[1;4ma${ESC}[24mb${ESC}[22;2mc${ESC}[9;7;3md`, 'abcd', 'a: a9', 'b: a1', 'c: a2', 'd: a54'],
  ['256 colours', `${ESC}[38;5;196ma${ESC}[48;5;21;1mb`, 'ab', 'a: f196', 'b: f196 b21 a1'],
  [
    'true colours are brought to 256',
    `${ESC}[38;2;255;0;0ma${ESC}[38:2::0:0:255mb${ESC}[38;2;10;10;10mc`,
    'abc',
    'a: f196',
    'b: f21',
    'c: f232',
  ],
  ['colours that are none', `${ESC}[38;5;300ma${ESC}[38;2;1;2mb${ESC}[38mc${ESC}[>4md`, 'abcd'],
  ['a background of an attribute off', `${ESC}[4:3ma${ESC}[4:0mb`, 'ab', 'a: a8'],
]
for (const [what, line, text, ...styled] of STYLED) test(what, () => assert.deepEqual(clean(line), { text, styled }))

const TEXTS: readonly (readonly [what: string, line: string, text: string])[] = [
  ['other sequences go', `${ESC}[2J${ESC}[10;5Ha${ESC}(Bb${ESC}=c${ESC}[?25ld`, 'abcd'],
  [
    'titles and links go, their text stays',
    `${ESC}]0;title\u0007a${ESC}]8;;http://x\u001b\\link${ESC}]8;;\u001b\\${ESC}Pq#0\u001b\\b`,
    'alinkb',
  ],
  ['a title that does not end takes nothing along', `${ESC}]0;all of this`, '0;all of this'],
  ['carriage returns: the last state', '10%\r50%\r100%\r', '100%'],
  ['lines erased and columns gone to: the last state', `|${ESC}[2K${ESC}[1G/${ESC}[G-`, '-'],
  ['backspaces', 'ab\bc \b\b\b\b\b\bx😀\by', 'xy'],
  ['controls are pictures, tabs stay', 'a\u0000\t\u0001\u007f', 'a\u2400\t\u2401\u2421'],
  ['what deceives is marked', 'a\u202eb\u2066c\u2028d\u0085e', 'a\ufffdb\ufffdc\ufffdd\ufffde'],
  ['C1 sequences', '\u009b31ma\u009b0mb', 'ab'],
]
for (const [what, line, text] of TEXTS) test(what, () => assert.equal(cleanLine(line, PLAIN).text, text))

test('a style goes on in the next line', () => {
  const { style } = cleanLine(`${ESC}[31mError: x`, PLAIN)
  const { marks, text } = cleanLine('    at f', style)
  assert.deepEqual(marks, [{ start: 0, end: text.length, style }])
})

const hostile = fc.string({
  unit: fc.constantFrom(
    ESC,
    '[',
    ']',
    'm',
    ';',
    ':',
    '3',
    '8',
    '1',
    '\u0007',
    '\\',
    'a',
    'é',
    '😀',
    '\r',
    '\b',
    '\u0000',
    '\u009b',
    '\u202e',
    '\t',
    'P',
    '2',
    'K',
  ),
  maxLength: 60,
})

test('whatever comes, the text has no controls and the marks are in order', () => {
  fc.assert(
    fc.property(hostile, (line) => {
      const { text, marks } = cleanLine(line, PLAIN)
      assert.doesNotMatch(text, /(?!\t)\p{Cc}|[\u2028-\u202e\u2066-\u2069]/u)
      assert.ok(text.isWellFormed())
      let end = 0
      for (const mark of marks) {
        assert.ok(mark.start >= end && mark.end > mark.start && mark.end <= text.length && mark.style !== PLAIN)
        end = mark.end
      }
    }),
  )
})

test('of colours alone, what is left is what Node leaves', () => {
  const coloured = fc.array(
    fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'ü', ' '), maxLength: 4 }),
      fc.constantFrom('[31m', '[0m', '[1;4m', '[38;5;7m', '[m').map((code) => ESC + code),
    ),
  )
  fc.assert(fc.property(coloured, (parts) => assert.equal(cleanLine(parts.join(''), PLAIN).text, stripVTControlCharacters(parts.join('')))))
})

test('thousands of beginnings of sequences do not take long', () => {
  for (const part of [`${ESC}]`, `${ESC}[`, `${ESC}[1`, `${ESC}[38;`, '\u009b', 'a\r', 'a\b', `${ESC}P`, `${ESC}[1;`]) {
    const took = quickest(100, () => cleanLine(part.repeat(16_384 / part.length), PLAIN))
    assert.ok(took < 100, `${JSON.stringify(part)}: ${took} ms`)
  }
})
