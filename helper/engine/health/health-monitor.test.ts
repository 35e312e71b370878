import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Health, HealthcheckResult } from '../../api/health.ts'
import { type HealthClock, type HealthMonitor, monitorHealth } from './health-monitor.ts'
import type { HealthSettings } from './health-settings.ts'
import { startingHealth } from './health-state.ts'

const settings: HealthSettings = { command: ['x'], interval: 1000, timeout: 500, startPeriod: 0, startInterval: 100, retries: 2 }

/** Time that passes when the test says so. */
class FakeClock implements HealthClock {
  time = 5000
  readonly timers = new Set<{ at: number; action: () => void }>()

  now(): number {
    return this.time
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.time + milliseconds, action }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds
    for (;;) {
      const [next] = [...this.timers].sort((left, right) => left.at - right.at)
      if (next === undefined || next.at > end) break
      this.time = next.at
      this.timers.delete(next)
      next.action()
      await setImmediate()
    }
    this.time = end
  }
}

interface Bench {
  readonly clock: FakeClock
  readonly monitor: HealthMonitor
  /** When probes began. */
  readonly probes: number[]
  /** Those that have not ended; call one to end it. */
  readonly pending: { end: (exitCode: number) => void; signal: AbortSignal }[]
  readonly errors: unknown[]
  health(): Health
}

/** A monitor whose probes answer `codes` one after the other, or stay pending when there are none left. */
function bench(codes: (number | Error)[], more: Partial<HealthSettings> = {}, firstWait = 1): Bench {
  const clock = new FakeClock()
  let health = startingHealth(undefined)
  const probes: number[] = []
  const pending: Bench['pending'] = []
  const errors: unknown[] = []
  const monitor = monitorHealth({
    settings: { ...settings, ...more },
    clock,
    startedAt: clock.now(),
    firstWait,
    health: () => health,
    probe: async (signal): Promise<HealthcheckResult> => {
      probes.push(clock.now())
      const code = codes.shift()
      if (code instanceof Error) throw code
      const ExitCode = code ?? (await new Promise<number>((end) => pending.push({ end, signal })))
      return { Start: '', End: '', ExitCode, Output: '' }
    },
    update: (after) => {
      health = after
    },
    report: (error) => errors.push(error),
  })
  return { clock, monitor, probes, pending, errors, health: () => health }
}

test('the first probe comes after an interval, each further one an interval after the end of the last', async () => {
  const { clock, probes, pending, health } = bench([1, 0])
  await clock.pass(999)
  assert.deepEqual(probes, [])
  await clock.pass(1)
  assert.deepEqual([health().Status, health().FailingStreak], ['starting', 1])
  await clock.pass(1000)
  assert.equal(health().Status, 'healthy')
  await clock.pass(4000)
  assert.deepEqual(probes, [6000, 7000, 8000], 'one at a time')
  pending[0]?.end(0)
  await setImmediate()
  await clock.pass(1000)
  assert.deepEqual(probes, [6000, 7000, 8000, 12_000])
})

test('while it waits there is one timer, while it probes none', async () => {
  const { clock } = bench([])
  assert.equal(clock.timers.size, 1)
  await clock.pass(1000)
  assert.equal(clock.timers.size, 0)
})

test('unhealthy after the failures asked for, healthy again after one success', async () => {
  const { clock, health } = bench([1, 1, 1, 0])
  const seen: string[] = []
  for (let count = 0; count < 4; count++) {
    await clock.pass(1000)
    seen.push(`${health().Status} ${health().FailingStreak}`)
  }
  assert.deepEqual(seen, ['starting 1', 'unhealthy 2', 'unhealthy 3', 'healthy 0'])
})

test('in the start period it looks more often, and failures do not count', async () => {
  const { clock, probes, health } = bench(new Array(20).fill(1), { startPeriod: 350 })
  await clock.pass(400)
  assert.deepEqual(probes, [5100, 5200, 5300, 5400])
  assert.deepEqual([health().Status, health().FailingStreak, health().Log.length], ['starting', 1, 4])
  await clock.pass(1000)
  assert.deepEqual(probes.slice(4), [6400])
  assert.equal(health().Status, 'unhealthy')
})

test('once healthy in the start period it is looked at as ever', async () => {
  const { clock, probes } = bench([0, 0, 0], { startPeriod: 10_000 })
  await clock.pass(2100)
  assert.deepEqual(probes, [5100, 6100, 7100])
})

test('stopped while it waits: no probe, no timer', async () => {
  const { clock, monitor, probes } = bench([0])
  monitor.stop()
  assert.equal(clock.timers.size, 0)
  await clock.pass(10_000)
  assert.deepEqual(probes, [])
})

test('stopped while it probes: the probe is told, its result does not count, and no other follows', async () => {
  const { clock, monitor, pending, health, probes } = bench([])
  await clock.pass(1000)
  monitor.stop()
  assert.equal(pending[0]?.signal.aborted, true)
  pending[0]?.end(0)
  await monitor.idle()
  await clock.pass(10_000)
  assert.deepEqual([health().Status, probes.length, clock.timers.size], ['starting', 1, 0])
})

test('taken over, the first wait is a part of the interval', async () => {
  const { clock, probes } = bench([0, 0], {}, 0.25)
  await clock.pass(1250)
  assert.deepEqual(probes, [5250, 6250])
})

test('a probe that fails in a way nobody thought of is reported, and checking goes on', async () => {
  const { clock, errors, health } = bench([new Error('unthought of'), 0])
  await clock.pass(2000)
  assert.equal(errors.length, 1)
  assert.equal(health().Status, 'healthy')
})
