import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capabilityNumber } from '../capabilities.ts'
import { planCapabilities } from './capability-set.ts'
import { parseHeldCapabilities } from './host-facts.ts'
import { refusal } from './refused.fixture.ts'

const RESOURCE = capabilityNumber('CAP_SYS_RESOURCE') ?? -1
const KILL = capabilityNumber('CAP_KILL') ?? -1
const all = Array.from({ length: 41 }, (_, number) => number)
const host = { lastCapability: 40, heldCapabilities: all }
const without = (number: number) => ({ ...host, heldCapabilities: all.filter((other) => other !== number) })

test('a helper that has all gives all', () => {
  assert.deepEqual(planCapabilities({ Privileged: true }, host), all)
  assert.equal(planCapabilities({}, host).length, 14)
})

test('what the helper lacks is left out of all and of the defaults', () => {
  assert.equal(planCapabilities({ Privileged: true }, without(RESOURCE)).length, 40)
  assert.equal(planCapabilities({ CapAdd: ['ALL'] }, without(RESOURCE)).length, 40)
  assert.equal(planCapabilities({}, without(KILL)).length, 13)
})

test('what the helper lacks is refused when it is asked for by name', () => {
  assert.equal(
    refusal(() => planCapabilities({ CapAdd: ['sys_resource'] }, without(RESOURCE))),
    'capability-not-held',
  )
  assert.equal(
    refusal(() => planCapabilities({ CapAdd: ['MAGIC'] }, host)),
    'unknown-capability',
  )
  assert.equal(planCapabilities({ CapAdd: ['sys_resource'], Privileged: true }, without(RESOURCE)).length, 40)
})

test("the helper's own set is read from its status", () => {
  const status = 'Name:\tnode\nCapPrm:\t000001ffffffffff\nCapBnd:\t000001fffeffffff\n'
  assert.deepEqual(parseHeldCapabilities(status), without(RESOURCE).heldCapabilities)
})
