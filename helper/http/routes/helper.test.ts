import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { dial, readToEnd, send } from '../testing/client.ts'
import type { Script } from '../testing/fake-backend.ts'
import { serve } from '../testing/serve.ts'

const FACTS = { version: '1.2.3', pid: 7, program: '/p', socket: '/s', idleTimeout: 600 }
const ME = process.getuid?.() ?? 0

function recorder(): { calls: unknown[]; helper: NonNullable<Script['helper']> } {
  const calls: unknown[] = []
  return {
    calls,
    helper: {
      facts: () => FACTS,
      leave: () => void calls.push('leave'),
      listeners: () => [{ uid: 1000, name: 'anna', socket: '/r/1000/pocker.sock', until: 'reboot' }],
      listen: async (request) => {
        calls.push(request)
        return { uid: request.uid, socket: `/r/${request.uid}/pocker.sock`, until: request.until }
      },
      stopListening: async (uid) => void calls.push(uid),
    },
  }
}

const rooted = (context: TestContext, helper: Script['helper']) => serve(context, { helper: helper ?? {} }, () => 0)

test('root asks for facts, lets users in, lists them and shuts them out', async (context) => {
  const { calls, helper } = recorder()
  const { socketPath } = await rooted(context, helper)
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /pocker/helper')).text), FACTS)
  const added = await send(socketPath, 'POST /pocker/listeners', { body: { uid: 1000 } })
  assert.deepEqual(JSON.parse(added.text), { uid: 1000, socket: '/r/1000/pocker.sock', until: 'reboot' })
  await send(socketPath, 'POST /pocker/listeners', { body: { uid: 1001, until: 'revoked' } })
  const list = await send(socketPath, 'GET /pocker/listeners')
  assert.deepEqual(JSON.parse(list.text), { listeners: helper.listeners?.() })
  assert.equal((await send(socketPath, 'DELETE /pocker/listeners/1000')).status, 204)
  assert.equal((await send(socketPath, 'POST /pocker/leave')).status, 200)
  assert.deepEqual(calls, [{ uid: 1000, until: 'reboot' }, { uid: 1001, until: 'revoked' }, 1000, 'leave'])
})

for (const uid of [0, -1, 1.5, 65534, 0xffff_ffff, 2 ** 32 + 1000, '1000', null, undefined]) {
  test(`${JSON.stringify(uid)} is no user to be let in`, async (context) => {
    const { socketPath } = await rooted(context, {})
    assert.equal((await send(socketPath, 'POST /pocker/listeners', { body: { uid } })).status, 400)
  })
}

for (const path of ['-1', '1e3', 'anna', '99999999999']) {
  test(`listener ${path} is refused as no number`, async (context) => {
    const { socketPath } = await rooted(context, {})
    const answer = await send(socketPath, `DELETE /pocker/listeners/${path}`)
    assert.equal(JSON.parse(answer.text).code, 'bad-uid')
  })
}

const ROOTS_OWN = [
  ['POST /pocker/leave', undefined],
  ['GET /pocker/listeners', undefined],
  ['POST /pocker/listeners', { uid: 1000 }],
  ['DELETE /pocker/listeners/1000', undefined],
] as const

/** A user who has a socket, and yet is not root. */
const USER = ME === 0 ? 1000 : ME

for (const [endpoint, body] of ROOTS_OWN) {
  test(`${endpoint} is for root alone`, async (context) => {
    const { server, socketPath } = await serve(context, { helper: { facts: () => FACTS } }, () => USER)
    await server.listen(`${socketPath}.user`, USER)
    const answer = await send(`${socketPath}.user`, endpoint, body === undefined ? {} : { body })
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [403, 'needs-root'])
    assert.equal((await send(`${socketPath}.user`, 'GET /pocker/helper')).status, 200)
  })
}

test('a connection by somebody else than root and the owner is answered with a refusal, and closed', async (context) => {
  const { socketPath } = await serve(context, { helper: { facts: () => FACTS } }, () => ME + 1)
  for (const endpoint of ['GET /_ping', 'GET /pocker/helper', 'POST /containers/x/attach?stream=1']) {
    const socket = await dial(socketPath)
    socket.write(`${endpoint} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const answer = await readToEnd(socket)
    assert.match(answer, /^HTTP\/1.1 403 /)
    assert.match(answer, /"code":"peer-not-permitted"/)
  }
})

test('a connection whose peer cannot be told is refused', async (context) => {
  const { socketPath } = await serve(context, {}, () => undefined)
  assert.equal(JSON.parse((await send(socketPath, 'GET /_ping')).text).code, 'peer-not-permitted')
})

test('who has a socket is let in there alone, and no longer when it is closed', async (context) => {
  const { server, socketPath } = await serve(context, { helper: { facts: () => FACTS } })
  const path = `${socketPath}.more`
  const socket = await server.listen(path, ME)
  const kept = await dial(path)
  assert.equal((await send(path, 'GET /_ping')).text, 'OK')
  await socket.close()
  assert.equal(await readToEnd(kept), '')
  await assert.rejects(send(path, 'GET /_ping'), { code: 'ENOENT' })
  assert.equal((await send(socketPath, 'GET /_ping')).text, 'OK')
})
