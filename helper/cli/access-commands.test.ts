import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeEngine, json } from './testing/fake-engine.ts'
import { runCommand } from './testing/fake-io.ts'

test('users are let in by number and by name, and shut out again', async () => {
  await using engine = await fakeEngine({
    routes: {
      'POST /pocker/listeners': ({ body }) => body,
      'DELETE /pocker/listeners/1000': (_, response) => json(response, 204, undefined),
    },
  })
  const pocker = (...words: string[]) => runCommand(['--socket', engine.socket, ...words])
  assert.deepEqual(await pocker('grant', '1000'), { code: 0, stdout: '1000\n', stderr: '' })
  assert.equal((await pocker('grant', '--until-reboot', 'daemon')).code, 0)
  assert.deepEqual(await pocker('revoke', '1000'), { code: 0, stdout: '1000\n', stderr: '' })
  assert.deepEqual(
    engine.seen.map(({ method, path, body }) => [method, path, body]),
    [
      ['POST', '/pocker/listeners', { uid: 1000, until: 'revoked' }],
      ['POST', '/pocker/listeners', { uid: 1, until: 'reboot' }],
      ['DELETE', '/pocker/listeners/1000', undefined],
    ],
  )
})

for (const user of ['root', '0', '65534', '4294967295', '4294967296', 'no-such-user', '', '-1', '1e3', ' 1000', '01000x']) {
  test(`'${user}' is no user to be let in`, async () => {
    await using engine = await fakeEngine({})
    const { code } = await runCommand(['--socket', engine.socket, 'grant', '--', user])
    assert.deepEqual([code, engine.seen.length], [1, 0])
  })
}

test('who has been let in is listed', async () => {
  const listeners = [
    { uid: 1000, name: 'anna\u001b[2J', socket: '/run/pocker/1000/pocker.sock', until: 'reboot' },
    { uid: 70000, socket: '/run/pocker/70000/pocker.sock', until: 'revoked' },
  ]
  await using engine = await fakeEngine({ routes: { 'GET /pocker/listeners': () => ({ listeners }) } })
  const { stdout } = await runCommand(['--socket', engine.socket, 'grant'])
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    [
      ['UID', 'NAME', 'UNTIL', 'SOCKET'],
      ['1000', 'anna\ufffd[2J', 'reboot', '/run/pocker/1000/pocker.sock'],
      ['70000', 'revoked', '/run/pocker/70000/pocker.sock'],
    ],
  )
})
