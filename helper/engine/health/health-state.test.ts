import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Health, HealthcheckResult } from '../../api/health.ts'
import { type HealthSettings, healthSettings } from './health-settings.ts'
import { endedHealth, healthAfter, isWorthRecording, startingHealth, untilNextProbe } from './health-state.ts'

const MILLISECOND = 1_000_000

test("settings: Docker's defaults where nothing or 0 is said", () => {
  const defaults = { interval: 30_000, timeout: 30_000, startPeriod: 0, startInterval: 5_000, retries: 3 }
  assert.deepEqual(healthSettings({ Healthcheck: { Test: ['CMD', 'a', 'b'] } }), { command: ['a', 'b'], ...defaults })
  const zeros = { Interval: 0, Timeout: 0, StartPeriod: 0, StartInterval: 0, Retries: 0 }
  assert.deepEqual(healthSettings({ Healthcheck: { Test: ['CMD', 'a'], ...zeros } }), { command: ['a'], ...defaults })
  const given = {
    Interval: 1.5 * MILLISECOND,
    Timeout: 2 * MILLISECOND,
    StartPeriod: 3 * MILLISECOND,
    StartInterval: 4 * MILLISECOND,
    Retries: 5,
  }
  assert.deepEqual(healthSettings({ Healthcheck: { Test: ['CMD', 'a'], ...given } }), {
    command: ['a'],
    interval: 1.5,
    timeout: 2,
    startPeriod: 3,
    startInterval: 4,
    retries: 5,
  })
})

test('settings: a line goes to the shell of the image, or to /bin/sh', () => {
  const Healthcheck = { Test: ['CMD-SHELL', 'a | b'] }
  assert.deepEqual(healthSettings({ Healthcheck })?.command, ['/bin/sh', '-c', 'a | b'])
  assert.deepEqual(healthSettings({ Healthcheck, Shell: [] })?.command, ['/bin/sh', '-c', 'a | b'])
  assert.deepEqual(healthSettings({ Healthcheck, Shell: ['/bin/ash', '-ec'] })?.command, ['/bin/ash', '-ec', 'a | b'])
})

test('settings: nothing is checked without a test, with NONE, or with a kind that is unknown', () => {
  for (const Test of [undefined, [], ['NONE'], ['NONE', 'x'], ['CMD'], ['CMD-SHELL'], ['HTTP', 'x']]) {
    assert.equal(healthSettings(Test === undefined ? { Healthcheck: {} } : { Healthcheck: { Test } }), undefined)
  }
  assert.equal(healthSettings({}), undefined)
})

const settings: HealthSettings = { command: ['x'], interval: 30_000, timeout: 1000, startPeriod: 10_000, startInterval: 2000, retries: 3 }
const result = (ExitCode: number, Output = ''): HealthcheckResult => ({ Start: 's', End: 'e', ExitCode, Output })

/** Status and streak after each of these exit codes, `sinceStart` milliseconds after the start. */
function statuses(
  codes: readonly number[],
  { sinceStart, from = startingHealth(undefined) }: { sinceStart: number; from?: Health },
): string[] {
  let health = from
  return codes.map((code) => {
    health = healthAfter(health, result(code), { settings, sinceStart })
    return `${health.Status} ${health.FailingStreak}`
  })
}

test('a success makes it healthy at once, failures in a row make it unhealthy', () => {
  assert.deepEqual(statuses([1, 2, -1, 1, 0, 1, 1, 0, 1], { sinceStart: 10_000 }), [
    'starting 1',
    'starting 2',
    'unhealthy 3',
    'unhealthy 4',
    'healthy 0',
    'healthy 1',
    'healthy 2',
    'healthy 0',
    'healthy 1',
  ])
})

test('in the start period failures do not count, until it has been healthy once', () => {
  assert.deepEqual(statuses([1, 1, 1, 1, 0, 1, 1, 1], { sinceStart: 9999 }), [
    'starting 0',
    'starting 0',
    'starting 0',
    'starting 0',
    'healthy 0',
    'healthy 1',
    'healthy 2',
    'unhealthy 3',
  ])
})

test('a new run starts anew, with the results of the last one to be read', () => {
  const last: Health = { Status: 'unhealthy', FailingStreak: 9, Log: [result(1)] }
  assert.deepEqual(startingHealth(last), { Status: 'starting', FailingStreak: 0, Log: [result(1)] })
  assert.deepEqual(startingHealth(undefined), { Status: 'starting', FailingStreak: 0, Log: [] })
  assert.deepEqual(endedHealth({ ...last, Status: 'healthy' }), last)
})

test('probes come at the start interval while it starts within its start period, else at the interval', () => {
  const starting = startingHealth(undefined)
  assert.equal(untilNextProbe(starting, { settings, sinceStart: 0 }), 2000)
  assert.equal(untilNextProbe(starting, { settings, sinceStart: 10_000 }), 30_000)
  const eager = { ...settings, interval: 20, startInterval: 5000 }
  assert.equal(untilNextProbe(starting, { settings: eager, sinceStart: 0 }), 5000)
  assert.equal(untilNextProbe(starting, { settings: eager, sinceStart: 9900 }), 100)
  assert.equal(untilNextProbe(starting, { settings: eager, sinceStart: 9999 }), 20)
  assert.equal(untilNextProbe({ ...starting, Status: 'healthy' }, { settings, sinceStart: 0 }), 30_000)
})

test('any results: the last five are kept, the streak is that of the failures, and unhealthy needs as many as were asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0, 1, 2, -1), { maxLength: 40 }), (codes) => {
      let health = startingHealth(undefined)
      for (const [index, code] of codes.entries()) {
        const before = health
        health = healthAfter(before, result(code, String(index)), { settings, sinceStart: 20_000 })
        const failures = codes.slice(0, index + 1).length - 1 - codes.slice(0, index + 1).lastIndexOf(0)
        assert.equal(health.FailingStreak, failures)
        assert.deepEqual(
          health.Log.map(({ Output }) => Number(Output)),
          codes
            .slice(0, index + 1)
            .map((_, at) => at)
            .slice(-5),
        )
        assert.equal(health.Status === 'unhealthy', failures >= settings.retries)
        assert.equal(isWorthRecording(before, before), false)
        if (before.Status !== health.Status) assert.ok(isWorthRecording(before, health))
      }
    }),
  )
})

test('what is always unhealthy is not written again and again', () => {
  const health: Health = { Status: 'unhealthy', FailingStreak: 3, Log: [] }
  assert.equal(isWorthRecording(health, { ...health, FailingStreak: 4, Log: [result(1)] }), false)
  assert.ok(isWorthRecording({ ...health, Status: 'healthy', FailingStreak: 1 }, { ...health, Status: 'healthy', FailingStreak: 2 }))
})
