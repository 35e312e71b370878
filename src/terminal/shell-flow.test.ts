import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineError, fakeClient, fakeHost } from '../testing/fake-client.ts'
import { scriptedAsk } from '../testing/scripted-ask.ts'
import { chooseShell, chooseToolbox } from './shell-flow.ts'
import { Shells } from './shells.ts'

const CONTAINER = { Id: 'c1', Name: '/web', Image: 'sha256:1', Config: { User: 'me' }, State: { Running: true } }
const STOPPED = { ...CONTAINER, State: { Running: false } }
const MISSING = engineError(404, 'no-such-file')

/** Shells that are found, or not, without looking. */
class KnownShells extends Shells {
  readonly asked: string[] = []
  readonly #shell: string | undefined

  constructor(shell: string | undefined) {
    super()
    this.#shell = shell
  }

  override async find(...[, , user]: Parameters<Shells['find']>): Promise<string | undefined> {
    this.asked.push(user)
    return this.#shell
  }
}

test('the shell of the container’s user', async () => {
  const host = fakeHost(fakeClient({ 'GET /containers/c1/json': [CONTAINER] }))
  const shells = new KnownShells('/bin/bash')
  const chosen = await chooseShell({ ask: scriptedAsk([]), shells }, { host, containerId: 'c1' })
  assert.deepEqual([chosen?.spec.command, chosen?.label, shells.asked], [['/bin/bash'], 'bash', ['me']])
  await chooseShell({ ask: scriptedAsk([]), shells }, { host, containerId: 'c1' }, { user: 'root' })
  assert.deepEqual(shells.asked, ['me', 'root'])
})

test('a command that is wished for is not looked for', async () => {
  const host = fakeHost(fakeClient({ 'GET /containers/c1/json': [CONTAINER] }))
  const shells = new KnownShells(undefined)
  const chosen = await chooseShell({ ask: scriptedAsk([]), shells }, { host, containerId: 'c1' }, { command: ['/usr/bin/htop', '-d', '5'] })
  assert.deepEqual([chosen?.spec.command, chosen?.label, shells.asked], [['/usr/bin/htop', '-d', '5'], 'htop', []])
})

test('one that does not run is started if the user agrees', async () => {
  const answers = { 'GET /containers/c1/json': [STOPPED, CONTAINER], 'POST /containers/c1/start': [undefined] }
  const client = fakeClient(answers)
  const ask = scriptedAsk(['yes'])
  const chosen = await chooseShell({ ask, shells: new KnownShells('/bin/sh') }, { host: fakeHost(client), containerId: 'c1' })
  assert.equal(chosen?.container.isRunning, true)
  assert.deepEqual(ask.said, ['web is not running.'])
  assert.ok(client.calls.includes('POST /containers/c1/start'))

  const other = fakeClient(answers)
  assert.equal(
    await chooseShell({ ask: scriptedAsk(['no']), shells: new KnownShells('/bin/sh') }, { host: fakeHost(other), containerId: 'c1' }),
    undefined,
  )
  assert.deepEqual(other.calls, ['GET /containers/c1/json'])
})

test('one that is paused is resumed if the user agrees', async () => {
  const paused = { ...CONTAINER, State: { Running: true, Paused: true } }
  const client = fakeClient({ 'GET /containers/c1/json': [paused, CONTAINER], 'POST /containers/c1/unpause': [undefined] })
  const ask = scriptedAsk(['yes'])
  await chooseShell({ ask, shells: new KnownShells('/bin/sh') }, { host: fakeHost(client), containerId: 'c1' })
  assert.deepEqual(ask.said, ['web is paused.'])
})

test('without a shell there is a toolbox, where the engine has one', async () => {
  const answers = { 'GET /containers/c1/json': [CONTAINER] }
  const ask = scriptedAsk(['yes', 'no'])
  const parts = { ask, shells: new KnownShells(undefined) }
  const pocker = { host: fakeHost(fakeClient(answers)), containerId: 'c1' }
  const chosen = await chooseShell(parts, pocker)
  assert.deepEqual([chosen?.spec.isToolbox, chosen?.spec.command, ask.said], [true, [], ['This image has no shell.']])
  assert.equal(await chooseShell(parts, pocker), undefined)

  const docker = { host: fakeHost(fakeClient(answers), false), containerId: 'c1' }
  await assert.rejects(chooseShell(parts, docker), { code: 'no-shell' })
  await assert.rejects(chooseToolbox(parts, docker), { code: 'no-toolbox' })
})

test('a container that is gone is an error of its own', async () => {
  const host = fakeHost(fakeClient({ 'GET /containers/c1/json': [MISSING] }))
  await assert.rejects(chooseShell({ ask: scriptedAsk([]), shells: new Shells() }, { host, containerId: 'c1' }), {
    code: 'no-such-container',
  })
})
