import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LocalStart } from '../hosts/local-start.ts'
import { Starting } from './start.ts'

function startingOf(start: LocalStart['start']) {
  let retries = 0
  const starting = new Starting({ impossible: undefined, asksNothing: false, start }, () => retries++)
  return { starting, retries: () => retries }
}

test('it is started once, however many want it, and looked for then', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let starts = 0
  const { starting, retries } = startingOf(() => {
    starts++
    return promise
  })
  const states: boolean[] = []
  starting.onDidChange(() => states.push(starting.isOn))
  const both = [starting.start(), starting.start()]
  assert.equal(starting.isOn, true)
  resolve()
  await Promise.all(both)
  assert.deepEqual([starts, retries(), states, starting.isOn], [1, 1, [true, false], false])
  await starting.start()
  assert.equal(starts, 2)
})

test('a start that fails is over, and the next one is another', async () => {
  const { starting, retries } = startingOf(() => Promise.reject(new Error('x')))
  await assert.rejects(starting.start())
  assert.deepEqual([starting.isOn, retries()], [false, 1])
})
