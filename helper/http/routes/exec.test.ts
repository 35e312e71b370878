import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import type { ExecInspect } from '../../api/exec.ts'
import { dial, readUntil, send } from '../testing/client.ts'
import { fakeProcess } from '../testing/fake-process.ts'
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

test('an exec is made and started by one request, which names it', async (context) => {
  const process = fakeProcess({ tty: true })
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    exec: {
      create: async (...call) => {
        calls.push(call)
        return { Id: 'e1' }
      },
      start: async (...call) => {
        calls.push(call)
        return call[1].detach ? undefined : process.attachment
      },
    },
  })
  const body = JSON.stringify({ Cmd: ['sh'], Tty: true, ConsoleSize: [24, 80], User: null })
  const socket = await dial(socketPath)
  const head = `Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  process.print(0, 'ready')
  socket.write(`POST /pocker/containers/abc/exec HTTP/1.1\r\n${head}${body}`)
  assert.match(await readUntil(socket, /ready/), /^HTTP\/1.1 101 UPGRADED\r\n[\s\S]*\r\nPocker-Exec: e1\r\n[\s\S]*ready$/)
  process.exit()
  await process.closed
  const detached = await send(socketPath, 'POST /pocker/containers/abc/exec', { body: { Cmd: ['ls'], Detach: true } })
  assert.deepEqual([detached.status, JSON.parse(detached.text)], [201, { Id: 'e1' }])
  assert.deepEqual(calls, [
    ['abc', { Cmd: ['sh'], Tty: true, ConsoleSize: [24, 80] }],
    ['e1', { detach: false, tty: true, consoleSize: { width: 80, height: 24 } }],
    ['abc', { Cmd: ['ls'] }],
    ['e1', { detach: true, tty: false }],
  ])
  for (const bad of [{ Cmd: 1 }, { Cmd: ['ls'], DetachKeys: 'ctrl-nothing' }])
    assert.equal((await send(socketPath, 'POST /pocker/containers/abc/exec', { body: bad })).status, 400)
  assert.equal(calls.length, 4)
})

const UPGRADE = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n'

test('who comes back to an exec is connected to its terminal, and no keys take it off', async (context) => {
  const process = fakeProcess({ tty: true })
  const { socketPath } = await serve(context, { exec: { attach: async () => ({ ...process.attachment, detachKeys: 'none' }) } })
  const socket = await dial(socketPath)
  process.print(0, 'what was kept')
  socket.write(`POST /pocker/exec/e1/attach HTTP/1.1\r\n${UPGRADE}`)
  assert.match(await readUntil(socket, /kept/), /^HTTP\/1.1 101 UPGRADED\r\n[\s\S]*\r\n\r\nwhat was kept$/)
  socket.end('\x10\x11\0x')
  await process.inputEnded
  assert.equal(process.input(), '\x10\x11\0x')
  process.exit()
  await process.closed
})

test('an exec has the detach keys that it was made with, and bad ones are refused when it is made', async (context) => {
  const process = fakeProcess({ tty: true })
  const { socketPath } = await serve(context, { exec: { start: async () => ({ ...process.attachment, detachKeys: 'ctrl-x' }) } })
  const socket = await dial(socketPath)
  socket.write(`POST /exec/e1/start HTTP/1.1\r\n${UPGRADE}`)
  await readUntil(socket, /101/)
  socket.write('a\x18b')
  await process.closed
  assert.equal(process.input(), 'a')
  const refused = await send(socketPath, 'POST /containers/abc/exec', { body: { Cmd: ['sh'], DetachKeys: 'ctrl-nothing' } })
  assert.deepEqual([refused.status, JSON.parse(refused.text).code], [400, 'invalid-detach-keys'])
})

test('hanging up answers with nothing', async (context) => {
  const calls: string[] = []
  const { socketPath } = await serve(context, { exec: { hangUp: async (id) => void calls.push(id) } })
  assert.equal((await send(socketPath, 'POST /pocker/exec/e1/hangup')).status, 204)
  assert.deepEqual(calls, ['e1'])
})

test('an exec that can be none is not found', async (context) => {
  const { socketPath } = await serve(context, {})
  const { status, text } = await send(socketPath, 'GET /exec/a%20b/json')
  assert.deepEqual([status, JSON.parse(text).code], [404, 'no-such-exec'])
})
