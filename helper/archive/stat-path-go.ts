/** A file's facts in the words of Go, in which Docker's API has them. */
import { constants } from 'node:fs'

const { S_IFMT, S_IFDIR, S_IFLNK, S_IFBLK, S_IFCHR, S_IFIFO, S_IFSOCK } = constants

// Go's package io/fs: types and special bits are from the top down, whatever the system's are.
const DEVICE = 2 ** 26
const types: ReadonlyMap<number, number> = new Map([
  [S_IFDIR, 2 ** 31],
  [S_IFLNK, 2 ** 27],
  [S_IFBLK, DEVICE],
  [S_IFCHR, DEVICE + 2 ** 21],
  [S_IFIFO, 2 ** 25],
  [S_IFSOCK, 2 ** 24],
])
const special = [
  { bit: 0o4000, go: 2 ** 23 },
  { bit: 0o2000, go: 2 ** 22 },
  { bit: 0o1000, go: 2 ** 20 },
] as const

/** Go's os.FileMode of a `st_mode`. */
export function goFileMode(mode: number): number {
  let result = (mode & 0o777) + (types.get(mode & S_IFMT) ?? 0)
  for (const { bit, go } of special) if ((mode & bit) !== 0) result += go
  return result
}

/** RFC 3339 in UTC with as many decimals as it takes. `time` in nanoseconds since 1970. */
export function goTime(time: bigint): string {
  const fraction = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const seconds = new Date(Number((time - fraction) / 1_000_000n)).toISOString().slice(0, 19)
  const decimals = String(fraction).padStart(9, '0').replace(/0+$/, '')
  return `${seconds}${decimals === '' ? '' : `.${decimals}`}Z`
}
