import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { FakeEngine } from '../testing/fake-engine.ts'
import { fakeEngine, json } from '../testing/fake-engine.ts'
import { fakeIo, runCommand } from '../testing/fake-io.ts'
import { progressRoute } from '../testing/progress-route.ts'

const PULLED = progressRoute(
  { status: 'Pulling from library/busybox', id: 'latest' },
  { status: 'Pull complete', progressDetail: {}, id: 'aaa' },
)
const PULL_LINES = 'latest: Pulling from library/busybox\naaa: Pull complete\n'

/** An engine that has an image only after it was pulled. */
function emptyEngine(): Promise<FakeEngine> {
  let pulled = false
  return fakeEngine({
    routes: {
      'POST /images/create': (request, response) => {
        pulled = true
        PULLED(request, response)
      },
      'POST /containers/create': (_, response) =>
        pulled
          ? json(response, 201, { Id: 'abc', Warnings: [] })
          : json(response, 404, { message: 'no such image: busybox', code: 'no-such-image' }),
    },
  })
}

const WORDS = "Unable to find image 'busybox:latest' locally\n"

for (const [args, code, stdout, stderr, requests] of [
  [['busybox'], 0, 'abc\n', WORDS + PULL_LINES, ['create', 'pull', 'create']],
  [['-q', 'busybox'], 0, 'abc\n', '', ['create', 'pull', 'create']],
  [['--pull', 'always', 'busybox'], 0, 'abc\n', PULL_LINES, ['pull', 'create']],
  [['--pull', 'never', 'busybox'], 125, '', 'pocker: no such image: busybox\n', ['create']],
  [['a'.repeat(64)], 125, '', 'pocker: no such image: busybox\n', ['create']],
] as const) {
  test(`create ${args.join(' ')} where the image is not there`, async () => {
    await using engine = await emptyEngine()
    assert.deepEqual(await runCommand(['--socket', engine.socket, 'create', ...args]), { code, stdout, stderr })
    assert.deepEqual(
      engine.seen.map(({ path }) => (path === '/images/create' ? 'pull' : 'create')),
      requests,
    )
  })
}

test('create pulls for the platform that is asked for, or that the environment names', async () => {
  for (const [args, env] of [
    [['--platform', 'linux/arm64'], {}],
    [[], { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' }],
  ] as const) {
    await using engine = await emptyEngine()
    await runCommand(['--socket', engine.socket, 'create', ...args, 'busybox'], fakeIo({ env }))
    assert.deepEqual(
      engine.seen.map(({ query }) => query.get('platform')),
      ['linux/arm64', 'linux/arm64', 'linux/arm64'],
    )
  }
})

test('a pull that fails ends create with 125, and what else is missing is not pulled', async () => {
  for (const [routes, message, requests] of [
    [{ 'POST /images/create': progressRoute({ errorDetail: { message: 'toomanyrequests' }, error: 'x' }) }, 'no-such-image', 2],
    [{}, 'no-such-container', 1],
  ] as const) {
    const create = (_: unknown, response: ServerResponse) => json(response, 404, { message: 'gone', code: message })
    await using engine = await fakeEngine({ routes: { ...routes, 'POST /containers/create': create } })
    assert.equal((await runCommand(['--socket', engine.socket, 'create', 'busybox'])).code, 125)
    assert.equal(engine.seen.length, requests)
  }
})
