import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineEvent } from '../api/system.ts'
import { matchesEvent } from './event-filter.ts'
import { EventLog } from './events.ts'

const ID = 'ab12cd34'.repeat(8)

function event(Action: string, values: Partial<EngineEvent> & { attributes?: Record<string, string>; at?: number } = {}): EngineEvent {
  const { attributes = { name: 'web', image: 'nginx:1' }, at = 100, ...rest } = values
  return {
    Type: 'container',
    Action,
    Actor: { ID, Attributes: attributes },
    scope: 'local',
    time: Math.floor(at),
    timeNano: at * 1e9,
    ...rest,
  }
}

function filters(values: Record<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(values))
}

async function actions(iterable: AsyncIterable<EngineEvent>): Promise<string[]> {
  const found: string[] = []
  for await (const { Action } of iterable) found.push(Action)
  return found
}

const cases: [Record<string, readonly string[]>, EngineEvent, boolean][] = [
  [{}, event('start'), true],
  [{ event: ['start', 'die'] }, event('die'), true],
  [{ event: ['st'] }, event('start'), false],
  [{ event: ['exec_create'] }, event('exec_create: sh -c true'), true],
  [{ event: ['exec_create: sh'] }, event('exec_create: sh -c true'), false],
  [{ event: ['exec_create: sh'] }, event('exec_create: sh'), true],
  [{ event: ['health_status'] }, event('health_status: healthy'), true],
  [{ event: ['exec_die'] }, event('exec_die'), true],
  [{ type: ['image'] }, event('start'), false],
  [{ type: ['image', 'container'] }, event('start'), true],
  [{ scope: ['swarm'] }, event('start'), false],
  [{ container: ['web'] }, event('start'), true],
  [{ container: [ID.slice(0, 12)] }, event('start'), true],
  [{ container: ['other', 'we'] }, event('start'), true],
  [{ container: ['eb'] }, event('start'), false],
  [{ network: ['web'], container: ['web'] }, event('start'), true],
  [{ image: ['nginx'] }, event('start'), true],
  [{ image: ['nginx:1'] }, event('start'), true],
  [{ image: ['nginx:2'] }, event('start'), false],
  [{ image: ['host:5000/a'] }, event('pull', { Type: 'image', attributes: { name: 'host:5000/a:latest' } }), true],
  [{ image: ['a'] }, event('tag', { Type: 'image', attributes: { name: 'a' } }), true],
  [{ label: ['tier=web'] }, event('start', { attributes: { tier: 'web' } }), true],
  [{ label: ['tier=web', 'missing'] }, event('start', { attributes: { tier: 'web' } }), false],
  [{ label: ['tier'] }, event('start', { attributes: { tier: '' } }), true],
  [{ label: ['constructor'] }, event('start'), false],
]

for (const [asked, candidate, expected] of cases) {
  test(`filter ${JSON.stringify(asked)} ${expected ? 'lets' : 'holds back'} ${candidate.Type} ${candidate.Action}`, () => {
    assert.equal(matchesEvent(filters(asked), candidate), expected)
  })
}

test('without since only what comes is told', async () => {
  const log = new EventLog()
  const client = new AbortController()
  log.emit(event('create'))
  const iterator = log.subscribe({ filters: new Map(), signal: client.signal })[Symbol.asyncIterator]()
  log.emit(event('start'))
  assert.equal((await iterator.next()).value?.Action, 'start')
  const waiting = iterator.next()
  log.emit(event('die'))
  assert.equal((await waiting).value?.Action, 'die')
  const last = iterator.next()
  client.abort()
  assert.equal((await last).done, true)
  assert.equal(log.listeners, 0)
})

test('the past is told from since to until, both included, and ends there', async () => {
  const log = new EventLog()
  for (const at of [99, 100, 100.5, 101, 102]) log.emit(event(`at ${at}`, { at }))
  const { signal } = new AbortController()
  assert.deepEqual(await actions(log.subscribe({ since: 100, until: 101, filters: new Map(), signal })), ['at 100', 'at 100.5', 'at 101'])
  assert.equal(log.listeners, 0)
})

test('an until to come ends at its moment', async () => {
  const log = new EventLog()
  const now = Date.now() / 1000
  const found = actions(log.subscribe({ until: now + 0.02, filters: new Map(), signal: new AbortController().signal }))
  log.emit(event('now', { at: now }))
  assert.deepEqual(await found, ['now'])
})

test('only the latest events are remembered', async () => {
  const log = new EventLog()
  for (let number = 0; number < 3000; number++) log.emit(event(String(number), { at: number }))
  const found = await actions(log.subscribe({ since: 0, until: 3000, filters: new Map(), signal: new AbortController().signal }))
  assert.equal(found.length, 1024)
  assert.equal(found.at(-1), '2999')
})

test('a subscriber that does not read is cut off with an error, others are not', async () => {
  const log = new EventLog()
  const { signal } = new AbortController()
  const slow = log.subscribe({ filters: new Map(), signal })
  const other = log.subscribe({ filters: filters({ event: ['last'] }), signal })[Symbol.asyncIterator]()
  for (let number = 0; number < 5000; number++) log.emit(event('start'))
  log.emit(event('last'))
  assert.equal(log.listeners, 1)
  await assert.rejects(actions(slow), { code: 'events-missed' })
  assert.equal((await other.next()).value?.Action, 'last')
  await other.return?.()
  assert.equal(log.listeners, 0)
})
