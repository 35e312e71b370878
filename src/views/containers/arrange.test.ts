import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerOf } from '../../testing/changing-host.ts'
import { arrange } from './arrange.ts'
import type { ContainersOptions } from './options.ts'

const plain: ContainersOptions = { groupBy: 'compose', groupLabel: '', sortBy: 'name', filter: '', hideStopped: false }
const project = (name: string) => ({ 'com.docker.compose.project': name })
const rows = [
  containerOf({ id: '1', name: 'web', labels: project('shop'), created: 1, ports: [{ container: 80, protocol: 'tcp' }] }),
  containerOf({ id: '2', name: 'db', labels: project('shop'), created: 2, status: 'exited', exitCode: 1, image: 'postgres:17' }),
  containerOf({ id: '3', name: 'db-10', labels: { tier: 'a' }, created: 3, health: 'unhealthy' }),
  containerOf({ id: '4', name: 'db-9', labels: { tier: 'a' }, created: 4, status: 'exited', exitCode: 0 }),
  containerOf({ id: '5', name: 'x', labels: project('api'), created: 5, mounts: [bind('/home/me/api/src')] }),
]

function bind(source: string) {
  return { type: 'bind', source, destination: '/src', isReadOnly: false }
}

/** Groups as `label: ids`, then the others. */
function shape(options: Partial<ContainersOptions>): string {
  const { groups, loose } = arrange(rows, { ...plain, ...options })
  return [...groups.map(({ label, ids }) => `${label}: ${ids.join(' ')}`), loose.join(' ')].join(' | ')
}

test('projects are groups by their names, the others follow; numbers sort as numbers', () => {
  assert.equal(shape({}), 'api: 5 | shop: 2 1 | 4 3')
})

test('a group says how many of it run, and all are counted whatever is shown', () => {
  const { groups, shown, total, running, problems } = arrange(rows, { ...plain, filter: 'db' })
  assert.deepEqual(
    groups.map(({ running: runs }) => runs),
    [0],
  )
  assert.deepEqual([shown, total, running, problems], [3, 5, 3, 2])
})

test('groups by a label, the image, the status, or none', () => {
  assert.equal(shape({ groupBy: 'label', groupLabel: 'tier' }), 'a: 4 3 | 2 1 5')
  assert.equal(shape({ groupBy: 'image' }), 'nginx:1.27: 4 3 1 5 | postgres:17: 2 | ')
  assert.equal(shape({ groupBy: 'status' }), 'Running: 3 1 5 | Stopped: 2 4 | ')
  assert.equal(shape({ groupBy: 'none' }), '2 4 3 1 5')
})

test('a label that every object has is no label', () => {
  assert.equal(shape({ groupBy: 'label', groupLabel: 'constructor' }), '2 4 3 1 5')
})

test('the newest first, or problems first', () => {
  assert.equal(shape({ groupBy: 'none', sortBy: 'created' }), '5 4 3 2 1')
  assert.equal(shape({ groupBy: 'none', sortBy: 'state' }), '3 1 5 2 4')
})

test('all words of a filter are found, in names, images, projects, states and ports', () => {
  const found = (filter: string) => shape({ groupBy: 'none', filter })
  assert.equal(found('SHOP web'), '1')
  assert.equal(found('postgres'), '2')
  assert.equal(found('unhealthy'), '3')
  assert.equal(found('80'), '1')
  assert.equal(found('nothing'), '')
})

test('an ID is found by its start, and by no other part of it', () => {
  const ids = ['abcdb0', 'ffabcd', 'dbabcd'].map((id) => containerOf({ id, name: 'x' }))
  const found = (filter: string) => arrange(ids, { ...plain, filter }).loose
  assert.deepEqual(found('abcd'), ['abcdb0'])
  assert.deepEqual(found('db'), [])
})

test('stopped ones are hidden', () => {
  assert.equal(shape({ groupBy: 'none', hideStopped: true }), '3 1 5')
})

test('only what belongs to the open folders', () => {
  const only = (...onlyFolders: string[]) => shape({ groupBy: 'none', onlyFolders })
  assert.equal(only('/home/me/api'), '5')
  assert.equal(only('/home/me/ap'), '')
  assert.equal(only('/home/me/api/src/deep'), '')
  const labelled = containerOf({ id: '6', labels: { 'devcontainer.local_folder': '/home/me/shop' } })
  assert.deepEqual(arrange([labelled], { ...plain, onlyFolders: ['/home/me/shop'] }).loose, ['6'])
})
