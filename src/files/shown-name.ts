import { plainText } from '../text/plain-text.ts'

/** A file's name or path as people read it: what is not text of it is written as bytes (`helper/api/files.ts` says how it comes here). */
export function shownName(name: string, limit = 255): string {
  return plainText(
    name.replace(/[\uef80-\uefff]/g, (sign) => `\\x${(sign.charCodeAt(0) & 0xff).toString(16)}`),
    limit,
  )
}
