import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { charactersOfKeys, DEFAULT_DETACH_KEYS, DetachScanner } from './detach-keys.ts'

function scanned(keys: string, inputs: readonly string[]) {
  const passed: string[] = []
  let detached = 0
  const scanner = new DetachScanner(charactersOfKeys(keys) ?? assert.fail('no keys'), {
    pass: (text) => passed.push(text),
    detach: () => detached++,
  })
  for (const input of inputs) scanner.type(input)
  return { passed: () => passed.join(''), detached: () => detached, scanner }
}

test('keys are read in Docker’s notation', () => {
  assert.equal(charactersOfKeys(DEFAULT_DETACH_KEYS), '\x10\x11')
  assert.equal(charactersOfKeys('ctrl-@,ctrl-],a'), '\0\x1da')
  assert.equal(charactersOfKeys(''), '')
  for (const none of ['ctrl-', 'ctrl-é', 'ab', 'ctrl-p,,ctrl-q']) assert.equal(charactersOfKeys(none), undefined, none)
})

test('the sequence detaches, in one piece or in several, and what comes before it is passed on', () => {
  for (const inputs of [['ls\x10\x11'], ['ls', '\x10', '\x11'], ['ls\x10', '\x11']]) {
    const { passed, detached } = scanned(DEFAULT_DETACH_KEYS, inputs)
    assert.deepEqual([passed(), detached()], ['ls', 1])
  }
})

test('the first key twice and then the second detaches, too', () => {
  const { passed, detached } = scanned(DEFAULT_DETACH_KEYS, ['\x10', '\x10', '\x11'])
  assert.deepEqual([passed(), detached()], ['\x10', 1])
})

test('a first key alone is passed on after a moment', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { passed, detached } = scanned(DEFAULT_DETACH_KEYS, ['\x10'])
  assert.equal(passed(), '')
  t.mock.timers.tick(300)
  assert.deepEqual([passed(), detached()], ['\x10', 0])
})

test('without the sequence all that is typed is passed on, in its order', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c') })), (inputs) => {
      const { passed, detached, scanner } = scanned('a,b,a,c', inputs)
      scanner.flush()
      if (inputs.join('').includes('abac')) assert.ok(detached() > 0)
      else assert.deepEqual([passed(), detached()], [inputs.join(''), 0])
    }),
  )
})

test('no keys never detach', () => {
  const { passed, detached } = scanned('', ['\x10\x11'])
  assert.deepEqual([passed(), detached()], ['\x10\x11', 0])
})
