import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Place } from './place.ts'
import { isSamePlace } from './place.ts'
import { authorityOf, fileRefOf, normalPath, PlaceNames, placeOf, uriTextOf } from './place-uri.ts'

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

for (const authority of ['', 'local', 'local.container.a', 'local.network.a+a', 'local.layer.a+a', 'local.image-1.a+a', 'a b.image.a+a']) {
  test(`"${authority}" is no place`, () => assert.equal(placeOf(authority), undefined))
}

test('a file comes back from the text of its URI, whatever its name', () => {
  const path = fc.array(fc.stringMatching(/^[^/\0]+$/), { maxLength: 4 }).map((names) => normalPath(names.join('/')))
  fc.assert(
    fc.property(place, path, (its, at) => {
      const [, authority = '', rest = ''] = /^pocker:\/\/([^/]*)(\/[^?#]*)$/.exec(uriTextOf({ place: its, path: at })) ?? []
      const read = fileRefOf({ scheme: 'pocker', authority: decodeURIComponent(authority), path: decodeURIComponent(rest) })
      assert.ok(read !== undefined && isSamePlace(read.place, its))
      assert.equal(read.path, at)
    }),
  )
})

test('a name that cannot be encoded does not break the row it is in', () => {
  const ref = { place: { hostId: 'a', kind: 'image', id: 'b', name: 'c' }, path: '/\ud800' } as const
  assert.equal(uriTextOf(ref, 'deleted'), 'pocker://a.image.b%2Bc/%EF%BF%BD?deleted')
})

test('paths are made plain', () => {
  assert.deepEqual(['', '/', '/a/', 'a', '/a//b/../c/.', '/../..'].map(normalPath), ['/', '/', '/a', '/a', '/a/c', '/'])
})

test('a place keeps the name that it was first seen with', () => {
  const names = new PlaceNames()
  const a: Place = { hostId: 'local', kind: 'container', id: 'a', name: 'old' }
  names.adopt(a)
  assert.equal(names.adopt({ ...a, name: 'new' }).name, 'old')
  assert.equal(names.adopt({ ...a, id: 'b', name: 'new' }).name, 'new')
})

test('another scheme is none of ours', () => assert.equal(fileRefOf({ scheme: 'file', authority: 'a.image.b+c', path: '/' }), undefined))
