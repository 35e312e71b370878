/** The clockwork of health checks: one probe after the other, for as long as a container runs. */
import type { Health, HealthcheckResult } from '../../api/health.ts'
import type { HealthSettings } from './health-settings.ts'
import { healthAfter, untilNextProbe } from './health-state.ts'

export interface HealthClock {
  /** Milliseconds that only go forward. */
  now(): number
  /** Calls once, after so many milliseconds; the answer takes it back. */
  after(milliseconds: number, action: () => void): () => void
}

export interface HealthMonitorOptions {
  readonly settings: HealthSettings
  readonly clock: HealthClock
  /** When the container started, on that clock. */
  readonly startedAt: number
  /** Part of the first wait, 0 to 1: checks that begin together need not stay together. */
  readonly firstWait: number
  readonly health: () => Health
  /** One probe. Aborted, its result is of no use to anyone. */
  readonly probe: (signal: AbortSignal) => Promise<HealthcheckResult>
  /** Takes what a probe has changed. */
  readonly update: (health: Health) => void
  readonly report: (error: unknown) => void
}

export interface HealthMonitor {
  /** Nothing is probed from now on, and no result is taken. */
  stop(): void
  /** Settles when no probe is under way; never rejects. */
  idle(): Promise<void>
}

/** Begins to check; the first probe comes after a wait, as in Docker. Between probes there is one timer and nothing else. */
export function monitorHealth(options: HealthMonitorOptions): HealthMonitor {
  const { settings, clock, startedAt, report } = options
  const stopped = new AbortController()
  const { signal } = stopped
  let cancel = (): void => undefined
  let probing = Promise.resolve()
  const probeOnce = async (): Promise<void> => {
    const sinceStart = clock.now() - startedAt
    const result = await options.probe(signal)
    if (!signal.aborted) options.update(healthAfter(options.health(), result, { settings, sinceStart }))
  }
  const wait = (part: number): void => {
    if (signal.aborted) return
    const delay = untilNextProbe(options.health(), { settings, sinceStart: clock.now() - startedAt })
    cancel = clock.after(delay * part, () => {
      probing = probeOnce()
        .catch(report)
        .finally(() => wait(1))
    })
  }
  wait(options.firstWait)
  return {
    stop: () => {
      cancel()
      stopped.abort()
    },
    idle: () => probing,
  }
}
