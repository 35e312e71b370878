/** The helper as a service, on a machine that seems to have systemd; and its programs, which are the real ones. */
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { bootstrapCommand } from '../../helper/api/bootstrap.ts'
import { startedSchema } from '../../helper/api/helper.ts'
import { answerOf, type BackgroundPlace, endBackground, startWords } from '../support/background.ts'
import { eventually } from '../support/engine.ts'
import { type FakeSystemd, makeFakeSystemd } from '../support/fake-systemd.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { whyNoHelper } from '../support/helper.ts'
import { makeRealPayload, type Payload } from '../support/payload.ts'
import { type Client, makeClient } from '../support/request.ts'
import type { RunResult } from '../support/run.ts'
import { ANNA } from '../support/users.ts'

const NONCE = 'fedcba9876543210'

describe('service', { skip: whyNoHelper() ?? false }, () => {
  let programs: TemporaryFolder
  let payload: Payload
  let newer: Payload
  before(() => {
    programs = makeTemporaryFolder('programs')
    chmodSync(programs.path, 0o755)
    payload = makeRealPayload(join(programs.path, 'now'), '0.1.5')
    newer = makeRealPayload(join(programs.path, 'newer'), '0.2.0')
    // A user's, as that of an editor's extension: root must not run it at every start of the machine.
    chownSync(payload.source, ANNA, ANNA)
  })
  after(() => programs?.[Symbol.asyncDispose]())

  let systemd: FakeSystemd
  let place: BackgroundPlace
  beforeEach(async () => {
    systemd = await makeFakeSystemd()
    const { path } = systemd.folder
    place = { base: join(path, 'base'), dataRoot: join(path, 'data'), runRoot: join(path, 'runtime') }
    mkdirSync(place.base)
  })
  afterEach(async () => {
    await endBackground(place)
    await systemd[Symbol.asyncDispose]()
  })

  const pocker = (...words: string[]): Promise<RunResult> =>
    systemd.run([join(payload.source, 'pocker'), ...words], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', POCKER_DATA_ROOT: place.dataRoot, POCKER_RUN_ROOT: place.runRoot },
    })
  const ok = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await pocker(...words)
    assert.equal(code, 0, `pocker ${words.join(' ')}: ${stderr}`)
    return stdout.trim()
  }
  const client = (): Client => makeClient(join(place.runRoot, 'pocker.sock'))
  const helper = async (): Promise<{ pid: number; program: string; idleTimeout: number; version: string }> => {
    using asking = client()
    return Object((await asking.send('GET', '/pocker/helper')).body)
  }
  const unit = async () => (await systemd.run(['cat', '/etc/systemd/system/pocker.service'])).stdout

  test('it takes over from a helper on demand, runs a program that is root’s alone, and lets the user in for good', async () => {
    const id = await ok('run', '-d', '--network', 'none', 'host', 'sleep', '1000')
    const before = await helper()
    const running = await ok('inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', id)
    assert.match(await ok('service', 'install', '--user', String(ANNA)), /is a service now/)
    const now = await helper()
    assert.notEqual(now.pid, before.pid)
    assert.match(now.program, /^\/usr\/local\/lib\/pocker\/[0-9a-f]{64}$/)
    assert.equal(now.idleTimeout, 0)
    assert.ok((await unit()).includes(`ExecStart="${now.program}/pocker" "helper"`))
    assert.equal(await ok('inspect', '-f', '{{.State.Pid}} {{.State.StartedAt}}', id), running)
    assert.match(await ok('grant'), new RegExp(`^${ANNA} +revoked `, 'm'))
    assert.deepEqual(systemd.calls(), ['daemon-reload', 'enable pocker.service', 'restart pocker.service'])
    assert.match(await ok('service', 'status'), /^ActiveState=active$/m)
  })

  test('installed again it is the same, and restarts with the containers going on', async () => {
    await ok('service', 'install')
    const id = await ok('run', '-d', '--network', 'none', 'host', 'sleep', '1000')
    const running = await ok('inspect', '-f', '{{.State.Pid}}', id)
    const first = await helper()
    await ok('service', 'install')
    assert.notEqual((await helper()).pid, first.pid)
    assert.equal(await ok('inspect', '-f', '{{.State.Pid}}', id), running)
  })

  test('removed it leaves containers, and a helper on demand that looks after them', async () => {
    await ok('service', 'install')
    const id = await ok('run', '-d', '--network', 'none', 'host', 'sleep', '1000')
    const running = await ok('inspect', '-f', '{{.State.Pid}}', id)
    assert.match(await ok('service', 'uninstall'), /no service any more/)
    assert.equal((await helper()).idleTimeout, 600)
    assert.equal(await ok('inspect', '-f', '{{.State.Pid}}', id), running)
    assert.equal(await unit(), '')
    const status = await pocker('service', 'status')
    assert.deepEqual([status.code, status.stdout], [4, 'not installed\n'])
    assert.equal((await pocker('service', 'uninstall')).code, 1)
  })

  test('to an editor it is answered behind a nonce which helper runs then, or why not', async () => {
    const bootstrapped = async (...words: string[]): Promise<unknown> => {
      const { source, files } = payload
      const command = bootstrapCommand({ nonce: NONCE, source, files, words: [...words, '--nonce', NONCE], bases: ['/usr/local/lib'] })
      return answerOf(
        await systemd.run(['env', `POCKER_DATA_ROOT=${place.dataRoot}`, `POCKER_RUN_ROOT=${place.runRoot}`, ...command]),
        NONCE,
      )
    }
    const installed = startedSchema.parse(await bootstrapped('service', 'install', '--user', String(ANNA)))
    assert.deepEqual([installed.pid, installed.socket], [(await helper()).pid, join(place.runRoot, String(ANNA), 'pocker.sock')])
    assert.equal(startedSchema.parse(await bootstrapped('service', 'uninstall')).pid, (await helper()).pid)
    assert.equal(await unit(), '')
    assert.partialDeepStrictEqual(await bootstrapped('service', 'uninstall'), { error: 'no-service' })
    // From a folder that is not root's alone nothing is installed.
    assert.partialDeepStrictEqual(answerOf(await pocker('service', 'install', '--nonce', NONCE), NONCE), { error: 'unsafe-program' })
  })

  test('after a restart of the machine containers run again whose policy says so', async () => {
    await ok('service', 'install')
    const id = await ok('run', '-d', '--network', 'none', '--restart', 'always', 'host', 'sleep', '1000')
    const first = await ok('inspect', '-f', '{{.State.Pid}}', id)
    // All that runs ends at once, and the service starts: the machine's restart, as far as a helper can tell.
    const { pid } = await helper()
    const all = [pid, parentOf(Number(first)), Number(first)]
    for (const number of all) process.kill(number, 'SIGKILL')
    await eventually('all have ended', () => all.every(hasEnded))
    // By the first command, which finds nobody and has the service start: not a helper on demand, which would be in its way.
    assert.equal(await ok('inspect', '-f', '{{.State.Running}}', id), 'true')
    assert.notEqual(await ok('inspect', '-f', '{{.State.Pid}}', id), first)
    assert.equal((await helper()).idleTimeout, 0)
  })

  test('a newer program that is started takes the service over', async () => {
    await ok('service', 'install')
    const before = await helper()
    const { source, files } = newer
    const command = bootstrapCommand({ nonce: '', source, files, words: startWords(place), bases: ['/usr/local/lib'] })
    assert.equal((await systemd.run(command)).code, 0)
    const now = await helper()
    assert.deepEqual([now.version, now.idleTimeout], ['0.2.0', 0])
    assert.ok((await unit()).includes(`ExecStart="${now.program}/pocker" "helper"`))
    const there = await systemd.run(['ls', '/usr/local/lib/pocker'])
    assert.deepEqual([there.stdout.includes(now.program.slice(-64)), there.stdout.includes(before.program.slice(-64))], [true, false])
  })

  test('a service that does not come up is told, and leaves nothing', async () => {
    mkdirSync(join(place.dataRoot, 'state.db'), { recursive: true })
    const { code, stderr } = await pocker('service', 'install')
    assert.equal(code, 1)
    assert.match(stderr, /no answer|has ended/)
    assert.equal(await unit(), '')
  })

  test('where there is no systemd it is said so', async () => {
    await systemd.run(['rmdir', '/run/systemd/system'])
    const { code, stderr } = await pocker('service', 'install')
    assert.equal(code, 1)
    assert.match(stderr, /does not run systemd\nHint: .*helper --idle-timeout 0/)
    assert.deepEqual(readdirSync(place.base), [])
  })

  test('only root changes it', async () => {
    const { code, stderr } = await systemd.run([
      'setpriv',
      '--reuid',
      String(ANNA),
      '--regid',
      String(ANNA),
      '--clear-groups',
      join(payload.source, 'pocker'),
      'service',
      'install',
    ])
    assert.equal(code, 1)
    assert.match(stderr, /takes root/)
  })
})

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** A zombie has no arguments any more. */
function hasEnded(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === ''
  } catch {
    return true
  }
}
