/** The health check of a container: the request's over the image's, and what of it is refused. */
import type { Healthcheck } from '../../api/health.ts'
import { invalid } from './refuse.ts'

/** Nanoseconds: dockerd's MinimumDuration. An image that asks for less would keep the helper busy. */
const MINIMUM = 1_000_000

const DURATIONS = ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const

/** Member by member: what the request leaves out, or gives as 0 or an empty list, is the image's (moby's daemon/commit.go merge). */
export function mergeHealthcheck(request: Healthcheck | undefined, image: Healthcheck | undefined): Healthcheck | undefined {
  if (request === undefined || image === undefined) return request ?? image
  return { ...given(image), ...given(request) }
}

function given(check: Healthcheck): Healthcheck {
  return Object.fromEntries(Object.entries(check).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== 0)))
}

/**
 * Checks the request's part as it stands, and all of what will be run: a check that is switched off may say anything in the image.
 * Errors: `bad-healthcheck`.
 */
export function checkHealthcheck(request: Healthcheck | undefined, merged: Healthcheck | undefined): void {
  if (request !== undefined) checkNumbers(request)
  const [type, ...command] = merged?.Test ?? []
  if (merged === undefined || (type !== 'CMD' && type !== 'CMD-SHELL')) return
  if (command.length === 0 || command[0] === '') throw bad(`${type} needs a command`)
  checkNumbers(merged)
}

function checkNumbers(check: Healthcheck): void {
  for (const name of DURATIONS) {
    const duration = check[name] ?? 0
    if (duration !== 0 && duration < MINIMUM) throw bad(`${name} in Healthcheck cannot be less than 1ms`)
  }
  if ((check.Retries ?? 0) < 0) throw bad('Retries in Healthcheck cannot be negative')
}

function bad(why: string) {
  return invalid('bad-healthcheck', `use health check: ${why}`, 'give another by --health-cmd and the like, or none by --no-healthcheck')
}
