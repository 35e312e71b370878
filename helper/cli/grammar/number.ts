import { invalid } from './invalid.ts'

/** A whole number in decimal. Errors: `invalid-number`. */
export function parseInteger(text: string): number {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw invalid('invalid-number', `"${text}" is not a whole number`)
  return value
}

/** A parser of whole numbers in a range, ends included. Errors: `invalid-number`. */
export function integerBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = parseInteger(text)
    if (value < least || value > most) throw invalid('invalid-number', `${text} is not between ${least} and ${most}`)
    return value
  }
}

/** Billionths of a CPU from a decimal count such as `1.5`. Errors: `invalid-cpus`. */
export function parseCpus(text: string): number {
  const match = /^\+?(\d*)(?:\.(\d*))?$/.exec(text)
  const [, whole = '', fraction = ''] = match ?? []
  if (whole === '' && fraction === '') throw invalid('invalid-cpus', `failed to parse ${text} as a rational number`)
  if (fraction.replace(/0+$/, '').length > 9) throw invalid('invalid-cpus', 'value is too precise')
  // Digits, not a product: 1.1 * 1e9 is no whole number in floating point.
  const value = Number(whole + fraction.slice(0, 9).padEnd(9, '0'))
  if (!Number.isSafeInteger(value)) throw invalid('invalid-cpus', `${text} is out of range`)
  return value
}
