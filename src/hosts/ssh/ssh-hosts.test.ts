import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PockerError } from '../../../helper/api/errors.ts'
import { socketConnect } from '../../client/socket-connect.ts'
import { type FakeEngine, fakeEngine } from '../../testing/fake-engine.ts'
import { scriptedAsk } from '../../testing/scripted-ask.ts'
import type { Host, HostState } from '../host.ts'
import { Hosts } from '../hosts.ts'
import { connectHost, forgetHost } from './host-flows.ts'
import type { loadSsh } from './load-ssh.ts'
import { SshHost } from './ssh-host.ts'
import { SshHosts } from './ssh-hosts.ts'
import { askedQuestions, silentQuestions } from './ssh-questions.ts'
import { SshSecrets } from './ssh-secrets.ts'

function memory() {
  const values = new Map<string, unknown>()
  const text = (key: string) => {
    const value = values.get(key)
    return typeof value === 'string' ? value : undefined
  }
  return {
    values,
    secrets: {
      get: async (key: string) => text(key),
      store: async (key: string, value: string) => void values.set(key, value),
      delete: async (key: string) => void values.delete(key),
    },
    names: { get: (key: string) => values.get(key), update: async (key: string, value: unknown) => void values.set(key, value) },
  }
}

/** A remote machine that is this engine, and fails to connect as told. */
function remoteOf(engine: FakeEngine, failures: (PockerError | undefined)[]) {
  const asked: boolean[] = []
  const remote = {
    asked,
    connect: async ({ questions }: { questions?: { isSilent?: boolean } }) => {
      asked.push(questions?.isSilent !== true)
      const failure = failures.shift()
      if (failure !== undefined) throw failure
    },
    openEngine: async () => await socketConnect(engine.socket)(),
    disconnect: () => {},
    uninstall: async () => {
      const failure = failures.shift()
      if (failure !== undefined) throw failure
    },
    servePort: async () => ({ port: 4711, close: () => {} }),
  }
  const load: unknown = async () => ({ openRemoteAt: () => remote })
  return { remote, load: load as typeof loadSsh }
}

function state(host: Host, kind: HostState['kind']): Promise<HostState> {
  if (host.state.kind === kind) return Promise.resolve(host.state)
  return new Promise((resolve) => {
    const listening = host.onDidChangeState((next) => {
      if (next.kind !== kind) return
      listening.dispose()
      resolve(next)
    })
  })
}

async function setting(t: TestContext, failures: (PockerError | undefined)[], script: Parameters<typeof scriptedAsk>[0] = []) {
  const engine = await fakeEngine(t)
  engine.handlers.set('GET /_ping', (_request, response) => response.end('OK'))
  const { remote, load } = remoteOf(engine, failures)
  const { secrets, names, values } = memory()
  const known = new SshSecrets(secrets, names)
  const ask = scriptedAsk(script)
  let saved: readonly string[] = ['box']
  const parts = { ask, secrets: known, host: 'box' }
  const ssh = new SshHosts({
    setting: {
      read: () => saved,
      write: async (addresses) => {
        saved = addresses
      },
    },
    secrets: known,
    make: (address, { mayAsk }) =>
      new SshHost({
        address,
        mayAsk,
        load,
        payload: () => undefined,
        questions: { asked: () => askedQuestions(parts), silent: () => silentQuestions(parts) },
      }),
  })
  const hosts = new Hosts(() => ssh.all())
  t.after(() => hosts.dispose())
  return { hosts, ssh, ask, remote, values, known, parts, saved: () => saved, busy: <T>(work: () => Promise<T>) => work() }
}

const needsAnswer = () => new PockerError('Unavailable', 'connect to box: it asks for a password', { code: 'ssh-needs-answer' })

test('a host of the setting connects without a question, and says how far away it is', async (t) => {
  const { hosts, remote } = await setting(t, [])
  hosts.open()
  const host = hosts.find('ssh:box')
  assert.ok(host !== undefined)
  await state(host, 'ready')
  while (host.state.kind === 'ready' && host.state.latency === undefined) await sleep(5)
  assert.ok(host.state.kind === 'ready' && (host.state.latency ?? 0) >= 1)
  assert.deepEqual(remote.asked, [false])
  assert.equal(await host.reach?.('127.0.0.1', 80), 4711)
})

test('one that needs an answer waits for the user, who is asked when it is wanted', async (t) => {
  const parts = await setting(t, [needsAnswer()])
  parts.hosts.open()
  const host = parts.hosts.find('ssh:box')
  assert.ok(host !== undefined)
  const waiting = await state(host, 'unreachable')
  assert.ok(waiting.kind === 'unreachable' && waiting.retryAt === undefined && waiting.code === 'ssh-needs-answer')
  await connectHost(parts, { host })
  assert.deepEqual(parts.remote.asked, [false, true])
})

test('one that cannot be reached is tried again by itself', async (t) => {
  const { hosts, remote } = await setting(t, [new PockerError('Unavailable', 'x', { code: 'ssh-refused' })])
  hosts.open()
  const host = hosts.find('ssh:box')
  assert.ok(host !== undefined)
  const lost = await state(host, 'unreachable')
  assert.ok(lost.kind === 'unreachable' && lost.retryAt !== undefined)
  await state(host, 'ready')
  assert.deepEqual(remote.asked, [false, false])
})

test('a host that is being removed from waits, and is reached again when that has failed', async (t) => {
  const { hosts, remote } = await setting(t, [
    new PockerError('Unavailable', 'x', { code: 'being-removed' }),
    new PockerError('Conflict', 'x', { code: 'still-mounted' }),
  ])
  hosts.open()
  const host = hosts.find('ssh:box')
  assert.ok(host instanceof SshHost)
  const waiting = await state(host, 'unreachable')
  assert.ok(waiting.kind === 'unreachable' && waiting.retryAt === undefined)
  await assert.rejects(host.uninstall(), { code: 'still-mounted' })
  await state(host, 'ready')
  assert.deepEqual(remote.asked, [false, true])
})

test('what the user did not want to answer is no error, and all else is one', async (t) => {
  const parts = await setting(t, [
    needsAnswer(),
    new PockerError('Cancelled', 'x', { code: 'cancelled' }),
    new PockerError('Forbidden', 'connect to box: its key has changed', { code: 'host-key-changed' }),
  ])
  parts.hosts.open()
  const host = parts.hosts.find('ssh:box')
  assert.ok(host !== undefined)
  await state(host, 'unreachable')
  await connectHost(parts, { host })
  await assert.rejects(connectHost(parts, { host }), { code: 'host-not-connected', message: 'Connect to box: its key has changed.' })
})

test('a secret is known for the window, kept when the user says so, and forgotten with the host', async (t) => {
  const parts = await setting(t, [], ['text secret', 'yes', 'yes'])
  const question = { kind: 'password', of: 'me@box', attempt: 1 } as const
  const asked = askedQuestions(parts.parts)
  assert.equal(await asked.secret(question), 'secret')
  assert.equal(await silentQuestions(parts.parts).secret(question), undefined)
  asked.connected()
  await sleep(0)
  assert.equal(await silentQuestions(parts.parts).secret(question), 'secret')
  assert.ok([...parts.values.values()].includes('secret'))
  const later = new SshSecrets(memoryOf(parts.values), { get: (key) => parts.values.get(key), update: async () => {} })
  assert.equal(await later.find('box', 'password me@box'), 'secret')
  parts.hosts.open()
  await forgetHost(parts, { host: parts.hosts.find('ssh:box') })
  assert.deepEqual([parts.saved(), parts.hosts.all.length, [...parts.values.values()].includes('secret')], [[], 0, false])
  assert.equal(await silentQuestions(parts.parts).secret(question), undefined)
})

function memoryOf(values: ReadonlyMap<string, unknown>) {
  return { get: async (key: string) => String(values.get(key)), store: async () => {}, delete: async () => {} }
}

test('a host that somebody has written into the setting comes, and one that was taken out goes', async (t) => {
  const { hosts, ssh, saved } = await setting(t, [])
  hosts.open()
  assert.deepEqual(saved(), ['box'])
  await ssh.add(hosts, 'dev@other')
  assert.deepEqual(
    [saved(), hosts.all.map(({ label }) => label)],
    [
      ['box', 'dev@other'],
      ['box', 'dev@other'],
    ],
  )
})

test('what a host asks is shown as the host’s words, harmless', async (t) => {
  const { parts, ask } = await setting(t, [], ['text one', 'text two'])
  const questions = askedQuestions(parts)
  const prompts = [
    { prompt: 'PIN\u001b[2J: ', isShown: false },
    { prompt: 'City: ', isShown: true },
  ]
  assert.deepEqual(await questions.prompts({ of: 'me@box', name: '', instructions: 'Hi', prompts, attempt: 1 }), ['one', 'two'])
  assert.ok(!JSON.stringify(ask).includes('\\u001b'))
})
