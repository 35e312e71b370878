import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findTarget } from './target.ts'
import { throwsCode } from './testing/throws-code.ts'

const DEFAULT = { socket: '/run/pocker/pocker.sock', foreign: false, dataRoot: '/var/lib/pocker', runRoot: '/run/pocker' }

test('without any word it is our own helper', () => assert.deepEqual(findTarget(undefined, {}), DEFAULT))

test('the roots can be elsewhere', () => {
  assert.deepEqual(findTarget(undefined, { POCKER_DATA_ROOT: '/d', POCKER_RUN_ROOT: '/r' }), {
    socket: '/r/pocker.sock',
    foreign: false,
    dataRoot: '/d',
    runRoot: '/r',
  })
})

test('a user has a socket of its own', () => {
  assert.deepEqual(findTarget(undefined, {}, 1000), { ...DEFAULT, socket: '/run/pocker/1000/pocker.sock' })
  assert.equal(findTarget(undefined, { POCKER_RUN_ROOT: '/r' }, 1000).socket, '/r/1000/pocker.sock')
  assert.equal(findTarget('/x/p.sock', {}, 1000).socket, '/x/p.sock')
  assert.equal(findTarget(undefined, { DOCKER_HOST: 'unix:///d' }, 1000).socket, '/d')
})

test('a named socket of ours is only the socket', () => {
  assert.deepEqual(findTarget('/x/p.sock', {}), { ...DEFAULT, socket: '/x/p.sock' })
  assert.deepEqual(findTarget(undefined, { POCKER_HOST: 'unix:///x/p.sock', DOCKER_HOST: 'unix:///d' }), {
    ...DEFAULT,
    socket: '/x/p.sock',
  })
})

test("Docker's variable means an engine of somebody else's", () => {
  assert.deepEqual(findTarget(undefined, { DOCKER_HOST: 'unix:///var/run/docker.sock' }), {
    ...DEFAULT,
    socket: '/var/run/docker.sock',
    foreign: true,
  })
})

for (const host of ['tcp://x', 'relative.sock', 'unix://relative']) {
  test(`${host} is refused`, () => throwsCode('unsupported-host', () => findTarget(undefined, { DOCKER_HOST: host })))
}
