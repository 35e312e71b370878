import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Clicks } from './clicks.ts'

function clicksAt() {
  let time = 0
  const clicks = new Clicks(() => time)
  return {
    clicks,
    wait: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

test('a double click opens, single clicks do not, and three are one double click', () => {
  const { clicks, wait } = clicksAt()
  assert.equal(clicks.opens('a'), false)
  wait(200)
  assert.equal(clicks.opens('a'), true)
  wait(200)
  assert.equal(clicks.opens('a'), false)
  wait(600)
  assert.equal(clicks.opens('a'), false)
})

test('two clicks on two rows are no double click', () => {
  const { clicks } = clicksAt()
  assert.deepEqual([clicks.opens('a'), clicks.opens('b'), clicks.opens('a')], [false, false, false])
})

test('Enter opens, once', () => {
  const { clicks, wait } = clicksAt()
  clicks.enter()
  assert.equal(clicks.opens('a'), true)
  assert.equal(clicks.opens('a'), false)
  clicks.enter()
  wait(2000)
  assert.equal(clicks.opens('b'), false)
})
