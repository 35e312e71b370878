/** Moments as people read them, in the zone and language of the editor. */

/** Docker's word for never. */
const NEVER = /^0001-01-01T/

/** A moment of RFC 3339 in full; undefined for none. */
export function momentText(moment: string | null | undefined, locale?: string): string | undefined {
  if (moment === null || moment === undefined || moment === '' || NEVER.test(moment)) return undefined
  const time = Date.parse(moment)
  return Number.isNaN(time) ? undefined : new Date(time).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' })
}
