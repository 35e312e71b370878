import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerSummary } from './container-row.ts'
import { containerRow, isSameRow, needsDetails, summariesSchema, withDetails } from './container-row.ts'

function summary(entry: Record<string, unknown>): ContainerSummary {
  const [read] = summariesSchema.parse([{ Id: 'abc', Created: 1, ...entry }])
  assert.ok(read !== undefined)
  return read
}
const row = (entry: Record<string, unknown>) => containerRow(summary(entry))

test('one entry that is not as expected does not take the others along', () => {
  assert.equal(summariesSchema.parse([{ Id: 'a', Created: 1 }, null, { Id: 3 }]).length, 1)
})

test('states, exit codes and health are read from Docker’s words', () => {
  const read = (State: string, Status: string) => {
    const { status, exitCode, health } = row({ State, Status })
    return [status, exitCode, health]
  }
  assert.deepEqual(read('exited', 'Exited (137) 2 hours ago'), ['exited', 137, undefined])
  assert.deepEqual(read('running', 'Up 5 minutes (healthy)'), ['running', undefined, 'healthy'])
  assert.deepEqual(read('running', 'Up 5 minutes (health: starting)'), ['running', undefined, 'starting'])
  assert.deepEqual(read('running', 'Up 5 minutes (unhealthy)'), ['running', undefined, 'unhealthy'])
  assert.deepEqual(read('paused', 'Up 5 minutes (Paused)'), ['paused', undefined, undefined])
  assert.deepEqual(read('restarting', 'Restarting (1) 2 seconds ago'), ['restarting', 1, undefined])
  assert.deepEqual(read('configured', ''), ['created', undefined, undefined])
  assert.deepEqual(read('whatever', ''), ['exited', undefined, undefined])
})

test('Pocker’s list says by itself that memory ran out; Docker’s has to be asked', () => {
  const State = 'exited'
  const Status = 'Exited (137) 2 hours ago'
  const ours = { State, Status, Pocker: { ExitCode: 137, OOMKilled: true } }
  assert.equal(row(ours).isOutOfMemory, true)
  assert.equal(needsDetails(row(ours), summary(ours)), false)
  const theirs = summary({ State, Status })
  assert.equal(needsDetails(containerRow(theirs), theirs), true)
  assert.equal(withDetails(containerRow(theirs), { State: { OOMKilled: true } }).isOutOfMemory, true)
})

test('the reason of a failing probe is its first line', () => {
  const unhealthy = row({ State: 'running', Status: 'Up (unhealthy)' })
  const details = { State: { Health: { FailingStreak: 3, Log: [{ Output: 'old' }, { Output: '\n refused\nmore' }] } } }
  assert.deepEqual(withDetails(unhealthy, details).healthFailures, { count: 3, output: 'refused' })
})

test('a port on IPv4 and IPv6 is one port', () => {
  const { ports } = row({
    Ports: [
      { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '127.0.0.1', PrivatePort: 53, PublicPort: 53, Type: 'udp' },
      { PrivatePort: 9000, Type: 'tcp' },
    ],
  })
  assert.deepEqual(ports, [
    { container: 53, protocol: 'udp', host: { address: '127.0.0.1', port: 53 } },
    { container: 80, protocol: 'tcp', host: { address: '0.0.0.0', port: 8080 } },
    { container: 9000, protocol: 'tcp' },
  ])
})

test('how long it has been up is no change', () => {
  assert.equal(isSameRow(row({ Status: 'Up 1 second' }), row({ Status: 'Up 2 seconds' })), true)
  assert.equal(isSameRow(row({ Status: 'Up 1 second' }), row({ Status: 'Up 2 seconds (healthy)' })), false)
})
