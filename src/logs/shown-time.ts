/** Moments as a log shows them, in the user's own time zone. */
import { milliseconds } from './log-time.ts'

export type Timestamps = 'off' | 'time' | 'date' | 'since'

/** `14:02:11`, with the day before it when that is another one than `now`'s. */
export function momentText(time: bigint, now: number): string {
  const date = new Date(milliseconds(time))
  const today = new Date(now)
  const text = clock(date)
  return date.toDateString() === today.toDateString() ? text : `${day(date)} ${text}`
}

/** The text before each line, of one width as far as that goes, with the space behind it. */
export type StampFormat = (time: bigint) => string

/** `beginOf` gives the moment that `since` counts from. */
export function stampFormat(kind: Timestamps, beginOf: (time: bigint) => bigint | undefined): StampFormat {
  switch (kind) {
    case 'off':
      return () => ''
    case 'since':
      return (time) => `${sinceText(time - (beginOf(time) ?? time))} `
    case 'time':
      return bySecond((date) => clock(date))
    case 'date':
      return bySecond((date) => `${day(date)} ${clock(date)}`)
  }
}

// Making a date of each of ten thousand lines would take longer than all else that is done for one.
function bySecond(format: (date: Date) => string): StampFormat {
  let last = -1
  let text = ''
  return (time) => {
    const at = milliseconds(time)
    const second = Math.floor(at / 1000)
    if (second !== last) {
      last = second
      text = format(new Date(at))
    }
    return `${text}.${String(at - second * 1000).padStart(3, '0')} `
  }
}

function sinceText(nanoseconds: bigint): string {
  const isBefore = nanoseconds < 0n
  const total = milliseconds(isBefore ? -nanoseconds : nanoseconds)
  const hours = Math.floor(total / 3_600_000)
  const rest = `${two(Math.floor(total / 60_000) % 60)}:${two(Math.floor(total / 1000) % 60)}.${String(total % 1000).padStart(3, '0')}`
  return `${isBefore ? '-' : '+'}${hours === 0 ? '' : `${hours}:`}${rest}`
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function day(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
