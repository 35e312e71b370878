import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hosts } from '../hosts/hosts.ts'
import { changingHost, READY } from '../testing/changing-host.ts'
import { listenToHosts } from './host-events.ts'

test('that a host’s way has been measured again is told apart from what changes its rows', () => {
  const host = changingHost({ kind: 'ssh' })
  const hosts = new Hosts(() => [host])
  hosts.open()
  const told: string[] = []
  const listening = listenToHosts(hosts, {
    hosts: () => told.push('hosts'),
    state: ({ state }) => told.push(state.kind),
    latency: () => told.push('latency'),
    model: () => told.push('model'),
  })
  host.setState({ kind: 'connecting' })
  host.setState(READY)
  assert.ok(READY.kind === 'ready')
  for (const latency of [12, 15]) host.setState({ ...READY, latency })
  host.setState({ kind: 'connecting' })
  host.setState({ ...READY, latency: 15 })
  listening.dispose()
  hosts.dispose()
  assert.deepEqual(told, ['connecting', 'ready', 'latency', 'latency', 'connecting', 'ready'])
})
