/** Users who have been let in have a socket of their own, and nobody else has any use of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, statSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { dirname, join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { eventually } from '../support/engine.ts'
import { startHelper, type TestHelper, whyNoHelper } from '../support/helper.ts'
import { makeClient } from '../support/request.ts'
import { type RunResult, run } from '../support/run.ts'
import { ANNA, EVE, makeReachableProgram, type ReachableProgram } from '../support/users.ts'

/** Asks a socket for a path, and prints the answer's status, or the error's code. */
const ASK = `
const [socketPath, path] = process.argv.slice(1)
require('node:http').get({ socketPath, path }, ({ statusCode }) => { console.log(statusCode); process.exit() })
  .on('error', ({ code }) => console.log(code))
`

describe('sockets of users', { skip: whyNoHelper() ?? false }, () => {
  let helper: TestHelper
  let program: ReachableProgram
  before(async () => {
    program = makeReachableProgram()
    helper = await startHelper()
    chmodSync(dirname(helper.socket), 0o711)
  })
  after(async () => {
    await helper?.[Symbol.asyncDispose]()
    await program?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    for (const uid of [ANNA, EVE]) await helper.request('DELETE', `/pocker/listeners/${uid}`)
  })

  const socketOf = (uid: number) => join(helper.runRoot, String(uid), 'pocker.sock')
  const letIn = async (uid: number, until = 'reboot') => {
    assert.equal((await helper.request('POST', '/pocker/listeners', { uid, until })).status, 200)
    return socketOf(uid)
  }
  const pocker = (uid: number, ...words: string[]): Promise<RunResult> =>
    run(program.pocker, words, { uid, cwd: '/', env: { PATH: '/usr/bin:/bin', POCKER_RUN_ROOT: helper.runRoot } })
  const ask = async (uid: number, socket: string, path = '/_ping') => {
    const { stdout, stderr } = await run(program.node, ['-e', ASK, socket, path], { uid, cwd: '/', env: {} })
    return stdout.trim() || stderr
  }

  test('a user who has been let in uses the command line without more ado', async () => {
    assert.equal((await helper.pocker(['grant', '--until-reboot', String(ANNA)])).code, 0)
    assert.deepEqual(await pocker(ANNA, 'run', '--rm', 'host', 'id', '-u'), { code: 0, signal: null, stdout: '0\n', stderr: '' })
  })

  test('a user who has not is told how to be', async () => {
    const { code, stderr } = await pocker(EVE, 'ps')
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`sudo \\S*pocker grant ${EVE}`))
    await letIn(ANNA)
    assert.match((await pocker(EVE, 'ps')).stderr, new RegExp(`sudo \\S*pocker grant ${EVE}`))
  })

  test('a socket is its user’s alone, in folders that are root’s and list nothing', async () => {
    const socket = await letIn(ANNA)
    const seen = [socket, dirname(socket), helper.runRoot].map((path) => statSync(path))
    assert.deepEqual(
      seen.map(({ uid, mode }) => [uid, mode & 0o7777]),
      [
        [ANNA, 0o600],
        [0, 0o711],
        [0, 0o711],
      ],
    )
    assert.equal(await ask(ANNA, socket), '200')
    assert.equal(await ask(EVE, socket), 'EACCES')
    assert.equal(await ask(ANNA, helper.socket), 'EACCES')
  })

  const ATTACKS: Readonly<Record<string, (socket: string) => readonly string[]>> = {
    'list the sockets': () => ['ls', helper.runRoot],
    'list the folder': (socket) => ['ls', dirname(socket)],
    'remove the socket': (socket) => ['rm', '-f', socket],
    'rename the socket': (socket) => ['mv', socket, `${socket}.old`],
    'rename the folder': (socket) => ['mv', dirname(socket), join(helper.runRoot, 'old')],
    'put a socket of theirs beside it': (socket) => ['ln', '-s', '/tmp/x', join(dirname(socket), 'other.sock')],
    'make a folder for somebody else': () => ['mkdir', join(helper.runRoot, '70103')],
    'open it to others': (socket) => ['chmod', '0711', dirname(socket)],
    'read what the helper keeps there': () => ['ls', join(helper.runRoot, 'status')],
    'read who has been let in': () => ['cat', join(helper.dataRoot, 'users.json')],
  }
  for (const [what, words] of Object.entries(ATTACKS)) {
    test(`no user can ${what}`, async () => {
      const socket = await letIn(ANNA)
      const [command = '', ...args] = words(socket)
      for (const uid of [ANNA, EVE]) assert.notEqual((await run(command, args, { uid, cwd: '/' })).code, 0)
      assert.equal(await ask(ANNA, socket), '200')
    })
  }

  test('one who may open every file and is not root is recognised by the kernel, and refused', async () => {
    const socket = await letIn(ANNA)
    for (const path of [socket, helper.socket]) {
      const words = ['--reuid', String(EVE), '--regid', String(EVE), '--clear-groups', '--inh-caps=+dac_override']
      const { stdout } = await run('setpriv', [...words, '--ambient-caps=+dac_override', program.node, '-e', ASK, path, '/_ping'])
      assert.equal(stdout, '403\n', path)
    }
    assert.equal(await ask(0, socket), '200')
  })

  test('a user lets nobody in and does not end the helper', async () => {
    await letIn(ANNA)
    for (const words of [['grant', String(EVE)], ['revoke', String(ANNA)], ['grant']]) {
      const { code, stderr } = await pocker(ANNA, ...words)
      assert.equal(code, 1)
      assert.match(stderr, /only root/)
    }
    assert.equal(existsSync(socketOf(EVE)), false)
  })

  test('sockets come back with the next helper, also after kill -9, and go with the user’s right', async () => {
    const socket = await letIn(ANNA)
    await letIn(EVE, 'revoked')
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await helper.restart(signal)
      assert.deepEqual([await ask(ANNA, socket), await ask(EVE, socketOf(EVE))], ['200', '200'])
    }
    assert.equal((await helper.pocker(['revoke', String(ANNA)])).code, 0)
    assert.match(await ask(ANNA, socket), /ENOENT/)
    await helper.restart()
    assert.deepEqual([existsSync(dirname(socket)), await ask(EVE, socketOf(EVE))], [false, '200'])
  })

  test('who is shut out loses the connections too', async () => {
    const socketPath = await letIn(ANNA)
    const request = get({ socketPath, path: '/events' })
    const [response]: IncomingMessage[] = await once(request, 'response')
    const cut = once(response ?? request, 'error')
    assert.equal((await helper.pocker(['revoke', String(ANNA)])).code, 0)
    assert.equal((await cut)[0].code, 'ECONNRESET')
  })

  test('a helper lets in whom it is told to at its start', async () => {
    await using other = await startHelper({ args: ['--user', String(ANNA), '--user', String(EVE)] })
    chmodSync(dirname(other.socket), 0o711)
    for (const uid of [ANNA, EVE]) assert.equal(await ask(uid, join(other.runRoot, String(uid), 'pocker.sock')), '200')
  })

  test('root tells the helper to leave, and it does', async () => {
    await using other = await startHelper()
    using client = makeClient(other.socket)
    const answer = await client.send('POST', '/pocker/leave')
    assert.partialDeepStrictEqual(answer.body, { pid: other.pid(), socket: other.socket })
    await eventually('it has ended', () => !existsSync(`/proc/${other.pid()}`))
    assert.equal(existsSync(other.socket), false)
  })
})
