import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseDetachKeys, watchForKeys } from './detach-keys.ts'

for (const [text, bytes] of [
  ['ctrl-p,ctrl-q', [16, 17]],
  ['ctrl-@', [0]],
  ['a', [97]],
  ['ctrl-x,y,DEL,ctrl-_', [24, 121, 127, 31]],
] as const) {
  test(`${text} is ${bytes.join(' ')}`, () => assert.deepEqual([...parseDetachKeys(text)], bytes))
}

for (const text of ['', 'ctrl-', 'ctrl-P', 'ctrl-1', 'ab', 'a,,b', 'é']) {
  test(`"${text}" is no key sequence`, () => throwsCode('invalid-detach-keys', () => parseDetachKeys(text)))
}

/** The plain meaning: what was typed up to the first place where the keys stand. */
function expected(input: readonly number[], keys: readonly number[]): { sent: number[]; detached: boolean } {
  const at = input.findIndex((_, index) => keys.every((key, offset) => input[index + offset] === key))
  return at < 0 ? { sent: [...input], detached: false } : { sent: input.slice(0, at), detached: true }
}

test('however typing is cut, the process sees all before the sequence and nothing of it', () => {
  const key = fc.constantFrom(1, 2, 3)
  const cases = fc.record({ keys: fc.array(key, { minLength: 1, maxLength: 4 }), parts: fc.array(fc.array(key, { maxLength: 6 })) })
  fc.assert(
    fc.property(cases, ({ keys, parts }) => {
      const filter = watchForKeys(Uint8Array.from(keys))
      const sent: number[] = []
      let detached = false
      for (const part of parts) {
        if (detached) break
        const result = filter.feed(Uint8Array.from(part))
        sent.push(...result.send)
        detached = result.detach
      }
      const whole = expected(parts.flat(), keys)
      assert.equal(detached, whole.detached)
      if (whole.detached) assert.deepEqual(sent, whole.sent)
      else assert.deepEqual(sent, whole.sent.slice(0, sent.length))
      // Held back is at most an unfinished sequence.
      assert.ok(whole.detached || whole.sent.length - sent.length < keys.length)
    }),
  )
})
