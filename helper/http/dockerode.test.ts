import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import Docker from 'dockerode'
import type { ContainerInspect } from '../api/container.ts'
import type { EngineEvent } from '../api/system.ts'
import type { Script } from './testing/fake-backend.ts'
import type { FakeProcess } from './testing/fake-process.ts'
import { fakeProcess } from './testing/fake-process.ts'
import { serve } from './testing/serve.ts'

async function docker(context: TestContext, script: Script): Promise<Docker> {
  const { socketPath } = await serve(context, script)
  return new Docker({ socketPath, version: 'v1.47' })
}

/** A container whose program prints its input in capitals. */
function shouting(process: FakeProcess): Script {
  void process.inputEnded.then(() => {
    process.print(process.attachment.tty ? 0 : 1, process.input().toUpperCase())
    process.print(process.attachment.tty ? 0 : 2, 'done')
    process.exit()
  })
  return {
    containers: {
      create: async () => ({ Id: 'abc', Warnings: [] }),
      start: async () => {},
      attach: async () => process.attachment,
      wait: async () => ({ done: process.closed.then(() => ({ StatusCode: 3 })) }),
      inspect: async () => ({ Id: 'abc' }) as ContainerInspect,
      resize: async () => {},
    },
    exec: { create: async () => ({ Id: 'e1' }), start: async () => process.attachment },
  }
}

function collect(stream: PassThrough): Promise<string> {
  return stream.toArray().then((pieces) => Buffer.concat(pieces).toString())
}

test('create, attach, start and wait, hijacked: input and both outputs arrive', async (context) => {
  const process = fakeProcess()
  const client = await docker(context, shouting(process))
  const container = await client.createContainer({ Image: 'host', Cmd: ['cat'], OpenStdin: true, StdinOnce: true })
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true })
  await container.start()
  const [out, err] = [new PassThrough(), new PassThrough()]
  client.modem.demuxStream(stream, out, err)
  stream.end('hello')
  assert.deepEqual(await container.wait(), { StatusCode: 3 })
  await once(stream, 'end')
  out.end()
  err.end()
  assert.deepEqual([await collect(out), await collect(err)], ['HELLO', 'done'])
})

test('attach without hijack: input arrives that follows the request raw', async (context) => {
  const process = fakeProcess({ tty: true, write: async () => process.print(0, 'answer') })
  const client = await docker(context, shouting(process))
  const stream = await client.getContainer('abc').attach({ stream: true, stdin: true, stdout: true, stderr: true })
  stream.write('hello')
  const [answer] = await once(stream, 'data')
  assert.equal(String(answer), 'answer')
  assert.equal(process.input(), 'hello')
  stream.end()
  await process.closed
})

test('exec with a terminal, hijacked', async (context) => {
  const process = fakeProcess({ tty: true })
  const client = await docker(context, shouting(process))
  const exec = await client.getContainer('abc').exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true, Tty: true })
  const stream = await exec.start({ hijack: true, stdin: true, Tty: true })
  stream.end('hello')
  const pieces: Buffer[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece))
  await once(stream, 'end')
  assert.equal(Buffer.concat(pieces).toString(), 'HELLOdone')
})

test('exec without hijack gives the output', async (context) => {
  const process = fakeProcess()
  const client = await docker(context, shouting(process))
  const exec = await client.getContainer('abc').exec({ Cmd: ['ls'], AttachStdout: true })
  const stream = await exec.start({})
  process.print(1, 'out')
  process.exit()
  const out = new PassThrough()
  client.modem.demuxStream(stream, out, out)
  await once(stream, 'end')
  out.end()
  assert.equal(await collect(out), 'out')
})

test('logs, followed and whole', async (context) => {
  const client = await docker(context, {
    containers: {
      logs: async () => ({
        tty: false,
        chunks: (async function* () {
          yield { stream: 1 as const, data: Buffer.from('line\n'), time: 0n }
        })(),
      }),
    },
  })
  const container = client.getContainer('abc')
  const whole = await container.logs({ stdout: true, stderr: true, timestamps: true })
  assert.equal(whole.subarray(8).toString(), '1970-01-01T00:00:00.000000000Z line\n')
  const followed = await container.logs({ stdout: true, follow: true })
  const out = new PassThrough()
  client.modem.demuxStream(followed, out, out)
  await once(followed, 'end')
  out.end()
  assert.equal(await collect(out), 'line\n')
})

test('events come one by one', async (context) => {
  const event = (Action: string): EngineEvent => ({
    Type: 'container',
    Action,
    Actor: { ID: 'abc', Attributes: {} },
    scope: 'local',
    time: 1,
    timeNano: 1,
  })
  const client = await docker(context, {
    system: {
      events: async function* () {
        yield event('create')
        yield event('start')
      },
    },
  })
  const stream = await client.getEvents({ filters: { type: ['container'] } })
  const pieces: Buffer[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece))
  await once(stream, 'end')
  const lines = Buffer.concat(pieces).toString().trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).Action),
    ['create', 'start'],
  )
})

test('an error carries its status and message', async (context) => {
  const client = await docker(context, {})
  await assert.rejects(client.buildImage(new PassThrough().end()), { statusCode: 501 })
})
