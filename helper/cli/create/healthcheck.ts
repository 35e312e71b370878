import type { Healthcheck } from '../../api/health.ts'
import type { Flags } from '../flags.ts'
import { parseDuration } from '../grammar/duration.ts'
import { invalid } from '../grammar/invalid.ts'
import { integerBetween } from '../grammar/number.ts'
import { withoutUndefined } from './without-undefined.ts'

/** The health check that `--health-*` and `--no-healthcheck` ask for; undefined leaves the image's. Errors: `conflicting-options`, `invalid-flag-value`. */
export function createHealthcheck(flags: Flags): Healthcheck | undefined {
  const command = flags.text('health-cmd')
  const settings = withoutUndefined({
    Test: command === undefined || command === '' ? undefined : ['CMD-SHELL', command],
    Interval: flags.parsed('health-interval', parsePositiveDuration),
    Timeout: flags.parsed('health-timeout', parsePositiveDuration),
    StartPeriod: flags.parsed('health-start-period', parsePositiveDuration),
    StartInterval: flags.parsed('health-start-interval', parsePositiveDuration),
    Retries: flags.parsed('health-retries', integerBetween(0, 2 ** 31 - 1)),
  })
  const given = Object.keys(settings).length > 0
  if (!flags.on('no-healthcheck')) return given ? settings : undefined
  if (given) throw invalid('conflicting-options', '--no-healthcheck conflicts with --health-* options')
  return { Test: ['NONE'] }
}

function parsePositiveDuration(text: string): number {
  const duration = parseDuration(text)
  if (duration < 0) throw invalid('invalid-duration', 'cannot be negative')
  return duration
}
