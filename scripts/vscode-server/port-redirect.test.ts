import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PortRedirect, startPortRedirect } from './port-redirect.ts'

let redirect: PortRedirect
before(async () => {
  redirect = await startPortRedirect()
})
after(() => redirect[Symbol.asyncDispose]())

async function locationOf(path: string): Promise<string | number> {
  const response = await fetch(redirect.template.replace('/{{port}}/', path), { redirect: 'manual' })
  return response.headers.get('location') ?? response.status
}

test('a port in the path is a port of this machine, with what follows it', async () => {
  assert.equal(await locationOf('/8080/'), 'http://127.0.0.1:8080/')
  assert.equal(await locationOf('/8080'), 'http://127.0.0.1:8080/')
  assert.equal(await locationOf('/8080/a/b?c=d'), 'http://127.0.0.1:8080/a/b?c=d')
  assert.equal(await locationOf('/80//elsewhere.example/'), 'http://127.0.0.1:80//elsewhere.example/')
})

for (const path of ['/', '/x/', '/65536/', '/80.elsewhere.example/', '/80@elsewhere.example/']) {
  test(`${path} leads nowhere`, async () => assert.equal(await locationOf(path), 404))
}
