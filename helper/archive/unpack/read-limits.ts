import type { UnpackLimits } from '../archive.ts'

/** Limits out of a job's field; what is left out has the usual one. Errors: TypeError. */
export function readLimits(field: unknown): Partial<UnpackLimits> {
  const { bytes, entries, ratio }: Readonly<Record<string, unknown>> = { ...Object(field) }
  return { ...number('bytes', bytes), ...number('entries', entries), ...number('ratio', ratio) }
}

function number(name: keyof UnpackLimits, value: unknown): Partial<UnpackLimits> {
  if (value === undefined) return {}
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError(`the limit of ${name} is no number`)
  return { [name]: value }
}
