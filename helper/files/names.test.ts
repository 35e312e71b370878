import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bytesOf, nameOf } from './names.ts'

const latin1 = (...bytes: number[]): string => Buffer.from(bytes).toString('latin1')

const cases: readonly (readonly [what: string, bytes: string, name: string])[] = [
  ['plain text', 'a b', 'a b'],
  ['a newline', 'a\nb', 'a\nb'],
  ['UTF-8', latin1(0xc3, 0xbc, 0xf0, 0x9f, 0x90, 0x8b), 'ü🐋'],
  ['Latin-1', latin1(0x66, 0xfc, 0x72), 'f\ueffcr'],
  ['a character cut short', latin1(0xe2, 0x82), '\uefe2\uef82'],
  ['an overlong slash', latin1(0xc0, 0xaf), '\uefc0\uefaf'],
  ['a surrogate', latin1(0xed, 0xa0, 0x80), '\uefed\uefa0\uef80'],
  ['the replacement character itself', latin1(0xef, 0xbf, 0xbd), '\ufffd'],
  ['a character of ours in the name', latin1(0xee, 0xbe, 0x80), '\uefee\uefbe\uef80'],
]
for (const [what, bytes, name] of cases) {
  test(`${what} as text and back`, () => {
    assert.equal(nameOf(bytes), name)
    assert.equal(bytesOf(name), bytes)
  })
}

const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'))

test('any bytes come back as they were', () => {
  fc.assert(fc.property(anyBytes, (bytes) => assert.equal(bytesOf(nameOf(bytes)), bytes)))
})

test('the text goes through JSON and a URL', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const name = nameOf(bytes)
      assert.equal(JSON.parse(JSON.stringify(name)), name)
      assert.equal(new URLSearchParams(`path=${encodeURIComponent(name)}`).get('path'), name)
    }),
  )
})

test('no text becomes a slash or a NUL that it does not show', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      for (const sign of ['/', '\0']) assert.equal(bytesOf(name).split(sign).length, name.split(sign).length)
    }),
  )
})
