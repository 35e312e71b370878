import assert from 'node:assert/strict'
import { test } from 'node:test'
import { momentText } from './moment.ts'
import { sizeText } from './size.ts'

test('sizes have three digits at most', () => {
  const texts = [0, 999, 999.6, 1000, 1500, 9949, 9950, 72e6, 999.4e6, 999.6e6, 4.1e12, -5].map(sizeText)
  assert.deepEqual(texts, ['0 B', '999 B', '1 kB', '1 kB', '1.5 kB', '9.9 kB', '10 kB', '72 MB', '999 MB', '1 GB', '4.1 TB', '0 B'])
})

test('never is no moment', () => {
  for (const moment of ['0001-01-01T00:00:00Z', '', undefined, null, 'x']) assert.equal(momentText(moment), undefined)
  assert.match(momentText('2026-01-02T03:04:05.678901234Z', 'en-US') ?? '', /2026/)
})
