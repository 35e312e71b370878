import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf } from '../../client/engine-problem.ts'
import { type LocalStartParts, localStart } from './local-start.ts'
import { startError } from './start-error.ts'
import type { Surroundings } from './surroundings.ts'

const surroundings: Surroundings = {
  platform: 'linux',
  uid: 1000,
  env: {},
  isRemote: false,
  programFolders: [],
  sandbox: undefined,
  noNewPrivileges: false,
  runRoot: '/run/pocker',
}
const logged: string[] = []
const parts: LocalStartParts = {
  surroundings,
  extensionPath: '/nowhere',
  isNamed: () => false,
  askPassword: async () => undefined,
  log: { info: (line) => void logged.push(line) },
  progress: (work) => work(() => {}),
}

test('a socket that somebody has named is theirs to serve', async () => {
  const local = localStart({ ...parts, isNamed: () => true })
  assert.equal(codeOf(local.impossible), 'socket-named')
  await assert.rejects(local.start('start'), { code: 'socket-named' })
})

test('an extension without a program for this machine says so', async () => {
  await assert.rejects(localStart(parts).start('start'), { code: 'no-program' })
})

test('only root is asked nothing, and other systems cannot start it', () => {
  assert.equal(localStart(parts).asksNothing, false)
  assert.equal(localStart({ ...parts, surroundings: { ...surroundings, uid: 0 } }).asksNothing, true)
  assert.equal(codeOf(localStart({ ...parts, surroundings: { ...surroundings, platform: 'darwin' } }).impossible), 'platform-unsupported')
})

test('what was tried is logged, and who dismisses the question is told nothing', async () => {
  const error = startError('dismissed')
  error.tried = ['running: not applicable, nobody listens', 'sudo-with-password: failed']
  const local = localStart({ ...parts, payload: () => ({ source: '/x', files: {} }), start: () => Promise.reject(error) })
  await assert.rejects(local.start('update'), { code: 'cancelled' })
  assert.deepEqual(logged.splice(0), ['update: running: not applicable, nobody listens', 'update: sudo-with-password: failed'])
})

test('how it was started is logged', async () => {
  const helper = { version: '1.2.3', pid: 7, program: '/opt/pocker/x', socket: '/run/pocker/1000/pocker.sock' }
  const attempts = [{ strategy: 'dialog', outcome: { kind: 'ready' as const, helper } }]
  await localStart({ ...parts, payload: () => ({ source: '/x', files: {} }), start: async () => ({ helper, attempts }) }).start('start')
  assert.deepEqual(logged.splice(0), ['start: dialog: version 1.2.3, process 7, /opt/pocker/x'])
})
