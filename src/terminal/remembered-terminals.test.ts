import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forgetTerminal, type RememberedTerminal, rememberedTerminals, rememberTerminal } from './remembered-terminals.ts'

function storeOf(values: Record<string, unknown> = {}) {
  return {
    get: (key: string) => values[key],
    update: async (key: string, value: unknown) => {
      values[key] = JSON.parse(JSON.stringify(value))
    },
  }
}

function entry(key: string, more: Partial<RememberedTerminal> = {}): RememberedTerminal {
  return {
    key,
    hostId: 'local',
    containerId: 'c1',
    container: 'web',
    label: '',
    place: 'panel',
    program: { kind: 'main' },
    isDetached: false,
    ...more,
  }
}

test('terminals are remembered in their order, each once, until they are forgotten', async () => {
  const store = storeOf()
  await rememberTerminal(store, entry('a'))
  await rememberTerminal(store, entry('b'))
  await rememberTerminal(store, entry('a', { isDetached: true }))
  assert.deepEqual(rememberedTerminals(store), [entry('a', { isDetached: true }), entry('b')])
  await forgetTerminal(store, 'a')
  await forgetTerminal(store, 'nothing')
  assert.deepEqual(rememberedTerminals(store), [entry('b')])
})

test('what another version has left is passed over', () => {
  assert.deepEqual(rememberedTerminals(storeOf({ 'pocker.terminals': [{ key: 1 }, entry('a'), 'x'] })), [entry('a')])
  assert.deepEqual(rememberedTerminals(storeOf({ 'pocker.terminals': 7 })), [])
})
