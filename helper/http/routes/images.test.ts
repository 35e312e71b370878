import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageInspect, ImageSummary } from '../../api/image.ts'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

test('images are listed, inspected, imported and removed by names with slashes', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    images: {
      list: async (...call) => {
        calls.push(call)
        return [{ Id: 'sha256:a' } as ImageSummary]
      },
      inspect: async (...call) => {
        calls.push(call)
        return { Id: 'sha256:a' } as ImageInspect
      },
      importFolder: async (...call) => {
        calls.push(call)
        return { Id: 'sha256:a' }
      },
      remove: async (...call) => {
        calls.push(call)
        return [{ Untagged: 'a/b:1' }]
      },
    },
  })
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /images/json?all=1')).text), [{ Id: 'sha256:a' }])
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /images/ghcr.io/a/b:1/json')).text), { Id: 'sha256:a' })
  assert.equal((await send(socketPath, 'POST /pocker/images/import?folder=/srv/root&name=a')).status, 201)
  assert.deepEqual(JSON.parse((await send(socketPath, 'DELETE /images/a/b:1?force=1')).text), [{ Untagged: 'a/b:1' }])
  assert.deepEqual(calls, [[{ all: true, filters: new Map() }], ['ghcr.io/a/b:1'], ['/srv/root', 'a'], ['a/b:1']])
})

test('an import without folder or name is refused', async (context) => {
  const { socketPath } = await serve(context, {})
  for (const query of ['', 'folder=/a', 'name=a']) assert.equal((await send(socketPath, `POST /pocker/images/import?${query}`)).status, 400)
})

test('networks and volumes are what there is', async (context) => {
  const { socketPath } = await serve(context, {})
  const names = async (query: string) =>
    JSON.parse((await send(socketPath, `GET /networks?${query}`)).text).map(({ Name }: { Name: string }) => Name)
  assert.deepEqual(await names(''), ['none', 'host'])
  assert.deepEqual(await names('filters={"name":{"host":true}}'), ['host'])
  assert.deepEqual(await names('filters={"type":["custom"]}'), [])
  assert.equal((await send(socketPath, 'GET /networks?filters={"x":["y"]}')).status, 400)
  assert.equal(JSON.parse((await send(socketPath, 'GET /networks/host')).text).Driver, 'host')
  assert.equal((await send(socketPath, 'GET /networks/bridge')).status, 404)
  assert.deepEqual(JSON.parse((await send(socketPath, 'GET /volumes')).text), { Volumes: [], Warnings: null })
  assert.equal((await send(socketPath, 'GET /volumes/a')).status, 404)
})
