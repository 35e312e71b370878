/** Sizes as Docker writes them, in powers of 1000: `72 MB`, `1.2 GB`. */
export function bytesText(bytes: number): string {
  if (!(bytes > 0)) return '0 B'
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** power
  // 999.7 kB is 1 MB and not 1000 kB.
  if (value >= 999.5 && power < UNITS.length - 1) return `1 ${UNITS[power + 1]}`
  return `${value < 9.95 && power > 0 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${UNITS[power]}`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
