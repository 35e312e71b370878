import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostState } from '../hosts/host.ts'
import { type ChangingHostOptions, changingHost, READY } from '../testing/changing-host.ts'
import { type ViewContent, viewState } from './view-state.ts'

const NOTHING: ViewContent = { shown: 0, total: 0 }
const UNREACHABLE: HostState = { kind: 'unreachable', reason: 'x', retryAt: 0 }
const CONNECTING: HostState = { kind: 'connecting' }
const STOPPED: HostState = { kind: 'stopped' }

function stateOf(states: readonly HostState[], content = NOTHING, isStarting = false): string {
  const hosts = states.map((state, index) => changingHost({ id: String(index), state } satisfies ChangingHostOptions))
  return viewState({ all: hosts, isOpen: true }, content, isStarting)
}

const cases: readonly (readonly [what: string, state: string, expected: string])[] = [
  ['no host at all', stateOf([]), 'no-host'],
  ['the only host is being tried', stateOf([CONNECTING]), 'connecting'],
  ['Pocker has to be started', stateOf([STOPPED]), 'stopped'],
  ['Pocker is being started', stateOf([STOPPED], NOTHING, true), 'starting'],
  ['the only host cannot be reached', stateOf([UNREACHABLE]), 'unreachable'],
  ['nothing runs', stateOf([READY]), 'empty'],
  ['nothing runs on another engine, and Pocker has to be started', stateOf([READY, STOPPED]), 'stopped'],
  ['something is there', stateOf([READY], { shown: 1, total: 2 }), 'rows'],
  ['all is hidden', stateOf([READY], { shown: 0, total: 2 }), 'filtered'],
  ['two hosts have rows of their own', stateOf([READY, READY]), 'rows'],
  ['one of the others is still being tried', stateOf([UNREACHABLE, CONNECTING]), 'connecting'],
]

for (const [what, state, expected] of cases) test(`a view where ${what} says ${expected}`, () => assert.equal(state, expected))

test('before anybody has looked for hosts, nothing is said of there being none', () => {
  assert.equal(viewState({ all: [], isOpen: false }, NOTHING, false), 'loading')
})

test('a host that has just answered says nothing before it is known what is there', () => {
  const host = changingHost({ state: CONNECTING })
  host.setState(READY)
  assert.equal(viewState({ all: [host], isOpen: true }, NOTHING, false), 'loading')
  host.setContainers([])
  assert.equal(viewState({ all: [host], isOpen: true }, NOTHING, false), 'empty')
})
