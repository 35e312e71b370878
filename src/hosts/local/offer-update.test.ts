import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changingHost } from '../../testing/changing-host.ts'
import type { HostState } from '../host.ts'
import { Hosts } from '../hosts.ts'
import { offerUpdate } from './offer-update.ts'

const ready = (version: string, isPocker = true): HostState => ({
  kind: 'ready',
  engine: { name: isPocker ? 'Pocker' : 'Docker', version, apiVersion: '1.47', isPocker },
})

function setUp(answer: boolean, impossible?: Error) {
  const host = changingHost({ state: { kind: 'connecting' } })
  const hosts = new Hosts(() => [host])
  hosts.open()
  const offers: string[] = []
  const starts: unknown[] = []
  offerUpdate({
    hosts,
    version: '0.2.0',
    ask: {
      offer: async (text) => {
        offers.push(text)
        return answer
      },
    },
    starting: { start: async (purpose) => void starts.push(purpose) },
    local: { impossible, asksNothing: false, start: async () => {} },
    guard: async (_what, work) => await work(),
  })
  return { host, offers, starts }
}

test('an older helper is updated when the user wants it', async () => {
  const { host, offers, starts } = setUp(true)
  host.setState(ready('0.1.9'))
  await new Promise(setImmediate)
  assert.deepEqual([offers.length, starts], [1, ['update']])
})

test('it is offered once, and nothing happens unless it is taken', async () => {
  const { host, offers, starts } = setUp(false)
  host.setState(ready('0.1.9'))
  host.setState({ kind: 'connecting' })
  host.setState(ready('0.1.9'))
  await new Promise(setImmediate)
  assert.deepEqual([offers.length, starts], [1, []])
})

test('a helper of the same or a newer version, another engine, or one that somebody else has named is left alone', () => {
  for (const [version, isPocker, impossible] of [
    ['0.2.0', true],
    ['0.10.0', true],
    ['0.1.0', false],
    ['0.1.0', true, new Error('named')],
  ] as const) {
    const { host, offers } = setUp(true, impossible)
    host.setState(ready(version, isPocker))
    assert.deepEqual(offers, [])
  }
})
