import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import type { ExecInspect } from '../../api/exec.ts'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

const EXEC = { ID: 'e1', Running: false, ExitCode: 127 } as ExecInspect

function failingStart(kind: 'InvalidParameter' | 'NotFound' | 'Conflict', code: string, exec: ExecInspect = EXEC) {
  return {
    start: async () => {
      throw new PockerError(kind, 'start "nosuch": no such command', { code })
    },
    inspect: async () => exec,
  }
}

test('create, resize and inspect reach the backend', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    exec: {
      create: async (...call) => {
        calls.push(call)
        return { Id: 'e1' }
      },
      resize: async (...call) => void calls.push(call),
      inspect: async (...call) => {
        calls.push(call)
        return EXEC
      },
    },
  })
  const made = await send(socketPath, 'POST /containers/abc/exec', { body: { Cmd: ['ls'], Tty: true, Env: null } })
  assert.deepEqual([made.status, JSON.parse(made.text)], [201, { Id: 'e1' }])
  assert.equal((await send(socketPath, 'POST /exec/e1/resize?h=2&w=3')).status, 200)
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /exec/e1/json')).text), EXEC)
  assert.deepEqual(calls, [['abc', { Cmd: ['ls'], Tty: true }], ['e1', { width: 3, height: 2 }], ['e1']])
})

test('a detached start answers at once', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    exec: {
      start: async (...call) => {
        calls.push(call)
        return undefined
      },
    },
  })
  const headers = { Connection: 'Upgrade', Upgrade: 'tcp' }
  assert.equal((await send(socketPath, 'POST /exec/e1/start', { body: { Detach: true, ConsoleSize: [24, 80] } })).status, 200)
  assert.equal((await send(socketPath, 'POST /exec/e1/start', { body: { Detach: true }, headers })).status, 200)
  assert.deepEqual(calls, [
    ['e1', { detach: true, tty: false, consoleSize: { width: 80, height: 24 } }],
    ['e1', { detach: true, tty: false }],
  ])
})

test('a command that is not found is told in the output, as the exit code is asked for afterwards', async (context) => {
  const { socketPath } = await serve(context, { exec: failingStart('InvalidParameter', 'command-not-found') })
  const { status, text } = await send(socketPath, 'POST /exec/e1/start', { body: { Tty: true } })
  assert.equal(status, 200)
  assert.equal(text, 'start "nosuch": no such command\r\n')
})

test('a failed start is an error where there is no exit code, no exec, a conflict, or nobody to read the output', async (context) => {
  const cases = [
    { exec: failingStart('InvalidParameter', 'bad-user', { ...EXEC, ExitCode: null }), body: {}, status: 400 },
    { exec: failingStart('NotFound', 'no-such-exec'), body: {}, status: 404 },
    { exec: failingStart('Conflict', 'not-running'), body: {}, status: 409 },
    { exec: failingStart('InvalidParameter', 'command-not-found'), body: { Detach: true }, status: 400 },
  ]
  for (const { exec, body, status } of cases) {
    const { socketPath } = await serve(context, { exec })
    assert.equal((await send(socketPath, 'POST /exec/e1/start', { body })).status, status)
  }
})

test('an exec that can be none is not found', async (context) => {
  const { socketPath } = await serve(context, {})
  const { status, text } = await send(socketPath, 'GET /exec/a%20b/json')
  assert.deepEqual([status, JSON.parse(text).code], [404, 'no-such-exec'])
})
