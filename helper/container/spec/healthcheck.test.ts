import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Healthcheck } from '../../api/health.ts'
import { checkHealthcheck, mergeHealthcheck } from './healthcheck.ts'
import { mergeConfig } from './merged-config.ts'
import { refusal } from './refused.fixture.ts'

const SECOND = 1_000_000_000
const image: Healthcheck = { Test: ['CMD', 'check'], Interval: 5 * SECOND, Timeout: 3 * SECOND, Retries: 2 }

test("what the request does not say is the image's", () => {
  assert.deepEqual(mergeHealthcheck(undefined, image), image)
  assert.deepEqual(mergeHealthcheck(image, undefined), image)
  assert.equal(mergeHealthcheck(undefined, undefined), undefined)
  assert.deepEqual(mergeHealthcheck({ Interval: SECOND }, image), { ...image, Interval: SECOND })
  assert.deepEqual(mergeHealthcheck({ Test: [], Interval: 0, Retries: 0, StartPeriod: SECOND }, image), { ...image, StartPeriod: SECOND })
  assert.deepEqual(mergeHealthcheck({ Test: ['NONE'] }, image), { ...image, Test: ['NONE'] })
})

test("a container's configuration holds the merged check", () => {
  const merged = mergeConfig({ Cmd: ['x'], Healthcheck: { Retries: 7 } }, { Healthcheck: image })
  assert.deepEqual(merged.Healthcheck, { ...image, Retries: 7 })
})

const refused: { name: string; request?: Healthcheck; image?: Healthcheck }[] = [
  { name: 'a negative interval', request: { Interval: -1 } },
  { name: 'an interval below a millisecond', request: { Interval: 999_999 } },
  { name: 'a timeout below a millisecond', request: { Timeout: 1 } },
  { name: 'a start period below a millisecond', request: { StartPeriod: 1 } },
  { name: 'a start interval below a millisecond', request: { StartInterval: 1 } },
  { name: 'negative retries', request: { Retries: -1 } },
  { name: 'no command', request: { Test: ['CMD'] } },
  { name: 'no line', request: { Test: ['CMD-SHELL'] } },
  { name: 'an empty command', request: { Test: ['CMD', ''] } },
  { name: 'a bad number beside NONE', request: { Test: ['NONE'], Interval: 1 } },
  { name: "an image's interval of a nanosecond", image: { Test: ['CMD', 'x'], Interval: 1 } },
]

for (const { name, request, image: own } of refused) {
  test(`refused: ${name}`, () => {
    assert.equal(
      refusal(() => checkHealthcheck(request, mergeHealthcheck(request, own))),
      'bad-healthcheck',
    )
  })
}

test('taken: the least that is allowed, and what is switched off', () => {
  checkHealthcheck({ Test: ['CMD-SHELL', 'x'], Interval: 1_000_000, Timeout: 1_000_000 }, { Test: ['CMD-SHELL', 'x'], Interval: 1_000_000 })
  const lying = { Test: ['CMD', 'x'], Interval: 1 }
  checkHealthcheck({ Test: ['NONE'] }, mergeHealthcheck({ Test: ['NONE'] }, lying))
  checkHealthcheck(undefined, undefined)
  checkHealthcheck({ Test: ['UNKNOWN'] }, { Test: ['UNKNOWN'] })
})
