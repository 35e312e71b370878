import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeSlots } from './slots.ts'

const never = new AbortController().signal

test('so many at once, and the largest that waits comes next', async () => {
  const slots = makeSlots(1)
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const work = (name: string, until?: Promise<void>) => async () => {
    order.push(name)
    await until
  }
  const waits: string[] = []
  const all = [
    slots.run(never, work('first', first.promise)),
    slots.run(never, work('small'), { size: 1, onWait: () => waits.push('small') }),
    slots.run(never, work('large'), { size: 9 }),
    slots.run(never, work('small too'), { size: 1 }),
  ]
  await Promise.resolve()
  assert.deepEqual([order, waits], [['first'], ['small']])
  first.resolve()
  await Promise.all(all)
  assert.deepEqual(order, ['first', 'large', 'small', 'small too'])
})

test('whoever stops waiting takes no place, and a failure gives its place back', async () => {
  const slots = makeSlots(1)
  const hold = Promise.withResolvers<void>()
  const holding = slots.run(never, () => hold.promise)
  const gone = new AbortController()
  const waiting = slots.run(gone.signal, () => assert.fail('it was to be left out'))
  gone.abort()
  await assert.rejects(waiting, { code: 'cancelled' })
  hold.reject(new Error('broken'))
  await assert.rejects(holding, /broken/)
  assert.equal(await slots.run(never, async () => 'free'), 'free')
})
