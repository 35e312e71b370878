import type { Matcher } from './backward-lines.ts'

/** Looks for a text, byte by byte; with `ignoreCase` letter by letter. No regular expressions: some of these never end. */
export function textMatcher(text: string, { ignoreCase }: { ignoreCase: boolean }): Matcher {
  const bytes = Buffer.from(text)
  if (!ignoreCase) return { isIn: (data) => asBuffer(data).includes(bytes), reach: bytes.length - 1 }
  const wanted = text.toLowerCase()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is ASCII
  if (/^[\x00-\x7f]*$/.test(wanted)) {
    // A letter of another alphabet is bytes from 0x80 on here, and none of these becomes ASCII.
    return { isIn: (data) => asBuffer(data).toString('latin1').toLowerCase().includes(wanted), reach: bytes.length - 1 }
  }
  // Letters may be longer in the other case: at most by two bytes for each.
  return { isIn: (data) => asBuffer(data).toString().toLowerCase().includes(wanted), reach: 3 * bytes.length }
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.length)
}
