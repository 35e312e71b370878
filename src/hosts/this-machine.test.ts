import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fakeEngine } from '../testing/fake-engine.ts'
import type { Surroundings } from './local/surroundings.ts'
import { foundHosts, ownHost } from './this-machine.ts'

function surroundings(env: Record<string, string>, changes: Partial<Surroundings> = {}): Surroundings {
  return {
    platform: 'linux',
    uid: 1000,
    env,
    isRemote: false,
    programFolders: [],
    sandbox: undefined,
    noNewPrivileges: false,
    runRoot: '/run/pocker',
    ...changes,
  }
}

function addressOf(t: TestContext, given: Surroundings): string | undefined {
  const host = ownHost(given)
  t.after(() => host?.dispose())
  return host?.address
}

test('each user has a socket of their own, and POCKER_HOST names another', (t) => {
  assert.equal(addressOf(t, surroundings({})), 'unix:///run/pocker/1000/pocker.sock')
  assert.equal(addressOf(t, surroundings({}, { uid: 0 })), 'unix:///run/pocker/pocker.sock')
  assert.equal(addressOf(t, surroundings({ POCKER_HOST: 'unix:///tmp/x' })), 'unix:///tmp/x')
  assert.equal(addressOf(t, surroundings({ POCKER_HOST: 'tcp://evil' })), 'unix:///run/pocker/1000/pocker.sock')
})

test('without a Linux kernel there is no engine to look for', async () => {
  const elsewhere = surroundings({}, { platform: 'darwin' })
  assert.equal(ownHost(elsewhere), undefined)
  assert.deepEqual(await foundHosts(elsewhere), [])
})

test('beside POCKER_HOST only the engine that DOCKER_HOST names is looked for', async (t) => {
  const engine = await fakeEngine(t)
  const env = { POCKER_HOST: 'unix:///tmp/x', DOCKER_HOST: `unix://${engine.socket}`, XDG_RUNTIME_DIR: '/nowhere' }
  const hosts = await foundHosts(surroundings(env))
  t.after(() => hosts.forEach((host) => void host.dispose()))
  assert.deepEqual(
    hosts.map(({ id, kind, address }) => ({ id, kind, address })),
    [{ id: 'docker-host', kind: 'socket', address: `unix://${engine.socket}` }],
  )
})
