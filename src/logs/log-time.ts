/** The times that engines put before lines: RFC 3339 with nanoseconds. */

const SPACE = 0x20
const NANOSECONDS = 1_000_000_000n
/** `2026-11-28T14:02:11.123456789+01:00` and more. */
export const LONGEST_STAMP = 40

export interface Stamp {
  readonly time: bigint
  /** Bytes of it, with the space behind. */
  readonly length: number
}

/** Reads the times at the beginnings of lines. Remembers the last second, which the next line most likely shares. */
export class StampReader {
  #second = ''
  #nanoseconds = 0n

  /** The time that the bytes begin with, if they begin with one. */
  read(bytes: Buffer, from = 0): Stamp | undefined {
    const space = bytes.subarray(from, from + LONGEST_STAMP).indexOf(SPACE)
    if (space < 20) return undefined
    const text = bytes.toString('latin1', from, from + space)
    const time = text.length === 30 && text.endsWith('Z') && text[19] === '.' ? this.#usual(text) : parseTime(text)
    return time === undefined ? undefined : { time, length: space + 1 }
  }

  // A log has thousands of lines a second, and parsing a date costs more than all else that is done to a line.
  #usual(text: string): bigint | undefined {
    const second = text.slice(0, 19)
    const fraction = text.slice(20, 29)
    if (!/^\d{9}$/.test(fraction)) return undefined
    if (second !== this.#second) {
      const milliseconds = Date.parse(`${second}Z`)
      if (Number.isNaN(milliseconds)) return undefined
      this.#second = second
      this.#nanoseconds = BigInt(milliseconds) * 1_000_000n
    }
    return this.#nanoseconds + BigInt(Number(fraction))
  }
}

/** Nanoseconds since 1970 of an RFC 3339 text; nothing for another text, and for the year 1, which engines write for "never". */
export function parseTime(text: string): bigint | undefined {
  const [, second, fraction = '', zone] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  if (second === undefined) return undefined
  const milliseconds = Date.parse(`${second}${zone}`)
  if (Number.isNaN(milliseconds) || milliseconds <= 0) return undefined
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** As queries of the Engine API want it: seconds and nanoseconds. */
export function queryTime(time: bigint): string {
  return `${time / NANOSECONDS}.${String(time % NANOSECONDS).padStart(9, '0')}`
}

/** Milliseconds since 1970. */
export function milliseconds(time: bigint): number {
  return Number(time / 1_000_000n)
}

/** The first of some moments. */
export function earliest(times: readonly bigint[]): bigint | undefined {
  return times.toSorted((one, other) => Number(one - other))[0]
}

/** The last of some moments; 0 of none. Clocks are set back at times, so it need not be the last line's. */
export function latest(things: readonly { readonly time: bigint }[]): bigint {
  let found = 0n
  for (const { time } of things) if (time > found) found = time
  return found
}

/** For sorting, which keeps the order of lines of one moment. */
export function byTime(one: { readonly time: bigint }, other: { readonly time: bigint }): number {
  return one.time < other.time ? -1 : one.time > other.time ? 1 : 0
}
