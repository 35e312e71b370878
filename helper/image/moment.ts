import { PockerError } from '../api/errors.ts'

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/

/**
 * A moment as Docker's filters take it, in milliseconds since 1970: Unix seconds, RFC 3339 (a zone or a time may be missing: UTC), or
 * how long ago (`24h`, `1h30m`).
 * Errors: InvalidParameter `bad-filter`.
 */
export function parseMoment(text: string, now: number): number {
  if (/^\d{1,12}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000
  if (DURATION.test(text)) return now - duration(text)
  const isDate = /^\d{4}-\d\d-\d\d(T[\d:.]+)?$/.test(text)
  const time = Date.parse(isDate && text.includes('T') ? `${text}Z` : text)
  if (!Number.isNaN(time) && /^\d{4}-/.test(text)) return time
  throw new PockerError('InvalidParameter', `filter by 'until=${text.slice(0, 100)}': it is not a moment`, { code: 'bad-filter' })
}

function duration(text: string): number {
  let milliseconds = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    milliseconds += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  return milliseconds
}
