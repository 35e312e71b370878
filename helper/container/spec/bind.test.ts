import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseBind } from './bind.ts'
import { refusal, unlessRefused } from './refused.fixture.ts'

test('a host folder', () => {
  assert.deepEqual(parseBind('/a/b/:/c/'), { source: { kind: 'path', text: '/a/b' }, destination: '/c', mode: '', readOnly: false })
})

test('options of each group at once', () => {
  assert.deepEqual(parseBind('/a:/c:ro,Z,rslave,cached'), {
    source: { kind: 'path', text: '/a' },
    destination: '/c',
    mode: 'ro,Z,rslave,cached',
    readOnly: true,
    propagation: 'rslave',
  })
})

test('a named volume and an anonymous one', () => {
  assert.deepEqual(parseBind('data:/c:nocopy').source, { kind: 'volume', text: 'data' })
  assert.deepEqual(parseBind('/c'), { destination: '/c', mode: '', readOnly: false })
})

test('a destination with dots is cleaned', () => {
  assert.equal(parseBind('/a:/../x/./y/..//z').destination, '/x/z')
})

const refused = {
  '': 'bad-bind',
  ':/c': 'bad-bind',
  '/a:ro': 'bad-bind',
  '/a:/b:ro:rw': 'bad-bind',
  '/a:/b:ro,rw': 'bad-mount-mode',
  '/a:/b:shared,slave': 'bad-mount-mode',
  '/a:/b:exec': 'bad-mount-mode',
  '/a:/b:,': 'bad-mount-mode',
  'data:/b:rshared': 'bad-mount-mode',
  '/a:/': 'bad-mount-path',
  '/a:/b/..': 'bad-mount-path',
  '/a:b': 'bad-mount-path',
  data: 'bad-mount-path',
  '../a:/b': 'bad-volume-name',
  './a:/b': 'bad-volume-name',
  'a:/b': 'bad-volume-name',
  'a/b:/c': 'bad-volume-name',
}

for (const [text, code] of Object.entries(refused)) {
  test(`${JSON.stringify(text)} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => parseBind(text)),
      code,
    )
  })
}

test('whatever is written, the destination is absolute, not the root and without dots, or it is refused', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('/', '..', '.', ':', '/a', 'ro', 'rw,z', 'vol'))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const bind = unlessRefused(() => parseBind(parts.join('')))
      if (bind === undefined) return
      assert.match(bind.destination, /^\/[^/]/)
      assert.ok(!bind.destination.split('/').some((name, index) => (index > 0 && name === '') || name === '.' || name === '..'))
      assert.ok(bind.source?.kind !== 'path' || bind.source.text.startsWith('/'))
      assert.ok(bind.source?.kind !== 'volume' || !/[/]|^\./.test(bind.source.text))
    }),
  )
})

test('a bind that is printed reads as it was', () => {
  const path = fc.array(fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/), { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`)
  const modes = fc.tuple(fc.constantFrom('ro', 'rw'), fc.constantFrom('z', 'Z'), fc.constantFrom('rshared', 'private', 'rslave'))
  fc.assert(
    fc.property(path, path, modes, (source, destination, mode) => {
      const bind = parseBind(`${source}:${destination}:${mode.join(',')}`)
      assert.deepEqual(bind, {
        source: { kind: 'path', text: source },
        destination,
        mode: mode.join(','),
        readOnly: mode[0] === 'ro',
        propagation: mode[2],
      })
    }),
  )
})
