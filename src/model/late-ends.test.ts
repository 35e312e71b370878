import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerOf } from '../testing/changing-host.ts'
import { LateEnds } from './late-ends.ts'

const running = containerOf({ id: 'a' })

test('one that is listed as running after its end is looked at a few times, and not for ever', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let looks = 0
  const late = new LateEnds(() => {
    looks++
    late.onRow('a', running)
  })
  late.onEvent('die', 'a')
  late.onRow('a', running)
  for (let time = 0; time < 100; time++) t.mock.timers.tick(100)
  assert.equal(looks, 4)
})

test('one that has been started again, or is known to have ended, is looked at no more', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let looks = 0
  const late = new LateEnds(() => looks++)
  late.onEvent('die', 'a')
  late.onEvent('start', 'a')
  late.onRow('a', running)
  late.onEvent('die', 'b')
  late.onRow('b', containerOf({ id: 'b', status: 'exited' }))
  late.onEvent('die', 'c')
  late.onRow('c', running)
  late.end()
  t.mock.timers.tick(10_000)
  assert.equal(looks, 0)
})
