import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LifeEvent, Lives } from './lives.ts'

const MS = 1_000_000n
const SECOND = 1000n * MS
const event = (kind: LifeEvent['kind'], seconds: number, more: Partial<LifeEvent> = {}): LifeEvent => ({
  kind,
  containerId: 'c',
  time: BigInt(Math.round(seconds * 1000)) * MS,
  ...more,
})
const ended = (seconds: number, exitCode = 0) => event('ended', seconds, { exitCode })

/** `kind second exit` of each rule; the moment that is shown. */
function rulesOf(lives: Lives): string[] {
  return lives
    .rules()
    .map(({ kind, shownTime, exitCode, isOutOfMemory }) =>
      [
        kind,
        Number(shownTime / MS) / 1000,
        ...(exitCode === undefined ? [] : [exitCode]),
        ...(isOutOfMemory === true ? ['memory'] : []),
      ].join(' '),
    )
}

function told(...events: readonly LifeEvent[]): Lives {
  const lives = new Lives()
  for (const each of events) lives.apply(each)
  return lives
}

test('a restart is one rule, an end and a later start are two', () => {
  assert.deepEqual(rulesOf(told(event('started', 1), ended(2, 3), event('started', 2.5), ended(5))), ['restarted 2.5 3', 'ended 5 0'])
  assert.deepEqual(rulesOf(told(event('started', 1), ended(2), event('started', 3600))), ['ended 2 0', 'started 3600'])
})

test('a rule is half way between an end and a start that follow each other closely', () => {
  const places = (...events: readonly LifeEvent[]) =>
    told(...events)
      .rules()
      .map(({ kind, time }) => `${kind} ${time / MS}`)
  assert.deepEqual(places(event('started', 1), ended(2), event('started', 2.01)), ['restarted 2005'])
  assert.deepEqual(places(event('started', 1), ended(2), event('started', 100)), ['ended 2100', 'started 99900'])
})

test('out of memory belongs to the life that ended so', () => {
  const lives = told(event('started', 1), event('out-of-memory', 2), ended(2, 137), event('started', 3), ended(4, 137))
  assert.deepEqual(rulesOf(lives), ['restarted 3 137 memory', 'ended 4 137'])
})

test('removed, and another of the name', () => {
  const other = { containerId: 'd' }
  assert.deepEqual(rulesOf(told(event('started', 1), ended(2), event('removed', 3), event('started', 9, other))), [
    'ended 2 0',
    'removed 3',
    'made-anew 9',
  ])
})

test('a removal is told before the next of the name begins, however soon that is', () => {
  const other = { containerId: 'd' }
  for (const begin of [2.15, 2.1, 2.08]) {
    const lives = told(event('started', 1), ended(2), event('removed', 2.09), event('started', begin, other))
    const rules = lives.rules()
    assert.deepEqual(
      rules.toSorted((one, next) => Number(one.time - next.time)).map(({ kind }) => kind),
      ['ended', 'removed', 'made-anew'],
    )
    assert.ok(rules.every(({ kind, time }) => kind !== 'made-anew' || time <= BigInt(begin * 1000) * MS))
  }
})

test('an end is told before the removal that it was for', () => {
  const lives = told(event('started', 1), event('removed', 2), ended(2.001, 137))
  assert.deepEqual(rulesOf(lives), ['ended 2.001 137', 'removed 2.001'])
})

test('what is told twice changes nothing', () => {
  const events = [event('started', 1), ended(2, 1), event('started', 2.2), ended(2.4, 1), event('started', 2.6), event('removed', 9)]
  const lives = told(...events)
  const before = rulesOf(lives)
  for (const each of events) assert.equal(lives.apply(each), false)
  assert.deepEqual(rulesOf(lives), before)
})

test('an inspection and the event of one start are one life, in either order', () => {
  const inspected = { containerId: 'c', startedAt: SECOND, isOutOfMemory: false }
  const first = told(event('started', 1.004))
  assert.equal(first.sync(inspected), false)
  const second = new Lives()
  assert.equal(second.sync(inspected), true)
  assert.equal(second.apply(event('started', 1.004)), false)
  for (const lives of [first, second]) assert.deepEqual([lives.all.length, lives.rules().length], [1, 0])
})

test('the past of a container that restarts many times a second is told after its last life was seen', () => {
  const lives = new Lives()
  lives.sync({ containerId: 'c', startedAt: (14n * SECOND) / 10n, isOutOfMemory: false })
  for (const each of [event('started', 1), ended(1.1, 1), event('started', 1.2), ended(1.3, 2), event('started', 1.402)]) lives.apply(each)
  assert.deepEqual(rulesOf(lives), ['restarted 1.2 1', 'restarted 1.4 2'])
})

test('an end that nobody told is learnt from the next life', () => {
  const lives = told(event('started', 1))
  lives.sync({ containerId: 'c', startedAt: 5n * SECOND, endedAt: 4n * SECOND })
  assert.deepEqual(rulesOf(lives), ['restarted 5'])
})

test('an end that is told after the next life was seen still says how it was', () => {
  for (const endedAt of [4n * SECOND, undefined]) {
    const lives = told(event('started', 1))
    lives.sync({ containerId: 'c', startedAt: 5n * SECOND, ...(endedAt === undefined ? {} : { endedAt }) })
    const ends = [event('out-of-memory', 4), ended(4.001, 137)]
    assert.deepEqual(
      ends.map((each) => lives.apply(each)),
      [false, true],
    )
    assert.deepEqual(rulesOf(lives), ['restarted 5 137 memory'])
    assert.equal(lives.apply(ended(4.001, 137)), false)
  }
})

test('an inspection adds what an event has not said', () => {
  const lives = told(event('started', 1), ended(2, 137))
  assert.equal(lives.sync({ containerId: 'c', startedAt: SECOND, endedAt: 2n * SECOND, exitCode: 137, isOutOfMemory: true }), true)
  assert.equal(lives.apply(ended(2, 137)), false)
  assert.deepEqual(rulesOf(lives), ['ended 2 137 memory'])
})

test('the life that a moment lies in', () => {
  const lives = told(event('started', 1), ended(2), event('started', 3))
  assert.equal(lives.beginOf(2n * SECOND), SECOND)
  assert.equal(lives.beginOf(9n * SECOND), 3n * SECOND)
  assert.equal(lives.beginOf(0n), SECOND)
})
