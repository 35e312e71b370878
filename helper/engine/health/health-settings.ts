/** How a container's health is checked: its configuration with Docker's defaults filled in. */
import type { ContainerConfig } from '../../api/container.ts'

/** Times in milliseconds. */
export interface HealthSettings {
  readonly command: readonly string[]
  /** From the end of one probe to the start of the next. */
  readonly interval: number
  /** After which a probe is killed and has failed. */
  readonly timeout: number
  /** From the container's start, while a failure does not count unless the container has been healthy. */
  readonly startPeriod: number
  /** In the start period, in place of `interval`. */
  readonly startInterval: number
  /** Failures in a row that make it unhealthy. */
  readonly retries: number
}

const NANOSECONDS = 1e6
const DEFAULT_SHELL = ['/bin/sh', '-c']

/** Undefined when nothing is to be checked: no check, NONE, or a kind that is unknown (moby's getProbe, which only warns of it). */
export function healthSettings({ Healthcheck, Shell = [] }: ContainerConfig): HealthSettings | undefined {
  const [type, ...words] = Healthcheck?.Test ?? []
  if (Healthcheck === undefined || words.length === 0) return undefined
  if (type !== 'CMD' && type !== 'CMD-SHELL') return undefined
  const shell = Shell.length > 0 ? Shell : DEFAULT_SHELL
  return {
    command: type === 'CMD' ? words : [...shell, ...words],
    interval: milliseconds(Healthcheck.Interval, 30_000),
    timeout: milliseconds(Healthcheck.Timeout, 30_000),
    startPeriod: milliseconds(Healthcheck.StartPeriod, 0),
    startInterval: milliseconds(Healthcheck.StartInterval, 5_000),
    retries: Healthcheck.Retries || 3,
  }
}

function milliseconds(nanoseconds: number | undefined, otherwise: number): number {
  return nanoseconds ? nanoseconds / NANOSECONDS : otherwise
}
