import type { Container } from './container.ts'

const FIRST_DELAY = 100
const LONGEST_DELAY = 60_000
/** A run this long ends the series of quick restarts. */
const STEADY = 10_000

/**
 * Milliseconds until the container is to be started again after its exit; undefined: not at all.
 * As Docker: 100 ms, doubled with each restart in a row up to a minute.
 */
export function restartDelay(container: Container): number | undefined {
  const { Name: policy = '', MaximumRetryCount: retries = 0 } = container.hostConfig.RestartPolicy ?? {}
  const { exitCode, startedAt, finishedAt } = container.record.state
  const wanted = policy === 'always' || policy === 'unless-stopped' || (policy === 'on-failure' && exitCode !== 0)
  if (!wanted) return undefined
  if (Date.parse(finishedAt) - Date.parse(startedAt) >= STEADY) container.restarts = 0
  if (policy === 'on-failure' && retries > 0 && container.restarts >= retries) return undefined
  return Math.min(FIRST_DELAY * 2 ** Math.min(container.restarts, 20), LONGEST_DELAY)
}
