import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hosts } from '../hosts/hosts.ts'
import { changingHost, containerOf } from '../testing/changing-host.ts'
import { scriptedAsk } from '../testing/scripted-ask.ts'
import { chooseContainers, chooseHost, chooseImages } from './choose.ts'

function stoppedHost() {
  const woken: string[] = []
  const host = {
    ...changingHost({ containers: [containerOf({ id: 'a' })], state: { kind: 'stopped' } }),
    state: { kind: 'stopped' as const },
    wake: async () => {
      woken.push('woken')
      return true
    },
  }
  return { host, woken, parts: { hosts: new Hosts(() => [host]), ask: scriptedAsk([]) } }
}

test('what is done to a row of an engine that has ended has it started first, once', async () => {
  const { host, woken, parts } = stoppedHost()
  const group = { host, containers: ['a', 'b'].map((containerId) => ({ host, containerId })) }
  const { refs } = await chooseContainers(parts, group, undefined, { title: 'Stop' })
  assert.deepEqual([refs.length, woken.length], [2, 1])
  await chooseImages(parts, { host, imageId: 'i' }, undefined, { title: 'Push' })
  await chooseHost(parts, { host }, { title: 'Disk use' })
  assert.equal(woken.length, 3)
})

test('what asks nothing of an engine starts none', async () => {
  const { host, woken, parts } = stoppedHost()
  await chooseContainers(parts, { host, containerId: 'a' }, undefined, { title: 'Copy', withoutEngine: true })
  await chooseImages(parts, { host, imageId: 'i' }, undefined, { title: 'Copy', withoutEngine: true })
  await chooseHost(parts, { host }, { title: 'Copy', withoutEngine: true })
  assert.deepEqual(woken, [])
})
