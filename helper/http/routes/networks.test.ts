import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import type { NetworkInspect } from '../../api/network.ts'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

test('networks: each request goes to its part, with what it says', async (context) => {
  const calls: unknown[][] = []
  const note =
    <T>(name: string, result: T) =>
    async (...args: unknown[]): Promise<T> => {
      calls.push([name, ...args])
      return result
    }
  const { socketPath } = await serve(context, {
    networks: {
      list: note('list', []),
      inspect: note('inspect', { Name: 'net' } as NetworkInspect),
      create: note('create', { Id: 'x', Warning: '' }),
      remove: note('remove', undefined),
      connect: note('connect', undefined),
      disconnect: note('disconnect', undefined),
      prune: note('prune', { NetworksDeleted: ['net'] }),
    },
  })
  const ask = async (endpoint: string, body?: object) => {
    const { status, text } = await send(socketPath, endpoint, body === undefined ? {} : { body })
    return [status, text === '' ? '' : JSON.parse(text)]
  }
  assert.deepEqual(await ask('GET /networks?filters={"name":["a"]}'), [200, []])
  assert.deepEqual(await ask('GET /v1.41/networks/net'), [200, { Name: 'net' }])
  assert.deepEqual(await ask('POST /networks/create', { Name: 'net', CheckDuplicate: true, Labels: null, IPAM: { Config: null } }), [
    201,
    { Id: 'x', Warning: '' },
  ])
  assert.deepEqual(await ask('DELETE /networks/net'), [204, ''])
  assert.deepEqual(await ask('POST /networks/net/connect', { Container: 'web', EndpointConfig: { Aliases: ['a'], IPAMConfig: null } }), [
    200,
    '',
  ])
  assert.deepEqual(await ask('POST /networks/net/disconnect', { Container: 'web', Force: true }), [200, ''])
  assert.deepEqual(await ask('POST /networks/prune'), [200, { NetworksDeleted: ['net'] }])
  assert.deepEqual(calls, [
    ['list', new Map([['name', ['a']]])],
    ['inspect', 'net'],
    ['create', { Name: 'net', IPAM: {} }],
    ['remove', 'net'],
    ['connect', 'net', { Container: 'web', EndpointConfig: { Aliases: ['a'] } }],
    ['disconnect', 'net', { Container: 'web', Force: true }],
    ['prune', new Map()],
  ])
})

for (const [endpoint, body] of [
  ['POST /networks/create', {}],
  ['POST /networks/create', { Name: 7 }],
  ['POST /networks/create', { Name: 'a', IPAM: { Config: [7] } }],
  ['POST /networks/create', { Name: 'a\0b' }],
  ['POST /networks/net/connect', {}],
  ['POST /networks/net/connect', { Container: 'web', EndpointConfig: { Aliases: 'a' } }],
  ['POST /networks/net/disconnect', { Container: {} }],
] as const) {
  test(`${endpoint} with ${JSON.stringify(body)} is refused`, async (context) => {
    const { socketPath } = await serve(context, {})
    assert.equal((await send(socketPath, endpoint, { body })).status, 400)
  })
}

test('an error of the engine has its status', async (context) => {
  const { socketPath } = await serve(context, {
    networks: { remove: () => Promise.reject(new PockerError('Forbidden', 'in use', { code: 'network-in-use' })) },
  })
  const { status, text } = await send(socketPath, 'DELETE /networks/net')
  assert.deepEqual([status, JSON.parse(text).code], [403, 'network-in-use'])
})
