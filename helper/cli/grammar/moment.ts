import { parseDuration } from './duration.ts'
import { invalid } from './invalid.ts'

const DURATION = /^[+-]?[\d.]+[a-zµμ]/
const DATE = /^(\d{4}-\d\d-\d\d)(?:T(\d\d(?::\d\d(?::\d\d)?)?)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/

/**
 * A moment as the API takes it (`seconds[.nanoseconds]` since 1970) from `--since` and `--until`: such a number, a date with or without
 * time and zone (`2026-01-02T15:04:05.6Z`; local time without zone), or a duration counted back from `now` (milliseconds).
 * Follows GetTimestamp of the Docker client. Errors: `invalid-time`.
 */
export function parseMoment(text: string, now: number): string {
  if (/^\d+(\.\d{1,9})?$/.test(text)) return text
  const match = DATE.exec(text)
  if (match !== null) return fromDate(match, text)
  if (!DURATION.test(text)) throw invalid('invalid-time', `parse time "${text}": neither a moment nor a duration`)
  return (now / 1000 - parseDuration(text) / 1e9).toFixed(9)
}

function fromDate(match: RegExpExecArray, text: string): string {
  const [, day = '', time = '00', fraction = '.', zone = ''] = match
  // A day without time is taken as UTC by Date, hence always a time.
  const clock = `${time}:00:00`.slice(0, 8)
  const milliseconds = Date.parse(`${day}T${clock}${zone}`)
  if (Number.isNaN(milliseconds)) throw invalid('invalid-time', `parse time "${text}": no such date`)
  return `${milliseconds / 1000}.${fraction.slice(1).padEnd(9, '0')}`
}
