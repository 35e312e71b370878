import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registryAuth } from './registry-auth.ts'
import type { ApiRequest } from './route.ts'

function read(header: string | undefined) {
  return registryAuth({ header: (name: string) => (name === 'x-registry-auth' ? header : undefined) } as unknown as ApiRequest)
}

const AUTH = { username: 'ü', password: '>>>???', serveraddress: 'https://r.example/v1/' }

for (const encoding of ['base64', 'base64url'] as const) {
  test(`credentials are read from ${encoding}`, () => {
    assert.deepEqual(read(Buffer.from(JSON.stringify(AUTH)).toString(encoding)), AUTH)
  })
}

test('no credentials, empty ones and unreadable ones are none', () => {
  const encoded = ['{}', 'null', '[]', '{"username":""}', '{"username":1}', '{', ''].map((json) => Buffer.from(json).toString('base64url'))
  for (const header of [undefined, '', '%%%', 'null', ...encoded]) assert.equal(read(header), undefined)
})
