import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PockerError } from '../../api/errors.ts'
import { send } from '../testing/client.ts'
import { serve } from '../testing/serve.ts'

const AUTH = { username: 'me', password: 'secret' }
const headers = { 'X-Registry-Auth': Buffer.from(JSON.stringify(AUTH)).toString('base64url') }

test('login hands over what was sent and answers with the token', async (context) => {
  const calls: unknown[] = []
  const { socketPath } = await serve(context, {
    images: {
      login: async (auth) => {
        calls.push(auth)
        return { Status: 'Login Succeeded', IdentityToken: '' }
      },
    },
  })
  const reply = await send(socketPath, 'POST /auth', { body: { ...AUTH, serveraddress: 'localhost:5000' } })
  assert.deepEqual([reply.status, JSON.parse(reply.text)], [200, { Status: 'Login Succeeded', IdentityToken: '' }])
  assert.deepEqual(calls, [{ ...AUTH, serveraddress: 'localhost:5000' }])
  assert.equal((await send(socketPath, 'POST /auth')).status, 400)
  assert.equal((await send(socketPath, 'POST /auth', { body: { username: 1 } })).status, 400)
})

test('a registry that refuses the credentials is 401', async (context) => {
  const { socketPath } = await serve(context, {
    images: {
      login: async () => {
        throw new PockerError('Forbidden', 'log in to localhost:5000: unauthorized', { code: 'auth-failed' })
      },
    },
  })
  assert.equal((await send(socketPath, 'POST /auth', { body: AUTH })).status, 401)
})

test('a registry is asked about an image with the credentials of the request', async (context) => {
  const calls: unknown[][] = []
  const found = { Descriptor: { mediaType: 'm', digest: 'sha256:a', size: 1 }, Platforms: [] }
  const { socketPath } = await serve(context, {
    images: {
      distribution: async (...call) => {
        calls.push(call)
        return found
      },
    },
  })
  const reply = await send(socketPath, 'GET /distribution/localhost:5000/a/b:1/json', { headers })
  assert.deepEqual(JSON.parse(reply.text), found)
  await send(socketPath, 'GET /distribution/a/json', { headers: { 'X-Registry-Auth': 'nonsense' } })
  assert.deepEqual(calls, [
    ['localhost:5000/a/b:1', AUTH],
    ['a', undefined],
  ])
})

test('a search has 25 results unless told', async (context) => {
  const calls: unknown[][] = []
  const { socketPath } = await serve(context, {
    images: {
      search: async (...call) => {
        calls.push(call)
        return []
      },
    },
  })
  await send(socketPath, 'GET /images/search?term=busybox', { headers })
  await send(socketPath, `GET /images/search?term=a&limit=3&filters=${encodeURIComponent('{"stars":["3"]}')}`)
  assert.deepEqual(calls, [
    ['busybox', { limit: 25, filters: new Map(), auth: AUTH }],
    ['a', { limit: 3, filters: new Map([['stars', ['3']]]), auth: undefined }],
  ])
  for (const query of ['', 'term=a&limit=-1', 'term=a&limit=101', 'term=a&limit=x']) {
    assert.equal((await send(socketPath, `GET /images/search?${query}`)).status, 400)
  }
})
