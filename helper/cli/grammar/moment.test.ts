import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throwsCode } from '../testing/throws-code.ts'
import { parseMoment } from './moment.ts'

const NOW = Date.UTC(2026, 0, 2, 12)

for (const [text, moment] of [
  ['1767225600', '1767225600'],
  ['1767225600.5', '1767225600.5'],
  ['2026-01-01T00:00:00Z', '1767225600.000000000'],
  ['2026-01-01T01:00:00.123456789+01:00', '1767225600.123456789'],
  ['2026-01-01T00:00Z', '1767225600.000000000'],
  ['2026-01-01Z', '1767225600.000000000'],
  ['10m', `${NOW / 1000 - 600}.000000000`],
  ['1h30m', `${NOW / 1000 - 5400}.000000000`],
  ['-1s', `${NOW / 1000 + 1}.000000000`],
  ['0', '0'],
] as const) {
  test(`${text} is ${moment}`, () => assert.equal(parseMoment(text, NOW), moment))
}

test('a date without zone is local', () => {
  assert.equal(parseMoment('2026-06-01T10:20:30', NOW), `${new Date(2026, 5, 1, 10, 20, 30).getTime() / 1000}.000000000`)
  assert.equal(parseMoment('2026-06-01', NOW), `${new Date(2026, 5, 1).getTime() / 1000}.000000000`)
})

for (const text of ['', 'yesterday', '2026-13-01T00:00:00Z', '2026-01-01 00:00:00', '1x']) {
  test(`"${text}" is no moment`, () => assert.throws(() => parseMoment(text, NOW), { name: 'PockerError' }))
}

test('a date that does not exist is refused', () => throwsCode('invalid-time', () => parseMoment('2026-99-01', NOW)))
