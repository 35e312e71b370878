import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from '../client/engine-error.ts'
import { Acts } from './acts.ts'
import { createDoor } from './door.ts'

function doorWith() {
  const presented: unknown[] = []
  const logged: unknown[] = []
  const handlers = new Map<string, (...items: unknown[]) => unknown>()
  const acts = new Acts()
  const door = createDoor({
    acts,
    registerCommand: (id, handler) => {
      handlers.set(id, handler)
      return { dispose: () => {} }
    },
    log: { debug: () => {}, error: (message) => logged.push(message) },
    present: async (error) => void presented.push(error),
  })
  return { door, presented, logged, call: async (id: string, ...items: unknown[]) => await handlers.get(id)?.(...items) }
}

test('an error behind the door is logged and shown once, and the command ends well', async () => {
  const { door, presented, logged, call } = doorWith()
  const error = new EngineError('conflict', 'x')
  door.register('pocker.run', () => Promise.reject(error))
  assert.equal(await call('pocker.run'), undefined)
  assert.deepEqual(presented, [error])
  assert.deepEqual(logged, [error])
})

test('what was cancelled is not told', async () => {
  const { door, presented, call } = doorWith()
  door.register('pocker.run', () => Promise.reject(new EngineError('cancelled', 'x')))
  await call('pocker.run')
  assert.deepEqual(presented, [])
})

test('items and results pass', async () => {
  const { door, call } = doorWith()
  door.register('pocker.run', (item, selected) => [item, selected])
  assert.deepEqual(await call('pocker.run', 1, [2]), [1, [2]])
})
