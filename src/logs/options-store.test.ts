import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULTS } from './log-options.ts'
import { keepOptions, readOptions } from './options-store.ts'

function memory(initial?: unknown) {
  let value = initial
  return {
    get: <T>(_key: string, other?: T): T | undefined => (value === undefined ? other : JSON.parse(JSON.stringify(value))),
    update: async (_key: string, next: unknown) => {
      value = next
    },
    value: () => value,
  }
}

test('options are kept for each log, those that are usual not at all', async () => {
  const store = memory()
  await keepOptions(store, 'local/web', { ...DEFAULTS, filter: 'error', isFollowing: false })
  await keepOptions(store, 'local/db', { ...DEFAULTS, timestamps: 'time' })
  assert.deepEqual(readOptions(store, 'local/web'), { ...DEFAULTS, filter: 'error', isFollowing: false })
  assert.deepEqual(readOptions(store, 'local/other'), DEFAULTS)
  await keepOptions(store, 'local/web', DEFAULTS)
  assert.equal(JSON.stringify(store.value()).includes('web'), false)
})

test('of many the last ones are kept', async () => {
  const store = memory()
  for (let index = 0; index < 250; index++) await keepOptions(store, `log ${index}`, { ...DEFAULTS, filter: 'x' })
  assert.deepEqual(readOptions(store, 'log 49'), DEFAULTS)
  assert.equal(readOptions(store, 'log 50').filter, 'x')
})

test('what another version has kept breaks nothing', () => {
  assert.deepEqual(readOptions(memory('nonsense'), 'a'), DEFAULTS)
  assert.deepEqual(readOptions(memory([['a', { timestamps: 'never', filter: 'x' }]]), 'a'), { ...DEFAULTS, filter: 'x' })
})
