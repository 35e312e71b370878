/** Values as OpenSSH writes them; undefined for what is none. */

/** `yes` or `no`. */
export function yes(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase()
  if (word === 'yes' || word === 'true') return true
  return word === 'no' || word === 'false' ? false : undefined
}

/** A number without sign. */
export function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** A time such as `90`, `1m30` or `2h`, in seconds. */
export function seconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d{1,9}[smhdw]?)+$/i.test(text)) return undefined
  let sum = 0
  for (const [, number, unit] of text.matchAll(/(\d+)([smhdw]?)/gi)) sum += Number(number) * (UNITS[unit?.toLowerCase() ?? ''] ?? 1)
  return sum
}
