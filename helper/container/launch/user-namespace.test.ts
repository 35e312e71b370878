import assert from 'node:assert/strict'
import { test } from 'node:test'
import { swapLines } from './user-namespace.ts'

test('two IDs take each other’s place and all others stay', () => {
  assert.equal(swapLines([0, 1000]), '0 1000 1\n1 1 999\n1000 0 1\n1001 1001 4294966294\n')
  assert.equal(swapLines([1000, 0]), swapLines([0, 1000]))
  assert.equal(swapLines([33, 34]), '0 0 33\n33 34 1\n34 33 1\n35 35 4294967260\n')
  assert.equal(swapLines([5, 5]), '0 0 4294967295\n')
})
