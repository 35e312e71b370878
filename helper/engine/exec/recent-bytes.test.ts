import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RecentBytes } from './recent-bytes.ts'

test('what fits is all there, and of more the last, from a line’s beginning where one is near', () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\n'), maxLength: 40 }))
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 64 }), (written, limit) => {
      const recent = new RecentBytes(limit)
      for (const piece of written) recent.push(Buffer.from(piece))
      const all = Buffer.from(written.join(''))
      const read = recent.read()
      if (all.length <= limit) assert.deepEqual(read, all)
      const last = all.subarray(Math.max(0, all.length - limit))
      assert.deepEqual(read, last.subarray(last.length - read.length))
      if (all.length > limit && last.includes(10)) assert.deepEqual(read, last.subarray(last.indexOf(10) + 1))
    }),
  )
})

test('without a line’s beginning it begins at a character’s', () => {
  const recent = new RecentBytes(9)
  recent.push(Buffer.from('€'.repeat(100)))
  assert.equal(recent.read().toString(), '€€€')
  recent.push(Buffer.from('ab'))
  assert.equal(recent.read().toString(), '€€ab')
})

test('what it gave stays as it was', () => {
  const recent = new RecentBytes(8)
  recent.push(Buffer.from('before'))
  const read = recent.read()
  recent.push(Buffer.from('after after'))
  assert.equal(read.toString(), 'before')
})
