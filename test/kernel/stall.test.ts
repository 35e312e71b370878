/** A container must not be able to hold up the helper, which waits for each process that it starts until it executes. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { countHelper } from '../support/leaks.ts'

const skip = whyNoEngine()
/** Milliseconds: an attack costs the helper two seconds at most. */
const PATIENCE = 6000
let engine: TestEngine

before(async () => {
  if (skip === false) engine = await startEngine()
})
after(async () => {
  if (skip === false) await engine[Symbol.asyncDispose]()
})

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** A helper that hangs for ever would hang the test too: then it is killed, and the test says so. */
async function request(method: string, path: string, body?: unknown): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
  const timer = setTimeout(() => process.kill(engine.helper.pid(), 'SIGKILL'), PATIENCE)
  try {
    const answer = await engine.helper.request(method, path, body)
    return { status: answer.status, body: objectOf(answer.body) }
  } finally {
    clearTimeout(timer)
  }
}

async function start(options: object): Promise<string> {
  const { body } = await request('POST', '/containers/create', { Image: 'tiny', ...options })
  assert.equal((await request('POST', `/containers/${String(body.Id)}/start`)).status, 204)
  return String(body.Id)
}

async function exec(id: string, options: object): Promise<number> {
  const { body } = await request('POST', `/containers/${id}/exec`, { Cmd: ['true'], ...options })
  return (await request('POST', `/exec/${String(body.Id)}/start`, { Detach: true, ...options })).status
}

async function waitReady(id: string): Promise<void> {
  while (!(await engine.pocker('logs', id)).stdout.includes('ready')) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function remove(id: string): Promise<void> {
  assert.equal((await request('DELETE', `/containers/${id}?force=1`)).status, 204)
}

test('a FIFO in place of /dev/null: exec does not wait for its other end', { skip, timeout: 30_000 }, async () => {
  const id = await start({ Cmd: ['sh', '-c', 'rm /dev/null && mkfifo /dev/null && echo ready && exec probe sleep-forever'] })
  await waitReady(id)
  assert.equal(await exec(id, {}), 200)
  assert.equal((await request('GET', '/_ping')).status, 200)
  await remove(id)
})

test('a FIFO as /dev/null of a volume on /dev: start does not wait for its other end', { skip, timeout: 30_000 }, async () => {
  await using dev = makeTemporaryFolder('dev')
  assert.equal(spawnSync('mkfifo', [join(dev.path, 'null')]).status, 0)
  const { body } = await request('POST', '/containers/create', {
    Image: 'tiny',
    Cmd: ['true'],
    HostConfig: { Binds: [`${dev.path}:/dev`] },
  })
  await request('POST', `/containers/${String(body.Id)}/start`)
  assert.equal((await request('GET', '/_ping')).status, 200)
  await remove(String(body.Id))
})

for (const [name, signal] of [
  ['stops', 19],
  ['kills', 9],
] as const) {
  for (const Tty of [false, true]) {
    test(`a container that ${name} whatever comes in cannot hold up exec${Tty ? ' with a terminal' : ''}`, {
      skip,
      timeout: 60_000,
    }, async () => {
      const id = await start({ Cmd: ['probe', 'signal-all', String(signal)] })
      await waitReady(id)
      const before = countHelper(engine.helper.pid()).descriptors
      for (let count = 0; count < (signal === 9 ? 40 : 3); count++) {
        await exec(id, { Tty })
        assert.equal((await request('GET', '/_ping')).status, 200)
      }
      await remove(id)
      await eventually('its descriptors are closed', () => countHelper(engine.helper.pid()).descriptors <= before + 2)
    })
  }
}

test('a container that stops whatever comes into its pid namespace cannot hold up the start of another', {
  skip,
  timeout: 60_000,
}, async () => {
  const attacker = await start({ Cmd: ['probe', 'signal-all', '19'] })
  await waitReady(attacker)
  for (const Tty of [false, true]) {
    const { body } = await request('POST', '/containers/create', {
      Image: 'tiny',
      Tty,
      Cmd: ['true'],
      HostConfig: { PidMode: `container:${attacker}` },
    })
    await request('POST', `/containers/${String(body.Id)}/start`)
    assert.equal((await request('GET', '/_ping')).status, 200)
    await remove(String(body.Id))
  }
  await remove(attacker)
})
