import { invalid } from './invalid.ts'

const NANOSECONDS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

/** Nanoseconds from Go's notation of durations: `1h30m`, `1.5s`, `200ms`, `0`. Errors: `invalid-duration`. */
export function parseDuration(text: string): number {
  const match = /^([+-]?)(0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text)
  if (match === null) throw invalid('invalid-duration', `time: invalid duration "${text}"`)
  let total = 0
  for (const [, amount, unit] of (match[2] ?? '').matchAll(/([\d.]+)([a-zµμ]+)/g)) total += Number(amount) * (NANOSECONDS[unit ?? ''] ?? 0)
  const nanoseconds = Math.round(match[1] === '-' ? -total : total)
  if (!Number.isSafeInteger(nanoseconds)) throw invalid('invalid-duration', `time: invalid duration "${text}"`)
  return nanoseconds
}
