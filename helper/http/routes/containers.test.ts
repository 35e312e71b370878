import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerInspect, ContainerSummary, WaitResult } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { ContainerBackend } from '../backend.ts'
import { open, send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

const ID = 'c'.repeat(64)

type Verb = keyof ContainerBackend

/** Scripts one verb of the backend and tells what it was called with. */
function recording<V extends Verb>(verb: V, result: Awaited<ReturnType<ContainerBackend[V]>>) {
  const calls: unknown[][] = []
  const containers: Partial<ContainerBackend> = {
    [verb]: async (...call: unknown[]) => {
      calls.push(call)
      return result
    },
  }
  return { calls, containers }
}

const actions: readonly (readonly [endpoint: string, verb: Verb, ...call: unknown[]])[] = [
  ['POST /containers/abc/start', 'start', 'abc'],
  ['POST /v1.41/containers/abc/start?detachKeys=ctrl-a', 'start', 'abc'],
  ['POST /containers/abc/stop', 'stop', 'abc', {}],
  ['POST /containers/abc/stop?t=5&signal=SIGINT', 'stop', 'abc', { timeout: 5, signal: 'SIGINT' }],
  ['POST /containers/abc/restart?t=-1', 'restart', 'abc', { timeout: -1 }],
  ['POST /containers/abc/kill', 'kill', 'abc', undefined],
  ['POST /containers/abc/kill?signal=9', 'kill', 'abc', '9'],
  ['POST /containers/abc/rename?name=new', 'rename', 'abc', 'new'],
  ['POST /containers/abc/pause', 'pause', 'abc'],
  ['POST /containers/abc/unpause', 'unpause', 'abc'],
  ['DELETE /containers/abc', 'remove', 'abc', { force: false, volumes: false }],
  ['DELETE /containers/my_name.1-x?force=1&v=true', 'remove', 'my_name.1-x', { force: true, volumes: true }],
]

for (const [endpoint, verb, ...call] of actions) {
  test(`${endpoint} does ${verb} and answers with nothing`, async (context) => {
    const { calls, containers } = recording(verb, undefined as never)
    const { socketPath } = await serve(context, { containers })
    const reply = await send(socketPath, endpoint)
    assert.equal(reply.status, 204)
    assert.equal(reply.text, '')
    assert.deepEqual(calls, [call])
  })
}

test('create hands over the parsed request and the name, and answers 201', async (context) => {
  const { calls, containers } = recording('create', { Id: ID, Warnings: [] })
  const { socketPath } = await serve(context, { containers })
  const reply = await send(socketPath, 'POST /v1.47/containers/create?name=a', {
    body: { Image: 'host', Cmd: 'true', Labels: null, HostConfig: { Init: null } },
  })
  assert.equal(reply.status, 201)
  assert.deepEqual(JSON.parse(reply.text), { Id: ID, Warnings: [] })
  assert.deepEqual(calls, [[{ Image: 'host', Cmd: ['true'], HostConfig: {} }, 'a']])
})

test('run creates and starts, and a start that fails names what was made', async (context) => {
  const calls: unknown[][] = []
  let outcome: Error | undefined
  const containers: Partial<ContainerBackend> = {
    create: async (...call) => {
      calls.push(call)
      return { Id: ID, Warnings: ['no swap here'] }
    },
    start: async (...call) => {
      calls.push(call)
      if (outcome !== undefined) throw outcome
    },
  }
  const { socketPath } = await serve(context, { containers })
  const body = { Image: 'host', Cmd: 'true' }
  const made = await send(socketPath, 'POST /pocker/run?name=a', { body })
  assert.deepEqual([made.status, JSON.parse(made.text)], [201, { Id: ID, Warnings: ['no swap here'] }])
  assert.deepEqual(calls, [[{ Image: 'host', Cmd: ['true'] }, 'a'], [ID]])
  outcome = new PockerError('NotModified', 'it runs', { code: 'already-running' })
  assert.equal((await send(socketPath, 'POST /pocker/run', { body })).status, 201)
  outcome = new PockerError('Conflict', 'no', { code: 'port-in-use', hint: 'take another' })
  const refused = await send(socketPath, 'POST /pocker/run', { body })
  assert.deepEqual(
    [refused.status, JSON.parse(refused.text)],
    [409, { message: 'no', code: 'port-in-use', hint: 'take another', container: ID }],
  )
  outcome = new Error('nobody foresaw it')
  const failed = await send(socketPath, 'POST /pocker/run', { body })
  assert.deepEqual([failed.status, JSON.parse(failed.text).container], [500, ID])
  assert.equal((await send(socketPath, 'POST /pocker/run', { body: { Cmd: 1 } })).status, 400)
})

test("Docker's headers are on answers and errors", async (context) => {
  const { socketPath } = await serve(context, {})
  for (const endpoint of ['GET /_ping', 'GET /nowhere']) {
    const { headers } = await send(socketPath, endpoint)
    assert.equal(headers['api-version'], '1.47')
    assert.equal(headers['docker-experimental'], 'false')
    assert.equal(headers.ostype, 'linux')
    assert.equal(headers.server, 'Pocker/1.2.3 (linux)')
  }
})

test('list passes on what was asked for', async (context) => {
  const summary: Partial<ContainerSummary> = { Id: ID }
  const { calls, containers } = recording('list', [summary as ContainerSummary])
  const { socketPath } = await serve(context, { containers })
  const filters = encodeURIComponent('{"status":{"running":true}}')
  assert.deepEqual(JSON.parse((await send(socketPath, `GET /containers/json?all=1&limit=3&size=1&filters=${filters}`)).text), [summary])
  await send(socketPath, 'GET /containers/json?limit=0')
  assert.deepEqual(calls, [
    [{ all: true, size: true, limit: 3, filters: new Map([['status', ['running']]]) }],
    [{ all: false, size: false, filters: new Map() }],
  ])
})

test('inspect, top, changes, update, resize and prune answer with what the backend gives', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    containers: {
      inspect: async (...call) => {
        calls.push(call)
        return { Id: ID } as ContainerInspect
      },
      top: async (...call) => {
        calls.push(call)
        return { Titles: ['PID'], Processes: [['1']] }
      },
      changes: async () => [{ Path: '/a', Kind: 1 }],
      update: async (...call) => {
        calls.push(call)
        return { Warnings: [] }
      },
      resize: async (...call) => void calls.push(call),
      prune: async (filters) => {
        calls.push([filters])
        return { ContainersDeleted: [ID], SpaceReclaimed: 7 }
      },
    },
  })
  const answer = async (endpoint: string, body?: unknown) => {
    const { status, text } = await send(socketPath, endpoint, { body })
    assert.equal(status, 200)
    return text === '' ? undefined : JSON.parse(text)
  }
  assert.deepEqual(await answer('GET /containers/abc/json?size=1'), { Id: ID })
  assert.deepEqual(await answer('GET /containers/abc/top?ps_args=-ef'), { Titles: ['PID'], Processes: [['1']] })
  assert.deepEqual(await answer('GET /containers/abc/changes'), [{ Path: '/a', Kind: 1 }])
  assert.deepEqual(await answer('POST /containers/abc/update', { Memory: 1, RestartPolicy: { Name: 'no' } }), { Warnings: [] })
  assert.equal(await answer('POST /containers/abc/resize?h=24&w=80'), undefined)
  assert.deepEqual(await answer('POST /containers/prune?filters={"label":["a"]}'), { ContainersDeleted: [ID], SpaceReclaimed: 7 })
  assert.deepEqual(calls, [
    ['abc', true],
    ['abc', '-ef'],
    ['abc', { Memory: 1, RestartPolicy: { Name: 'no' } }],
    ['abc', { width: 80, height: 24 }],
    [new Map([['label', ['a']]])],
  ])
})

test('the head of a wait comes before its end', async (context) => {
  const done = Promise.withResolvers<WaitResult>()
  const conditions: string[] = []
  const { socketPath } = await serve(context, {
    containers: {
      wait: async (_id, condition) => {
        conditions.push(condition)
        return { done: done.promise }
      },
    },
  })
  const response = await open(socketPath, 'POST /containers/abc/wait?condition=next-exit')
  assert.equal(response.statusCode, 200)
  done.resolve({ StatusCode: 7 })
  const [body] = await response.toArray()
  assert.deepEqual(JSON.parse(String(body)), { StatusCode: 7 })
  assert.deepEqual(conditions, ['next-exit'])
})

test('a wait that fails later says so in its body', async (context) => {
  const failure = new PockerError('Conflict', 'remove container: busy', { code: 'busy' })
  const { socketPath } = await serve(context, { containers: { wait: async () => ({ done: Promise.reject(failure) }) } })
  const { status, text } = await send(socketPath, 'POST /containers/abc/wait?condition=removed')
  assert.equal(status, 200)
  assert.deepEqual(JSON.parse(text), { StatusCode: -1, Error: { Message: 'remove container: busy' } })
})

test('a client that leaves its wait is told to the backend, and the request is over', async (context) => {
  const left = Promise.withResolvers<void>()
  const { socketPath, server } = await serve(context, {
    containers: {
      wait: async (_id, _condition, signal) => {
        signal.addEventListener('abort', () => left.resolve())
        return { done: new Promise(() => {}) }
      },
    },
  })
  const response = await open(socketPath, 'POST /containers/abc/wait')
  response.destroy()
  await left.promise
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(server.activeRequests(), 0)
})

const refusals: readonly (readonly [endpoint: string, status: number, code: string])[] = [
  ['POST /containers/create', 400, 'empty-body'],
  ['POST /containers/abc/update', 400, 'empty-body'],
  ['POST /containers/abc/wait?condition=never', 400, 'invalid-query'],
  ['POST /containers/abc/stop?t=soon', 400, 'invalid-query'],
  ['POST /containers/abc/kill?signal=%00', 400, 'invalid-query'],
  ['POST /containers/abc/rename', 400, 'invalid-query'],
  ['POST /containers/abc/resize?h=1', 400, 'invalid-terminal-size'],
  ['POST /containers/abc/resize?h=1&w=65536', 400, 'invalid-terminal-size'],
  ['DELETE /containers/abc?link=1', 501, 'not-implemented'],
  ['GET /containers/json?filters=%7B', 400, 'invalid-filters'],
  ['GET /containers/json?limit=x', 400, 'invalid-query'],
  ['GET /containers/a%20b/json', 404, 'no-such-container'],
  ['GET /containers/%252e%252e/json', 404, 'no-such-container'],
  ['GET /containers/%2e%2e/json', 400, 'invalid-path'],
  ['GET /containers//json', 400, 'invalid-path'],
  ['GET /containers/a%00b/json', 400, 'invalid-path'],
  ['PUT /containers/json', 405, 'method-not-allowed'],
  ['GET /v1.40/containers/json', 400, 'client-too-old'],
  ['GET /v1.48/containers/json', 400, 'client-too-new'],
  ['GET /v1.47/nowhere', 404, 'page-not-found'],
]

for (const [endpoint, status, code] of refusals) {
  test(`${endpoint} is refused with ${status} ${code}`, async (context) => {
    const { socketPath } = await serve(context, {})
    const reply = await send(socketPath, endpoint)
    assert.equal(reply.status, status)
    assert.equal(JSON.parse(reply.text).code, code)
  })
}

test('what the backend throws becomes its status; nothing changed has no body', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    containers: {
      start: async () => {
        throw new PockerError('NotModified', 'start container: it runs already', { code: 'already-running' })
      },
      kill: async () => {
        throw new PockerError('Conflict', 'kill container: it does not run', { code: 'not-running', hint: 'start it' })
      },
    },
  })
  const unchanged = await send(socketPath, 'POST /containers/abc/start')
  assert.deepEqual([unchanged.status, unchanged.text], [304, ''])
  const conflict = await send(socketPath, 'POST /containers/abc/kill')
  assert.equal(conflict.status, 409)
  assert.deepEqual(JSON.parse(conflict.text), { message: 'kill container: it does not run', code: 'not-running', hint: 'start it' })
  assert.deepEqual(unexpected, [])
})

test('an unexpected error is 500 and reported once', async (context) => {
  const { socketPath, unexpected } = await serve(context, {})
  const { status, text } = await send(socketPath, 'POST /containers/abc/pause')
  assert.equal(status, 500)
  assert.equal(JSON.parse(text).code, 'internal')
  assert.equal(unexpected.length, 1)
})

const bodies: readonly (readonly [name: string, raw: string, type: string, status: number, code: string])[] = [
  ['of another type', '{}', 'text/plain', 400, 'unsupported-media-type'],
  ['of a form', 'a=b', 'application/x-www-form-urlencoded', 400, 'unsupported-media-type'],
  ['that is no JSON', '{', 'application/json', 400, 'invalid-json'],
  ['with something after it', '{}{}', 'application/json', 400, 'invalid-json'],
  ['of the wrong shape', '{"Cmd":{}}', 'application/json; charset=utf-8', 400, 'invalid-request'],
  ['of five megabytes', `{"Image":"${'x'.repeat(5 << 20)}"}`, 'application/json', 413, 'request-too-large'],
]

for (const [name, raw, type, status, code] of bodies) {
  for (const encoding of [{ 'Content-Length': String(raw.length) }, { 'Transfer-Encoding': 'chunked' }]) {
    test(`a body ${name} (${Object.keys(encoding)}) is refused with ${status} ${code}`, async (context) => {
      const { socketPath } = await serve(context, {})
      const reply = await send(socketPath, 'POST /containers/create', { raw, headers: { 'Content-Type': type, ...encoding } })
      assert.equal(reply.status, status)
      assert.equal(JSON.parse(reply.text).code, code)
    })
  }
}
