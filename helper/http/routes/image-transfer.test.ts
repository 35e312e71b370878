import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import type { ProgressMessage } from '../../api/progress.ts'
import { open, send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

const AUTH = { username: 'me', password: 'secret' }
const headers = { 'X-Registry-Auth': Buffer.from(JSON.stringify(AUTH)).toString('base64url') }

async function* messages(...list: ProgressMessage[]) {
  yield* list
}

function lines(text: string): ProgressMessage[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const references: readonly (readonly [query: string, reference: string])[] = [
  ['fromImage=busybox', 'busybox'],
  ['fromImage=busybox:', 'busybox'],
  ['fromImage=busybox&tag=latest', 'busybox:latest'],
  ['fromImage=busybox:1&tag=2', 'busybox:2'],
  ['fromImage=localhost:5000/a&tag=2', 'localhost:5000/a:2'],
  ['fromImage=localhost:5000/a:1', 'localhost:5000/a:1'],
  [`fromImage=a&tag=sha256:${'0'.repeat(64)}`, `a@sha256:${'0'.repeat(64)}`],
  [`fromImage=a:1&tag=sha256:${'0'.repeat(64)}`, `a@sha256:${'0'.repeat(64)}`],
  [`fromImage=a@sha256:${'0'.repeat(64)}`, `a@sha256:${'0'.repeat(64)}`],
  ['fromImage=a&fromSrc=-', 'a'],
]

for (const [query, reference] of references) {
  test(`POST /images/create?${query.slice(0, 60)} pulls ${reference.slice(0, 60)}`, async (context) => {
    const calls: string[] = []
    const { socketPath } = await serve(context, {
      images: {
        pull: async (name) => {
          calls.push(name)
          return messages({ status: 'Pull complete', id: 'a' }, { status: 'done' })
        },
      },
    })
    const reply = await send(socketPath, `POST /images/create?${query}`)
    assert.deepEqual([reply.status, reply.headers['content-type']], [200, 'application/json'])
    assert.deepEqual(lines(reply.text), [{ status: 'Pull complete', id: 'a' }, { status: 'done' }])
    assert.deepEqual(calls, [reference])
  })
}

test('pull and push hand over credentials, platform and tag', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    images: {
      pull: async (_name, { signal, ...options }) => {
        calls.push(options)
        return messages()
      },
      push: async (name, { signal, ...options }) => {
        calls.push({ name, ...options })
        return messages()
      },
    },
  })
  const platform = encodeURIComponent('{"os":"linux","architecture":"arm64","variant":"v8"}')
  assert.equal((await send(socketPath, 'POST /images/create?fromImage=a&platform=linux/arm64/v8', { headers })).text, '')
  await send(socketPath, `POST /images/localhost:5000/a/push?tag=1&platform=${platform}`, { headers })
  await send(socketPath, 'POST /images/a/push', { headers: { 'X-Registry-Auth': '!' } })
  const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' }
  assert.deepEqual(calls, [
    { auth: AUTH, platform: arm64 },
    { name: 'localhost:5000/a', tag: '1', auth: AUTH, platform: arm64 },
    { name: 'a', tag: undefined, auth: undefined, platform: undefined },
  ])
})

test('each message is sent when it is there', async (context) => {
  const second = Promise.withResolvers<void>()
  const { socketPath } = await serve(context, {
    images: {
      pull: async () =>
        (async function* () {
          yield { status: 'one' }
          await second.promise
          yield { status: 'two' }
        })(),
    },
  })
  const response = await open(socketPath, 'POST /images/create?fromImage=a')
  const [piece] = await once(response, 'data')
  assert.deepEqual(JSON.parse(String(piece)), { status: 'one' })
  second.resolve()
  const [next] = await once(response, 'data')
  assert.deepEqual(JSON.parse(String(next)), { status: 'two' })
})

const missing = new PockerError('NotFound', "pull 'a': not found", { code: 'image-not-found', hint: 'check the name' })

test('an error before the first message has its status, also when it comes with the first value', async (context) => {
  const { socketPath, unexpected } = await serve(context, {
    images: {
      pull: async () => {
        throw missing
      },
      push: async () =>
        (async function* () {
          if (calledWith !== undefined) throw missing
          yield { status: 'never' }
        })(),
    },
  })
  const calledWith = 'anything'
  for (const endpoint of ['POST /images/create?fromImage=a', 'POST /images/a/push']) {
    const { status, text, headers } = await send(socketPath, endpoint)
    assert.equal(status, 404)
    assert.equal(headers['content-type'], 'application/json')
    assert.deepEqual(JSON.parse(text), { message: missing.message, code: missing.code, hint: missing.hint })
  }
  assert.deepEqual(unexpected, [])
})

test('an error after the first message is the last line, with its hint', async (context) => {
  const failing = (error: unknown) =>
    (async function* () {
      yield { status: 'one' }
      throw error
    })()
  const { socketPath, unexpected } = await serve(context, {
    images: { pull: async () => failing(missing), push: async () => failing(new TypeError('of ours')) },
  })
  const pulled = await send(socketPath, 'POST /images/create?fromImage=a')
  const text = "pull 'a': not found (check the name)"
  assert.equal(pulled.status, 200)
  assert.deepEqual(lines(pulled.text), [{ status: 'one' }, { errorDetail: { message: text }, error: text, code: 'image-not-found' }])
  assert.equal(unexpected.length, 0)
  const pushed = await send(socketPath, 'POST /images/a/push')
  assert.equal(lines(pushed.text).length, 2)
  assert.equal(unexpected.length, 1)
})

test('a client that leaves its pull is told to the backend, and the messages end', async (context) => {
  const aborted = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const { socketPath } = await serve(context, {
    images: {
      pull: async (_name, { signal }) => {
        signal.addEventListener('abort', () => aborted.resolve())
        return (async function* () {
          try {
            yield { status: 'one' }
            await aborted.promise
            yield { status: 'two' }
          } finally {
            ended.resolve()
          }
        })()
      },
    },
  })
  const response = await open(socketPath, 'POST /images/create?fromImage=a')
  response.destroy()
  await Promise.all([aborted.promise, ended.promise])
})

test('import has its words from the query and the archive from the body', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    images: {
      importArchive: async (body, { signal, ...options }) => {
        calls.push([Buffer.concat(await body.toArray()).toString(), options])
        return messages({ status: 'sha256:a' })
      },
    },
  })
  const query = 'fromSrc=-&repo=r&tag=t&message=m&changes=ENV+A%3Db&changes=CMD+x&platform=linux/arm'
  assert.deepEqual(lines((await send(socketPath, `POST /images/create?${query}`, { raw: 'tar' })).text), [{ status: 'sha256:a' }])
  await send(socketPath, 'POST /images/create?fromSrc=-')
  const arm = { os: 'linux', architecture: 'arm', variant: 'v7' }
  assert.deepEqual(calls, [
    ['tar', { repo: 'r', tag: 't', message: 'm', changes: ['ENV A=b', 'CMD x'], platform: arm }],
    ['', { repo: undefined, tag: undefined, message: 'Imported from -', changes: [], platform: undefined }],
  ])
})

test('load reads the body and is quiet unless told', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    images: {
      load: async (body, { quiet }) => {
        calls.push([Buffer.concat(await body.toArray()).toString(), quiet])
        return messages({ stream: 'Loaded image: a:1\n' })
      },
    },
  })
  assert.deepEqual(lines((await send(socketPath, 'POST /images/load', { raw: 'tar' })).text), [{ stream: 'Loaded image: a:1\n' }])
  await send(socketPath, 'POST /images/load?quiet=0', { raw: 'tar' })
  assert.deepEqual(calls, [
    ['tar', true],
    ['tar', false],
  ])
})

test('save gives the archive of the named images', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    images: {
      save: async (names, { platform }) => {
        calls.push([names, platform])
        return Readable.from([Buffer.from('ta'), Buffer.from('r')])
      },
    },
  })
  const reply = await send(socketPath, 'GET /images/a/b:1/get')
  assert.deepEqual([reply.status, reply.text, reply.headers['content-type']], [200, 'tar', 'application/x-tar'])
  assert.equal((await send(socketPath, 'GET /images/get?names=a&names=b:2&platform=linux/arm64')).text, 'tar')
  assert.equal((await send(socketPath, 'GET /images/get')).status, 400)
  assert.deepEqual(calls, [
    [['a/b:1'], undefined],
    [['a', 'b:2'], { os: 'linux', architecture: 'arm64' }],
  ])
})

const refusals: readonly (readonly [endpoint: string, status: number, code: string])[] = [
  ['POST /images/create', 400, 'invalid-query'],
  ['POST /images/create?fromImage=a%00', 400, 'invalid-query'],
  ['POST /images/create?fromImage=a&platform=cow', 400, 'bad-platform'],
  ['POST /images/create?fromSrc=http://x/y.tar', 501, 'not-implemented'],
  ['POST /images/a/push?platform=%7B', 400, 'bad-platform'],
  ['GET /images/a/get?platform=cow', 400, 'bad-platform'],
  ['POST /build', 501, 'not-implemented'],
]

for (const [endpoint, status, code] of refusals) {
  test(`${endpoint} is refused with ${status} ${code}`, async (context) => {
    const { socketPath } = await serve(context, {})
    const reply = await send(socketPath, endpoint)
    assert.deepEqual([reply.status, JSON.parse(reply.text).code], [status, code])
  })
}
