import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMoment } from './moment.ts'

const NOW = Date.UTC(2024, 0, 10)

const moments: readonly (readonly [text: string, moment: number])[] = [
  ['1700000000', 1_700_000_000_000],
  ['1700000000.5', 1_700_000_000_500],
  ['24h', NOW - 86_400_000],
  ['1h30m', NOW - 5_400_000],
  ['1.5s', NOW - 1500],
  ['2024-01-02', Date.UTC(2024, 0, 2)],
  ['2024-01-02T03:04:05', Date.UTC(2024, 0, 2, 3, 4, 5)],
  ['2024-01-02T03:04:05Z', Date.UTC(2024, 0, 2, 3, 4, 5)],
  ['2024-01-02T03:04:05+01:00', Date.UTC(2024, 0, 2, 2, 4, 5)],
]

for (const [text, moment] of moments) test(`${text} is a moment`, () => assert.equal(parseMoment(text, NOW), moment))

for (const text of ['', 'yesterday', '1d', 'May 5', '2024-99-99']) {
  test(`'${text}' is none`, () => assert.throws(() => parseMoment(text, NOW), { code: 'bad-filter' }))
}
