import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { blockWeightToIoWeight, cpuMax, nanoCpusToQuota, orMax, sharesToWeight, swapMax } from './values.ts'

const pair = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)

test('cpu shares keep their default and their ends', () => {
  assert.deepEqual([1024, 2, 0, 262144, 1e6].map(sharesToWeight), [100, 1, 1, 10000, 10000])
})

test('cpu weight grows with the shares and stays in range', () => {
  fc.assert(
    fc.property(pair(2, 262144), ([small, large]) => {
      const [low, high] = [sharesToWeight(small), sharesToWeight(large)]
      assert.ok(low <= high && low >= 1 && high <= 10000 && Number.isInteger(low))
    }),
  )
})

test('io weight grows with the block weight and uses the whole range', () => {
  assert.deepEqual([10, 1000].map(blockWeightToIoWeight), [1, 10000])
  fc.assert(fc.property(pair(10, 1000), ([small, large]) => assert.ok(blockWeightToIoWeight(small) <= blockWeightToIoWeight(large))))
})

test('swap is the total without the memory', () => {
  assert.equal(swapMax({ limit: 100, swap: 250 }), '150')
  assert.equal(swapMax({ limit: 100, swap: 100 }), '0')
  assert.equal(swapMax({ limit: 100, swap: -1 }), 'max')
  assert.equal(swapMax({ limit: -1, swap: 100 }), 'max')
  fc.assert(
    fc.property(pair(0, 2 ** 50), ([limit, swap]) => {
      assert.equal(Number(swapMax({ limit, swap })) + limit, swap)
    }),
  )
})

test('cpu time is a quota of a period', () => {
  assert.equal(cpuMax({ quota: 50000, period: 200000 }), '50000 200000')
  assert.equal(cpuMax({ quota: 50000 }), '50000 100000')
  assert.equal(cpuMax({ quota: -1 }), 'max 100000')
  assert.equal(cpuMax({ period: 5000 }), 'max 5000')
  assert.equal(nanoCpusToQuota(1.5e9), 150000)
  assert.equal(nanoCpusToQuota(1), 1000)
})

test('negative counts are no limit', () => {
  assert.deepEqual([-1, 0, 7].map(orMax), ['max', '0', '7'])
})
