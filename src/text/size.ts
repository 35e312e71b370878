/** Amounts as people read them. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Bytes in powers of 1000, three digits at most: `72 MB`, `1.5 GB`. */
export function sizeText(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  // 999.5 would be written as 1000 of a unit that has a greater one.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = value >= 9.95 || unit === 0 ? 0 : 1
  return `${trimZero(value.toFixed(digits))} ${UNITS[unit]}`
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text
}
