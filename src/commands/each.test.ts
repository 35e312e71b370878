import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEach } from './each.ts'

const things = ['a', 'b', 'c'].map((name) => ({ name, value: name }))
const failing = (error: Error, ...names: string[]) => {
  const done: string[] = []
  const act = async (name: string) => {
    if (names.includes(name)) throw error
    done.push(name)
  }
  return { done, act }
}

test('what fails for one is done for the others, and told once', async () => {
  const { done, act } = failing(new Error('it is gone'), 'b')
  await assert.rejects(forEach(things, act), { code: 'some-failed', message: /1 of 3.*b: It is gone\./ })
  assert.deepEqual(done, ['a', 'c'])
})

test('of one thing alone the error is its own, and cancelled work is none', async () => {
  const error = Object.assign(new Error('x'), { code: 'conflict' })
  await assert.rejects(forEach(things.slice(0, 1), failing(error, 'a').act), error)
  await forEach(things, failing(Object.assign(new Error('x'), { code: 'cancelled' }), 'a').act)
})
