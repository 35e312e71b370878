import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_CONTENT } from './answer.ts'
import type { Route } from './route.ts'
import { createRouter } from './router.ts'
import { allRoutes } from './routes/all.ts'
import { refuseUnsupported } from './routes/unsupported.ts'
import { fakeBackend } from './testing/fake-backend.ts'

const router = createRouter(allRoutes(fakeBackend({})), refuseUnsupported)

function find(endpoint: string) {
  const [method = '', path = ''] = endpoint.split(' ')
  const { route, parameters } = router(method, path.slice(1).split('/').map(decodeURIComponent))
  return { path: route.path, parameters: Object.fromEntries(parameters) }
}

test('a parameter takes one segment', () => {
  assert.deepEqual(find('POST /containers/abc/start'), { path: '/containers/{id}/start', parameters: { id: 'abc' } })
})

test('the name of an image takes several segments', () => {
  const path = '/images/{name...}/json'
  assert.deepEqual(find('GET /images/ghcr.io/a/b:1/json'), { path, parameters: { name: 'ghcr.io/a/b:1' } })
  assert.deepEqual(find('GET /images/json/json'), { path, parameters: { name: 'json' } })
  assert.deepEqual(find('GET /images/a%2Fb/json'), { path, parameters: { name: 'a/b' } })
})

test('what is done with an image is told from its name', () => {
  assert.deepEqual(find('POST /images/a/push/push'), { path: '/images/{name...}/push', parameters: { name: 'a/push' } })
  assert.equal(find('GET /images/get').path, '/images/get')
  assert.equal(find('GET /images/get/get').path, '/images/{name...}/get')
  assert.equal(find('GET /images/search').path, '/images/search')
  assert.equal(find('POST /images/create').path, '/images/create')
  assert.equal(find('PUT /containers/a/archive').path, '/containers/{id}/archive')
})

test('an encoded slash does not fit into an id', () => {
  assert.throws(() => find('GET /containers/a%2Fb/json'), { code: 'page-not-found' })
})

test('a path that is nowhere is not found', () => {
  for (const endpoint of ['GET /nowhere', 'GET /containers', 'GET /constructor', 'GET /containers/a/b/c', 'GET /__proto__/json']) {
    assert.throws(() => find(endpoint), { kind: 'NotFound', code: 'page-not-found' })
  }
})

test('a known path with another method is refused as such', () => {
  for (const endpoint of [
    'POST /_ping',
    'GET /containers/create',
    'PATCH /containers/json',
    'PUT /exec/a/start',
    'POST /containers/a/archive',
    'GET /images/create',
    'POST /images/a/get',
  ]) {
    assert.throws(() => find(endpoint), { code: 'method-not-allowed' })
  }
})

test('an earlier route wins', () => {
  const route = (path: string): Route => ({ method: 'GET', path, since: 41, handle: () => NO_CONTENT })
  const two = createRouter([route('/a/b'), route('/a/{any}')], () => {})
  assert.equal(two('GET', ['a', 'b']).route.path, '/a/b')
  assert.equal(two('GET', ['a', 'c']).route.path, '/a/{any}')
})

const NOT_THERE = `
  POST /build, POST /build/prune, POST /session, GET /containers/a/attach/ws, PUT /volumes/a, GET /plugins,
  GET /plugins/privileges, POST /plugins/pull, POST /plugins/a/b/enable, GET /swarm, POST /swarm/init, GET /nodes, POST /nodes/a/update,
  GET /services, POST /services/create, GET /tasks, GET /tasks/a/logs, GET /secrets, DELETE /secrets/a, GET /configs, GET /configs/a`

for (const endpoint of NOT_THERE.split(',').map((line) => line.trim())) {
  test(`${endpoint} of Docker's is said not to be implemented`, () => {
    assert.throws(() => find(endpoint), { kind: 'NotImplemented', code: 'not-implemented' })
  })
}
