import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { joinWords, quoteWord, splitWords } from './shell-words.ts'

const read = (line: string) => {
  const words = splitWords(line)
  return 'value' in words ? words.value : undefined
}

test('words are read as a shell reads them', () => {
  assert.deepEqual(read(`nginx -g "daemon off;"`), ['nginx', '-g', 'daemon off;'])
  assert.deepEqual(read(`  a\t'b c'd  ""`), ['a', 'b cd', ''])
  assert.deepEqual(read(String.raw`"a\"b\$c\d" e\ f`), ['a"b$c\\d', 'e f'])
  assert.deepEqual(read(String.raw`$'a\n\x41\u00e9\101\'\q'`), ["a\nAéA'\\q"])
  assert.deepEqual(read('a\\\nb "c\\\nd"'), ['ab', 'cd'])
  assert.deepEqual(read(''), [])
})

test('nothing is expanded and no operator is known', () => {
  assert.deepEqual(read('echo $HOME `id` $(id) ~ * ; rm -rf / | x > y & # z'), [
    'echo',
    '$HOME',
    '`id`',
    '$(id)',
    '~',
    '*',
    ';',
    'rm',
    '-rf',
    '/',
    '|',
    'x',
    '>',
    'y',
    '&',
    '#',
    'z',
  ])
})

test('an open quote, a last backslash and a NUL are told', () => {
  for (const line of [`'a`, `"a`, `$'a`, 'a\\', 'a\0b', `$'\\0'`, `"a\\`, `$'a\\`]) assert.ok('problem' in splitWords(line), line)
})

test('what is joined is read back as it was, in one line without controls', () => {
  const word = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'\'"\\$`\n\r\t\u001b\u009b\u202e\u200b! #=~aé😀') }))
  fc.assert(
    fc.property(fc.array(word.map((text) => text.replaceAll('\0', ''))), (words) => {
      const line = joinWords(words)
      assert.deepEqual(read(line), words)
      assert.doesNotMatch(line, /[\p{Cc}\u202e\u200b]/u)
    }),
  )
})

test('only what needs quotes has them', () => {
  assert.equal(quoteWord('a-b_c:1/2=3'), 'a-b_c:1/2=3')
  assert.equal(quoteWord('=a'), `'=a'`)
  assert.equal(quoteWord(''), `''`)
  assert.equal(quoteWord(`it's`), `'it'\\''s'`)
  assert.equal(quoteWord('a\u001b[2J'), String.raw`$'a\x1b[2J'`)
})
