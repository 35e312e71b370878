import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namedSocket } from './named-socket.ts'

test('a setting stands before the environment, both as a path or an address', () => {
  const env = { POCKER_HOST: 'unix:///run/a.sock' }
  assert.equal(namedSocket({ env }), '/run/a.sock')
  assert.equal(namedSocket({ env }, '/run/b.sock'), '/run/b.sock')
  assert.equal(namedSocket({ env }, ' unix:///run/b.sock '), '/run/b.sock')
})

test('what is no socket of this machine is none', () => {
  for (const text of ['', 'tcp://evil:1', 'relative', 'unix://relative', '/a\0b']) {
    assert.equal(namedSocket({ env: { POCKER_HOST: text } }, text), undefined, text)
  }
})
