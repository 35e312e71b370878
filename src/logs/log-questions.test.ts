import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scriptedAsk } from '../testing/scripted-ask.ts'
import { DEFAULTS } from './log-options.ts'
import { askCount, askFilter, askSearch, askStreams, askTimestamps, askView } from './log-questions.ts'

const now = 1_795_824_000_000

test('what is shown now is marked, and what is chosen comes back', async () => {
  const ask = scriptedAsk(['since', 'stderr', 'leave'])
  assert.equal(await askTimestamps(ask, DEFAULTS), 'since')
  assert.equal(await askStreams(ask, DEFAULTS), 'stderr')
  assert.equal(await askStreams(ask, DEFAULTS), undefined)
  const [times] = ask.asked
  assert.deepEqual(
    times?.rows.map((row) => ('id' in row ? [row.id, row.icon] : [])),
    [
      ['off', 'check'],
      ['time', undefined],
      ['date', undefined],
      ['since', undefined],
    ],
  )
})

test('a filter is what was typed, and nothing is all lines', async () => {
  assert.equal(await askFilter(scriptedAsk(['text /a b/i']), DEFAULTS), '/a b/i')
  assert.equal(await askFilter(scriptedAsk(['text ']), { ...DEFAULTS, filter: 'x' }), '')
  await assert.rejects(askFilter(scriptedAsk(['text /(/']), DEFAULTS))
})

test('how much of the log: by lines, by time, from its start', async () => {
  const facts = { now, startedAt: 5n }
  assert.deepEqual(await askView(scriptedAsk(['0']), facts), { kind: 'tail', lines: 100 })
  assert.deepEqual(await askView(scriptedAsk(['4']), facts), { kind: 'since', time: BigInt(now - 3_600_000) * 1_000_000n })
  assert.deepEqual(await askView(scriptedAsk(['6']), facts), { kind: 'since', time: 5n })
  assert.deepEqual(await askView(scriptedAsk(['6']), { now, startedAt: undefined }), { kind: 'begin' })
})

test('numbers and searches are checked', async () => {
  assert.equal(await askCount(scriptedAsk(['text 250'])), 250)
  await assert.rejects(askCount(scriptedAsk(['text 0'])))
  await assert.rejects(askSearch(scriptedAsk(['text  ']), ''))
  assert.equal(await askSearch(scriptedAsk(['text a']), ''), 'a')
})
