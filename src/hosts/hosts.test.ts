import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changingHost, READY } from '../testing/changing-host.ts'
import { Hosts } from './hosts.ts'

const named = (id: string, kind: 'local' | 'socket' | 'ssh') => changingHost({ id, kind })

test('this machine’s own is first, and remote ones are last, whenever they come', () => {
  const hosts = new Hosts(() => [named('local', 'local')])
  hosts.add(named('box', 'ssh'))
  hosts.add(named('docker', 'socket'))
  hosts.open()
  assert.deepEqual(
    hosts.all.map(({ id }) => id),
    ['local', 'docker', 'box'],
  )
})

test('engines that come later are found when somebody looks again, each once', async () => {
  let [time, there] = [0, ['docker']]
  const hosts = new Hosts(() => [], {
    now: () => time,
    find: async (isKnown) => there.filter((id) => !isKnown(id)).map((id) => named(id, 'socket')),
  })
  const ids = () => hosts.all.map(({ id }) => id)
  const come = new Promise<void>((resolve) => hosts.onDidChange(() => resolve()))
  hosts.open()
  await come
  there = ['docker', 'podman']
  hosts.open()
  await hosts.look()
  assert.deepEqual(ids(), ['docker', 'podman'])
  await Promise.all([hosts.look(), hosts.look()])
  assert.deepEqual(ids(), ['docker', 'podman'])
  there = ['docker', 'podman', 'third']
  time = 20_000
  const again = new Promise<void>((resolve) => hosts.onDidChange(() => resolve()))
  hosts.open()
  await again
  assert.deepEqual(ids(), ['docker', 'podman', 'third'])
})

test('a command that finds no engine ready has one started that can be', async () => {
  let wakes = 0
  const local = {
    ...named('local', 'local'),
    state: { kind: 'stopped' as const },
    wake: async () => {
      wakes++
      return true
    },
  }
  await new Hosts(() => [local]).settled()
  assert.equal(wakes, 1)
  await new Hosts(() => [local, changingHost({ id: 'docker', kind: 'socket', state: READY })]).settled()
  assert.equal(wakes, 1)
})

test('engines that come while the views are open are looked for when they do', async () => {
  const there: string[] = []
  let came = () => {}
  let isWatched = true
  const hosts = new Hosts(() => [], {
    find: async (isKnown) => there.filter((id) => !isKnown(id)).map((id) => named(id, 'socket')),
    watch: (tell) => {
      came = tell
      return {
        dispose: () => {
          isWatched = false
        },
      }
    },
  })
  hosts.open()
  there.push('docker')
  const added = new Promise<void>((resolve) => hosts.onDidChange(() => resolve()))
  came()
  await added
  assert.equal(hosts.all.length, 1)
  hosts.dispose()
  assert.equal(isWatched, false)
})
