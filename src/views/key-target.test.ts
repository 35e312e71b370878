import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyCommand, keyTarget } from './key-target.ts'

test('a key on one of several selected rows is for them all', () => {
  assert.deepEqual(keyTarget(['a', 'b', 'c'], ['a', 'c']), { item: 'b', selected: ['a', 'b', 'c'] })
})

test('a key on a row beside the selection is for that row alone', () => {
  assert.deepEqual(keyTarget(['a'], ['a', 'b']), { item: 'b', selected: ['b'] })
  assert.deepEqual(keyTarget([], ['b']), { item: 'b', selected: ['b'] })
})

test('without a focused row there is no target', () => {
  assert.equal(keyTarget(['a'], ['a']), undefined)
})

test('on a row of another part a key does what that part says, and nothing else', () => {
  assert.equal(keyCommand({ containerId: 'a' }, 'pocker.containers.remove'), 'pocker.containers.remove')
  const row = { look: { keys: { 'pocker.containers.remove': 'pocker.files.delete' } } }
  assert.equal(keyCommand(row, 'pocker.containers.remove'), 'pocker.files.delete')
  assert.equal(keyCommand(row, 'pocker.containers.rename'), undefined)
  assert.equal(keyCommand({ look: {} }, 'pocker.containers.remove'), undefined)
})
