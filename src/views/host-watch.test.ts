import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hosts } from '../hosts/hosts.ts'
import { changingHost } from '../testing/changing-host.ts'
import { HostWatch } from './host-watch.ts'

test('models are watched as long as a view needs them, and no host is made before', () => {
  const [first, second] = [changingHost(), changingHost({ id: 'b' })]
  const hosts = new Hosts(() => [first])
  const watch = new HostWatch(hosts)
  assert.deepEqual(hosts.all, [])
  watch.isOn = true
  watch.isOn = true
  hosts.add(second)
  assert.deepEqual([first.watchers, second.watchers], [1, 1])
  hosts.remove(second)
  assert.equal(second.watchers, 0)
  watch.isOn = false
  assert.equal(first.watchers, 0)
  watch.isOn = true
  watch.dispose()
  assert.equal(first.watchers, 0)
})
