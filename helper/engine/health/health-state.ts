/** What a container's health becomes, probe by probe. Pure; follows moby's daemon/health.go. */
import type { Health, HealthcheckResult } from '../../api/health.ts'
import type { HealthSettings } from './health-settings.ts'

const REMEMBERED = 5

/** At the beginning of a run: nothing is known yet. The results of earlier runs stay to be read, as in Docker. */
export function startingHealth(last: Health | undefined): Health {
  return { Status: 'starting', FailingStreak: 0, Log: last?.Log ?? [] }
}

/** At the end of a run: Docker calls unhealthy what it no longer checks. */
export function endedHealth(last: Health): Health {
  return { ...last, Status: 'unhealthy' }
}

/** After a probe that began `sinceStart` milliseconds after the container. */
export function healthAfter(
  last: Health,
  result: HealthcheckResult,
  { settings, sinceStart }: { settings: HealthSettings; sinceStart: number },
): Health {
  const Log = [...last.Log, result].slice(-REMEMBERED)
  if (result.ExitCode === 0) return { Status: 'healthy', FailingStreak: 0, Log }
  if (last.Status === 'starting' && sinceStart < settings.startPeriod) return { ...last, Log }
  const FailingStreak = last.FailingStreak + 1
  return { Status: FailingStreak >= settings.retries ? 'unhealthy' : last.Status, FailingStreak, Log }
}

/** Milliseconds until the next probe. A start interval that outlasts the start period puts off no check that would be due without it. */
export function untilNextProbe({ Status }: Health, { settings, sinceStart }: { settings: HealthSettings; sinceStart: number }): number {
  const { interval, startPeriod, startInterval } = settings
  const remaining = startPeriod - sinceStart
  return Status === 'starting' && remaining > 0 ? Math.min(startInterval, Math.max(remaining, interval)) : interval
}

/** Whether the next helper must know of a change: each result would be a write for every probe there is. */
export function isWorthRecording(before: Health, after: Health): boolean {
  return before.Status !== after.Status || (after.Status !== 'unhealthy' && before.FailingStreak !== after.FailingStreak)
}
