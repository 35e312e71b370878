/** A moment as Go prints a local time: `2026-01-02 15:04:05 +0100 CET`. Seconds since 1970. */
export function goTime(seconds: number): string {
  const { day, clock, zone } = parts(seconds * 1000)
  return `${day} ${clock} ${zone.replace(':', '')} ${zoneName(seconds * 1000)}`
}

/** A moment in RFC 3339 with all nine digits, in local time: `2026-01-02T15:04:05.000000000+01:00`. Nanoseconds since 1970. */
export function rfc3339(nanoseconds: bigint): string {
  const { day, clock, zone } = parts(Number(nanoseconds / 1_000_000n))
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0')
  return `${day}T${clock}.${fraction}${zone === '+00:00' ? 'Z' : zone}`
}

/** A moment in RFC 3339 without a fraction, in local time. Seconds since 1970. */
export function rfc3339Seconds(seconds: number): string {
  const { day, clock, zone } = parts(seconds * 1000)
  return `${day}T${clock}${zone === '+00:00' ? 'Z' : zone}`
}

function parts(milliseconds: number): { day: string; clock: string; zone: string } {
  const date = new Date(milliseconds)
  const offset = -date.getTimezoneOffset()
  const local = new Date(milliseconds + offset * 60_000).toISOString()
  const size = Math.abs(offset)
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}:${two(size % 60)}`
  return { day: local.slice(0, 10), clock: local.slice(11, 19), zone }
}

function zoneName(milliseconds: number): string {
  const named = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(milliseconds)
  return named.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
