import { invalid } from './invalid.ts'

const UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 }

/**
 * A size in bytes from Docker's notation: `512m`, `1.5g`, `64 KiB`, `100b`, `4096`. Units are powers of 1024, of any case.
 * Follows go-units RAMInBytes. Errors: `invalid-size`.
 */
export function parseSize(text: string): number {
  const match = /^(\d+\.?\d*|\.\d+) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text)
  const bytes = Math.trunc(Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? 1))
  if (!Number.isSafeInteger(bytes)) throw invalid('invalid-size', `invalid size: '${text}'`)
  return bytes
}

/** A size, or -1 for "no limit", as `--memory-swap` takes it. Errors: `invalid-size`. */
export function parseSizeOrUnlimited(text: string): number {
  return text === '-1' ? -1 : parseSize(text)
}
