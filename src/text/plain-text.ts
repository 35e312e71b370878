// Controls, bidirectional overrides and invisible spaces: what an image's or a container's text could use to look like something else.
const CONTROLS = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** Text from an engine, fit for a row: one line, nothing invisible, no icons of its own, not longer than `limit` characters. */
export function plainText(text: string, limit = 300): string {
  const shown = text.replace(CONTROLS, '\ufffd')
  const short = shown.length > limit ? `${shown.slice(0, limit - 1)}…` : shown
  // Rows read `$(name)` as an icon; a joiner that is not seen keeps the two characters apart.
  return short.replaceAll('$(', '$\u200c(')
}
