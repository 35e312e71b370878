import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { z } from 'zod'
import { EngineError } from '../client/engine-error.ts'
import { fakeClient } from '../testing/fake-client.ts'
import { wakingClient } from './waking-client.ts'

const NOBODY = new EngineError('engine-not-there', 'nobody')

function clientOf(answers: Record<string, readonly unknown[]>, isWoken = true) {
  const client = fakeClient(answers)
  let wakes = 0
  return {
    client: wakingClient(client, async () => {
      wakes++
      return isWoken
    }),
    calls: client.calls,
    wakes: () => wakes,
  }
}

test('who finds nobody has the engine started, and asks once more', async () => {
  const { client, calls, wakes } = clientOf({ 'GET /a': [NOBODY, 1], 'POST /b': [NOBODY, null] })
  assert.equal(await client.ask('GET', '/a', z.number()), 1)
  await client.tell('POST', '/b')
  assert.deepEqual([calls, wakes()], [['GET /a', 'GET /a', 'POST /b', 'POST /b'], 2])
})

test('where it is not started, nobody is asked twice', async () => {
  const { client, calls } = clientOf({ 'GET /a': [NOBODY] }, false)
  await assert.rejects(client.ask('GET', '/a', z.number()), NOBODY)
  assert.deepEqual(calls, ['GET /a'])
})

test('other errors start nothing, and a second absence is an error', async () => {
  const refused = new EngineError('conflict', 'x')
  const { client, wakes } = clientOf({ 'GET /a': [refused], 'GET /b': [NOBODY] })
  await assert.rejects(client.ask('GET', '/a', z.number()), refused)
  assert.equal(wakes(), 0)
  await assert.rejects(client.ask('GET', '/b', z.number()), NOBODY)
  assert.equal(wakes(), 1)
})

test('lines are asked for again only when none has come', async () => {
  const { client, wakes } = clientOf({ 'GET /lines': [NOBODY, [1, 2]] })
  const lines: number[] = []
  for await (const line of client.lines('GET', '/lines', z.number())) lines.push(line)
  assert.deepEqual([lines, wakes()], [[1, 2], 1])
  const broken = wakingClient(
    {
      ...fakeClient({}),
      async *lines<T>(_method: string, _path: string, schema: z.ZodType<T>) {
        yield schema.parse(1)
        throw NOBODY
      },
    },
    async () => assert.fail('it must not be started'),
  )
  await assert.rejects(async () => {
    for await (const _ of broken.lines('GET', '/lines', z.number()));
  }, NOBODY)
})

test('what sends an input is not sent again: the input is used up', async () => {
  const inner = { ...fakeClient({}), stream: () => Promise.reject(NOBODY) }
  const client = wakingClient(inner, async () => assert.fail('it must not be started'))
  await assert.rejects(client.stream('POST', '/load', { input: Readable.from([]) }), NOBODY)
})
