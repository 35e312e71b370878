import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDetachScanner, parseDetachKeys } from './detach-keys.ts'

test("Docker's notation is read", () => {
  assert.deepEqual([...parseDetachKeys()], [16, 17])
  assert.deepEqual([...parseDetachKeys('a,ctrl-a,ctrl-@,ctrl-[,~')], [97, 1, 0, 27, 126])
})

test('what is no key is refused', () => {
  for (const keys of ['', ',', 'ab', 'ctrl-1', 'ctrl-', 'ctrl-ab', 'é', ' ']) {
    assert.throws(() => parseDetachKeys(keys), { code: 'invalid-detach-keys' })
  }
})

const PREFIX_OF_ITSELF = Uint8Array.of(16, 17)

function scanAll(pieces: readonly Uint8Array[]) {
  const scan = createDetachScanner(PREFIX_OF_ITSELF)
  const passed: number[] = []
  for (const piece of pieces) {
    const { data, detached } = scan(piece)
    passed.push(...data)
    if (detached) return { passed, detached }
  }
  return { passed, detached: false }
}

test('input is passed on up to the sequence, however it is cut', () => {
  const input = fc.array(fc.constantFrom(16, 17, 65), { maxLength: 20 })
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 5 }), (keys, size) => {
      const text = String.fromCharCode(...keys)
      const at = text.indexOf('\x10\x11')
      const pieces = (text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []).map((piece) => Buffer.from(piece))
      const expected = at !== -1 ? text.slice(0, at) : text.endsWith('\x10') ? text.slice(0, -1) : text
      assert.deepEqual(scanAll(pieces), { passed: [...Buffer.from(expected)], detached: at !== -1 })
    }),
  )
})
