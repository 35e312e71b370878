import { z } from 'zod'
import { integer, objectOf, text } from './json.ts'

/** Durations in nanoseconds; 0 means inherit. */
export const healthcheckSchema = objectOf({
  /** `[]` inherits, `['NONE']` switches off, `['CMD', …]`, `['CMD-SHELL', line]`. */
  Test: z.array(text).exactOptional(),
  Interval: integer.exactOptional(),
  Timeout: integer.exactOptional(),
  StartPeriod: integer.exactOptional(),
  StartInterval: integer.exactOptional(),
  Retries: integer.exactOptional(),
})

export type Healthcheck = z.infer<typeof healthcheckSchema>

export interface Health {
  readonly Status: 'none' | 'starting' | 'healthy' | 'unhealthy'
  readonly FailingStreak: number
  readonly Log: readonly HealthcheckResult[]
}

export interface HealthcheckResult {
  readonly Start: string
  readonly End: string
  readonly ExitCode: number
  readonly Output: string
}
