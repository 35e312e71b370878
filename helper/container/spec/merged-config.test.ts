import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processEnvironment } from './environment.ts'
import { mergeConfig } from './merged-config.ts'
import { refusal } from './refused.fixture.ts'

const image = {
  Entrypoint: ['/entry'],
  Cmd: ['default'],
  Env: ['A=1', 'B=2'],
  WorkingDir: '/srv',
  User: 'app',
  Labels: { own: 'x', 'pocker.id': 'evil' },
}

const commands = [
  { name: 'nothing given', request: {}, expected: ['/entry', 'default'] },
  { name: 'a command', request: { Cmd: ['x', 'y'] }, expected: ['/entry', 'x', 'y'] },
  { name: 'an entrypoint drops the command', request: { Entrypoint: ['/e'] }, expected: ['/e'] },
  { name: 'both', request: { Entrypoint: ['/e'], Cmd: ['c'] }, expected: ['/e', 'c'] },
  { name: 'an empty entrypoint keeps the command', request: { Entrypoint: [] }, expected: ['default'] },
  { name: 'an empty entrypoint and a command', request: { Entrypoint: [], Cmd: ['c'] }, expected: ['c'] },
  { name: 'an empty word as entrypoint and a command', request: { Entrypoint: [''], Cmd: ['c'] }, expected: ['c'] },
]

for (const { name, request, expected } of commands) {
  test(`command: ${name}`, () => {
    const { Entrypoint, Cmd } = mergeConfig(request, image)
    assert.deepEqual([...Entrypoint, ...Cmd], expected)
  })
}

test('no command at all is refused', () => {
  assert.equal(
    refusal(() => mergeConfig({}, {})),
    'no-command',
  )
  assert.equal(
    refusal(() => mergeConfig({ Entrypoint: [''] }, image)),
    'no-command',
  )
})

test("the request's environment comes first, and a name alone keeps the image's away", () => {
  assert.deepEqual(mergeConfig({ Env: ['C=3', 'A=9', 'B'] }, image).Env, ['C=3', 'A=9', 'B'])
  assert.deepEqual(mergeConfig({ Env: ['C=3'] }, image).Env, ['C=3', 'A=1', 'B=2'])
})

test("the image gives user and folder where the request does not, and no labels of the helper's", () => {
  const merged = mergeConfig({ User: '', Labels: { mine: 'y', 'pocker.mine': 'z' } }, image)
  assert.deepEqual([merged.User, merged.WorkingDir], ['app', '/srv'])
  assert.deepEqual(merged.Labels, { own: 'x', mine: 'y', 'pocker.mine': 'z' })
})

test('environment: defaults, what replaces them, what takes them away', () => {
  const input = { hostname: 'box', terminal: true, home: '/root' }
  assert.deepEqual(processEnvironment({ ...input, entries: ['A=1', 'TERM=dumb', 'HOSTNAME', 'A=2'] }), [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'TERM=dumb',
    'A=2',
    'HOME=/root',
  ])
  assert.ok(!processEnvironment({ ...input, terminal: false, entries: [] }).includes('TERM=xterm'))
  assert.ok(processEnvironment({ ...input, entries: ['HOME=/h'] }).includes('HOME=/h'))
})
