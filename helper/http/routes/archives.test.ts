import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import { open, send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

const STAT = { name: 'ü', size: 3, mode: 0o644, mtime: '2024-01-01T00:00:00.000000001Z', linkTarget: '' }

function statOf(header: string | string[] | undefined): unknown {
  return JSON.parse(Buffer.from(String(header), 'base64').toString())
}

test('what lies at a path comes as an archive, with its stat in a header', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    archives: {
      stat: async (...call) => {
        calls.push(call)
        return STAT
      },
      read: async (id, path) => {
        calls.push([id, path])
        return { stat: STAT, archive: Readable.from([Buffer.from('tar')]) }
      },
    },
  })
  const head = await send(socketPath, 'HEAD /containers/abc/archive?path=/etc/%C3%BC')
  assert.deepEqual([head.status, head.text], [200, ''])
  assert.deepEqual(statOf(head.headers['x-docker-container-path-stat']), STAT)
  const got = await send(socketPath, 'GET /containers/abc/archive?path=etc/.')
  assert.deepEqual([got.status, got.text, got.headers['content-type']], [200, 'tar', 'application/x-tar'])
  assert.deepEqual(statOf(got.headers['x-docker-container-path-stat']), STAT)
  assert.deepEqual(calls, [
    ['abc', '/etc/ü'],
    ['abc', 'etc/.'],
  ])
})

test('an archive is put into a folder', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    archives: {
      write: async (id, path, { archive, signal, ...options }) => {
        calls.push([id, path, Buffer.concat(await archive.toArray()).toString(), options])
      },
    },
  })
  const reply = await send(socketPath, 'PUT /containers/abc/archive?path=/a&noOverwriteDirNonDir=true&copyUIDGID=1', { raw: 'tar' })
  assert.deepEqual([reply.status, reply.text], [200, ''])
  await send(socketPath, 'PUT /containers/abc/archive?path=/a', { raw: 'tar' })
  assert.deepEqual(calls, [
    ['abc', '/a', 'tar', { noOverwriteDirNonDir: true, copyUidGid: true }],
    ['abc', '/a', 'tar', { noOverwriteDirNonDir: false, copyUidGid: false }],
  ])
})

test('a container is exported', async (context) => {
  const { socketPath } = await serve(context, { archives: { export: async (id) => Readable.from([Buffer.from(id)]) } })
  assert.equal((await send(socketPath, 'GET /containers/abc/export')).text, 'abc')
})

test('an archive is read no faster than the client takes it, and destroyed when the client goes', async (context) => {
  let given = 0
  const archive = new Readable({
    read() {
      given += 1
      this.push(Buffer.alloc(64 * 1024))
    },
  })
  const { socketPath } = await serve(context, { archives: { export: async () => archive } })
  const response = await open(socketPath, 'GET /containers/abc/export')
  await once(response, 'readable')
  // Nobody reads on: what is in flight fills up and the source is left alone, which would otherwise have given thousands by now.
  for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(given < 100, `${given} pieces were taken`)
  const closed = new Promise((resolve) => archive.once('close', resolve))
  response.destroy()
  await closed
})

const broken = new PockerError('NotFound', 'export: gone', { code: 'path-missing' })

test('an archive that fails at once has a status, one that fails later is cut off', async (context) => {
  const failing = (pieces: number) => {
    let left = pieces
    return new Readable({
      read() {
        if (left > 0) this.push(Buffer.alloc(1000))
        else this.destroy(broken)
        left -= 1
      },
    })
  }
  const { socketPath, unexpected } = await serve(context, {
    archives: { export: async (id) => failing(Number(id)) },
  })
  const reply = await send(socketPath, 'GET /containers/0/export')
  assert.deepEqual([reply.status, reply.headers['content-type'], JSON.parse(reply.text).code], [404, 'application/json', 'path-missing'])
  await assert.rejects(send(socketPath, 'GET /containers/3/export'))
  assert.deepEqual(unexpected, [])
})

for (const endpoint of ['GET /containers/a/archive', 'HEAD /containers/a/archive?path=', 'PUT /containers/a/archive?path=%00']) {
  test(`${endpoint} is refused with 400`, async (context) => {
    const { socketPath } = await serve(context, {})
    assert.equal((await send(socketPath, endpoint)).status, 400)
  })
}

test('an error of HEAD has a status and no body', async (context) => {
  const { socketPath } = await serve(context, {
    archives: {
      stat: async () => {
        throw broken
      },
    },
  })
  const { status, text } = await send(socketPath, 'HEAD /containers/a/archive?path=/x')
  assert.deepEqual([status, text], [404, ''])
})
