import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { fakeClient, fakeHost } from '../testing/fake-client.ts'
import { scriptedAsk } from '../testing/scripted-ask.ts'
import { askWishes } from './wishes-flow.ts'
import { NO_WISHES, wishesFor } from './wishes-memory.ts'

const CONTAINER = { Id: 'c1', Name: '/web', Image: 'i', Config: { User: 'app' }, State: { Running: true } }
const PASSWD = 'root:x:0:0::/root:/bin/sh\nmail:x:8:8::/:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\n'

function setup(script: string[]) {
  const values = new Map<string, unknown>()
  const store = { get: (key: string) => values.get(key), update: async (key: string, value: unknown) => void values.set(key, value) }
  const client = { ...fakeClient({ 'GET /containers/c1/json': [CONTAINER] }), stream: async () => Readable.from([Buffer.from(PASSWD)]) }
  const ask = scriptedAsk(script)
  return { store, ask, run: () => askWishes({ ask, store }, { host: fakeHost(client), containerId: 'c1' }) }
}

test('rows are changed one by one, and what was wanted is known the next time, but for secrets', async () => {
  const { store, ask, run } = setup([
    'command',
    'text bash -l',
    'user',
    'me',
    'folder',
    'text /srv',
    'environment',
    'add',
    'text A=b',
    'add',
    'text API_TOKEN=x',
    'done',
    'privileged',
    'open',
  ])
  const wishes = { command: ['bash', '-l'], user: 'me', folder: '/srv', environment: ['A=b', 'API_TOKEN=x'], isPrivileged: true }
  assert.deepEqual(await run(), wishes)
  assert.deepEqual(wishesFor(store, 'web'), { ...wishes, environment: ['A=b'] })
  assert.deepEqual(wishesFor(store, 'db'), NO_WISHES)
  assert.deepEqual(ask.rest, [])
})

test('accounts that people work as are offered, others are typed', async () => {
  const { ask, run } = setup(['user', 'typed 33:33', 'open'])
  assert.equal((await run())?.user, '33:33')
  assert.deepEqual(
    ask.asked[1]?.rows.map((row) => ('id' in row ? row.id : '')),
    ['', 'root', 'me'],
  )
})

test('who leaves the list gets no terminal, and nothing is kept', async () => {
  const { store, run } = setup(['privileged', 'leave'])
  assert.equal(await run(), undefined)
  assert.deepEqual(wishesFor(store, 'web'), NO_WISHES)
})
