import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OptionsParts, optionWriter, readBadgeMode, readOptions } from './options-store.ts'

function partsOf(settings: Record<string, unknown> = {}, memory: Record<string, unknown> = {}): OptionsParts {
  const kept = new Map(Object.entries(memory))
  const set = new Map(Object.entries(settings))
  return {
    settings: () => ({ get: (key) => set.get(key), update: async (key, value) => void set.set(key, value) }),
    memory: { get: (key) => kept.get(key), update: async (key, value) => void kept.set(key, value) },
    folders: () => ['/home/me/shop'],
  }
}

test('without settings, containers are in projects by their names and all are shown', () => {
  assert.deepEqual(readOptions(partsOf()), { groupBy: 'compose', groupLabel: '', sortBy: 'name', filter: '', hideStopped: false })
  assert.equal(readBadgeMode(partsOf()), 'running')
})

test('what makes no sense counts for nothing', () => {
  const parts = partsOf({ groupBy: 3, sortBy: 'x', groupByLabel: {}, badge: null }, { 'pocker.containers.filter': [1] })
  assert.deepEqual(readOptions(parts), readOptions(partsOf()))
  assert.equal(readBadgeMode(parts), 'running')
})

test('what is written is read', async () => {
  const parts = partsOf()
  const write = optionWriter(parts)
  await write.groupBy('label')
  await write.groupLabel('tier')
  await write.sortBy('state')
  await write.filter('web')
  await write.hideStopped(true)
  await write.onlyWorkspace(true)
  assert.deepEqual(readOptions(parts), {
    groupBy: 'label',
    groupLabel: 'tier',
    sortBy: 'state',
    filter: 'web',
    hideStopped: true,
    onlyFolders: ['/home/me/shop'],
  })
})
