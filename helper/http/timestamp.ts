import { invalidQuery } from './query.ts'

const NANOSECONDS = 1_000_000_000n

/**
 * A moment in a query, in nanoseconds since 1970: Unix seconds with an optional fraction (`1700000000.000000123`) or RFC 3339.
 * Undefined when absent or empty. Errors: InvalidParameter `invalid-query`.
 */
export function moment(query: URLSearchParams, name: string): bigint | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  const parsed = unixSeconds(value) ?? rfc3339(value)
  if (parsed === undefined) throw invalidQuery(name, value, 'neither Unix seconds nor an RFC 3339 time')
  return parsed
}

/** RFC 3339 in UTC with all nine digits of a second's fraction, which is how Docker prefixes lines of a log. */
export function formatNanoseconds(time: bigint): string {
  const fraction = time % NANOSECONDS
  const seconds = new Date(Number((time - fraction) / 1_000_000n)).toISOString().slice(0, 19)
  return `${seconds}.${String(fraction).padStart(9, '0')}Z`
}

function unixSeconds(value: string): bigint | undefined {
  const parts = /^(\d{1,11})(?:\.(\d{1,9})\d*)?$/.exec(value)
  if (parts === null) return undefined
  return BigInt(parts[1] ?? '0') * NANOSECONDS + fractionNanoseconds(parts[2])
}

function rfc3339(value: string): bigint | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/.exec(value)
  if (parts === null) return undefined
  const milliseconds = Date.parse(`${parts[1]}T${parts[2]}${parts[4]?.toUpperCase()}`)
  if (Number.isNaN(milliseconds) || milliseconds < 0) return undefined
  return BigInt(milliseconds) * 1_000_000n + fractionNanoseconds(parts[3])
}

function fractionNanoseconds(digits: string | undefined): bigint {
  return BigInt((digits ?? '').padEnd(9, '0'))
}
