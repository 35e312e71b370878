import assert from 'node:assert/strict'
import { matchesGlob } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { globsMatch } from './globs.ts'

const cases: readonly (readonly [pattern: string, path: string, isMatch: boolean])[] = [
  ['**/node_modules/*/**', '/app/node_modules/a/b', true],
  ['**/node_modules/*/**', '/app/node_modules/a', true],
  ['**/node_modules/*/**', '/app/node_modules', false],
  ['**/.git/objects/**', '/app/.git/objects/aa/bb', true],
  ['**/.git/objects/**', '/app/.git/HEAD', false],
  ['*.log', '/app/a.log', true],
  ['*.log', '/app/logs/a.log', false],
  ['/var/**', '/var/lib/x', true],
  ['/var/**', '/variable', false],
  ['**/*.{js,ts}', '/app/a.ts', true],
  ['**/*.{js,ts}', '/app/a.tsx', false],
  ['**/[!a]?', '/app/bc', true],
  ['**/[!a]?', '/app/ac', false],
  ['**/a+(b).txt', '/app/a+(b).txt', true],
]
for (const [pattern, path, isMatch] of cases) {
  test(`${pattern} ${isMatch ? 'matches' : 'does not match'} ${path}`, () => assert.equal(globsMatch([pattern], '/app')(path), isMatch))
}

test('nothing matches no pattern', () => assert.equal(globsMatch([], '/')('/a'), false))

// Node's own matcher differs for hidden files and for a `**` at the end after a `*`: there are none here.
const piece = fc.constantFrom('**', '*', '?', 'a', 'b', '{a,b}', '[ab]', '[!a]')
test('simple patterns match what Node’s own matcher matches', () => {
  const pattern = fc.array(
    fc.oneof(
      piece,
      fc.tuple(piece, fc.constantFrom('a', 'b')).map((parts) => parts.join('')),
    ),
    { minLength: 1 },
  )
  const path = fc.array(fc.stringMatching(/^[ab]{1,2}$/), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(pattern, path, (parts, names) => {
      const text = `/${parts.filter((part) => !part.startsWith('**') || part === '**').join('/')}/a`
      assert.equal(globsMatch([text], '/')(`/${names.join('/')}/a`), matchesGlob(`/${names.join('/')}/a`, text), text)
    }),
    { numRuns: 2000 },
  )
})

test('any text is a pattern', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (pattern) => void globsMatch([pattern], '/')('/a/b')))
})
