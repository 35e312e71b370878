import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Place } from './place.ts'
import { isSamePlace } from './place.ts'
import { authorityOf, placeOf } from './place-uri.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1 })
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ hostId: text, name: fc.string({ unit: 'binary' }), kind: fc.constantFrom('container', 'origin', 'image'), id: text }),
  fc.record({ hostId: text, name: text, kind: fc.constant('layer'), id: text, layer: fc.nat({ max: 200 }) }),
)

/** What VS Code does to an authority on its way through a text. */
function throughText(authority: string): string {
  assert.doesNotMatch(authority, /[:@/?#]/)
  return decodeURIComponent(encodeURIComponent(authority.toLowerCase()))
}

test('a place comes back from an authority, whatever its host and its id are called', () => {
  fc.assert(
    fc.property(place, (its) => {
      const read = placeOf(throughText(authorityOf(its)))
      assert.ok(read !== undefined && isSamePlace(read, its))
    }),
  )
})

test('different places have different authorities, and the name does not matter', () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      const identity = (its: Place) => authorityOf(its).split('+')[0]
      assert.equal(identity(a) === identity(b), isSamePlace(a, b))
    }),
  )
})

test('the name can be read where VS Code shows it', () => {
  const shown = (name: string) => authorityOf({ hostId: 'local', kind: 'image', id: 'sha256:ab', name })
  assert.equal(shown('nginx:1.27'), 'local.image.sha256_3aab+nginx-1.27')
  assert.equal(shown('a+b/\u202eC'), 'local.image.sha256_3aab+a-b-c')
  assert.equal(shown(''), 'local.image.sha256_3aab+-')
})

for (const authority of ['', 'local', 'local.container.a', 'local.volume.a+a', 'local.layer.a+a', 'local.image-1.a+a', 'a b.image.a+a']) {
  test(`"${authority}" is no place`, () => assert.equal(placeOf(authority), undefined))
}
