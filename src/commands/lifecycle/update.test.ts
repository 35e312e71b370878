import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { fakeClient } from '../../testing/fake-client.ts'
import { scriptedAsk } from '../../testing/scripted-ask.ts'
import { updateFlow, updateOf } from './update.ts'

const before = { limits: { memory: 512 * 2 ** 20, processes: 100 }, restart: 'no' } as const

test('only what has changed is told, memory with the swap that goes with it', () => {
  assert.equal(updateOf(before, before), undefined)
  assert.deepEqual(updateOf(before, { limits: { memory: 2 ** 30, cpus: 1.5 }, restart: 'always' }), {
    Memory: 2 ** 30,
    MemorySwap: 2 ** 31,
    NanoCpus: 1.5e9,
    PidsLimit: -1,
    RestartPolicy: { Name: 'always' },
  })
})

test('a limit that an engine cannot take away is refused in words', () => {
  assert.throws(() => updateOf(before, { limits: {}, restart: 'no' }), { code: 'limit-cannot-go' })
})

test('limits and restart are changed and applied', async () => {
  const inspect = {
    Id: 'a',
    Name: '/web',
    Image: 'sha256:1',
    State: { Running: true },
    Config: { Image: 'nginx' },
    HostConfig: { Memory: 64 * 2 ** 20 },
  }
  const client = fakeClient({ 'GET /containers/a/json': [inspect], 'POST /containers/a/update': [null] })
  const host = changingHost({ client, containers: [containerOf({ id: 'a', name: 'web' })] })
  const ask = scriptedAsk(['limits', 'memory', 'text 128m', 'back', 'restart', 'always', 'apply'])
  await updateFlow({ ask, hosts: new Hosts(() => [host]), busy: (work) => work() }, { host, containerId: 'a' })
  assert.deepEqual(client.bodies.get('POST /containers/a/update'), {
    Memory: 128 * 2 ** 20,
    MemorySwap: 256 * 2 ** 20,
    RestartPolicy: { Name: 'always' },
  })
  assert.deepEqual(ask.rest, [])
})
