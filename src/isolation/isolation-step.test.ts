import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plannedSteps } from './isolation-step.ts'

test('calls of one step and one part are together, in their order', () => {
  const call = (step: string, part: 'helper' | 'keeper', name: string) => ({ step, part, call: name, text: name.toUpperCase() })
  const steps = plannedSteps([
    call('start', 'helper', 'a'),
    call('start', 'keeper', 'b'),
    call('start', 'keeper', 'c'),
    call('end', 'keeper', 'd'),
    call('start', 'keeper', 'e'),
  ])
  assert.deepEqual(
    steps.map(({ step, part, calls }) => [step, part, ...calls.map(({ call: name, operands }) => `${name}${operands}`)]),
    [
      ['start', 'helper', 'aA'],
      ['start', 'keeper', 'bB', 'cC'],
      ['end', 'keeper', 'dD'],
      ['start', 'keeper', 'eE'],
    ],
  )
  assert.deepEqual(plannedSteps([]), [])
})
