import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../api/errors.ts'
import { familiarName, familiarReference, parseImageId, parseReference, type Reference, withDefaultTag } from './reference.ts'

const DIGEST = `sha256:${'ab'.repeat(32)}`

const accepted: Record<string, Reference> = {
  host: { domain: 'docker.io', path: 'library/host' },
  'busybox:1': { domain: 'docker.io', path: 'library/busybox', tag: '1' },
  'docker.io/busybox': { domain: 'docker.io', path: 'library/busybox' },
  'index.docker.io/busybox': { domain: 'docker.io', path: 'library/busybox' },
  'me/app_x:V1.2-rc': { domain: 'docker.io', path: 'me/app_x', tag: 'V1.2-rc' },
  'localhost/app': { domain: 'localhost', path: 'app' },
  'localhost:5000/app:2': { domain: 'localhost:5000', path: 'app', tag: '2' },
  'Registry/app': { domain: 'Registry', path: 'app' },
  'ghcr.io/a/b/c': { domain: 'ghcr.io', path: 'a/b/c' },
  '[::1]:5000/app': { domain: '[::1]:5000', path: 'app' },
  [`repo/x@${DIGEST}`]: { domain: 'docker.io', path: 'repo/x', digest: DIGEST },
  [`repo/x:1@${DIGEST}`]: { domain: 'docker.io', path: 'repo/x', tag: '1', digest: DIGEST },
}

for (const [text, reference] of Object.entries(accepted)) {
  test(`${text} is read`, () => assert.deepEqual(parseReference(text), reference))
}

const refused = [
  '',
  ':1',
  'busybox:',
  'Busybox',
  'a//b',
  '/a',
  'a/',
  'a b',
  'a:b:c',
  'a@sha256:12',
  `a@${DIGEST}@${DIGEST}`,
  '-a',
  'a-',
  'a..b',
  'a/../b',
]
for (const text of [...refused, 'a:-x', `a:${'x'.repeat(129)}`, 'x'.repeat(300), 'ab'.repeat(32), 'host:80000x/a', 'a\n', 'http://a/b']) {
  test(`${JSON.stringify(text.slice(0, 40))} is refused`, () => {
    assert.throws(
      () => parseReference(text),
      (error) => error instanceof PockerError && error.code === 'bad-reference',
    )
  })
}

test('names are shown as people write them', () => {
  assert.equal(familiarReference(withDefaultTag(parseReference('docker.io/library/busybox'))), 'busybox:latest')
  assert.equal(familiarName(parseReference('docker.io/me/app:1')), 'me/app')
  assert.equal(familiarReference(parseReference(`ghcr.io/a/b@${DIGEST}`)), `ghcr.io/a/b@${DIGEST}`)
})

test('an ID is hex, in whole or in part', () => {
  assert.equal(parseImageId(DIGEST), 'ab'.repeat(32))
  assert.equal(parseImageId('abc123'), 'abc123')
  assert.equal(parseImageId('xyz'), undefined)
})

test('what is printed reads as it was', () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,5}((\.|_|__|-)[a-z0-9]{1,5})?$/)
  const reference = fc.record(
    {
      domain: fc.constantFrom('docker.io', 'ghcr.io', 'localhost:5000', 'localhost', 'a.b:1', '[::1]:5'),
      path: fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => parts.join('/')),
      tag: fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,20}$/),
      digest: fc.constant(DIGEST),
    },
    { requiredKeys: ['domain', 'path'] },
  )
  fc.assert(fc.property(reference, (value) => assert.deepEqual(parseReference(familiarReference(value)), { ...value })))
})

test('any text reads to something that prints and reads the same, or is refused as a bad reference', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('a', 'B', '/', ':', '.', '-', '_', '@', '5000', DIGEST, 'library'), { maxLength: 9 })
      .map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (value) => {
      try {
        const reference = parseReference(value)
        assert.deepEqual(parseReference(familiarReference(reference)), reference)
      } catch (error) {
        assert.ok(error instanceof PockerError, String(error))
      }
    }),
    { numRuns: 500 },
  )
})
