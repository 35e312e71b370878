/** What somebody else wrote, fit for a terminal and a log line: no control or direction characters, one line, at most `limit` characters. */
export function plainText(text: string, limit: number): string {
  const clean = text
    .slice(0, limit * 4)
    // ESC sequences move a terminal's cursor, and direction overrides turn words around.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, ' ')
    .trim()
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean
}

/** Whether parsed JSON is an object whose members can be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
