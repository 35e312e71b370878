/**
 * Names of files as text. On Linux a name is any bytes but NUL and the slash, and one that is not UTF-8 must still be shown, opened and
 * deleted: each byte of it that has no meaning in UTF-8 becomes a character of its own, U+EF80 to U+EFFF for 0x80 to 0xFF. These lie in
 * Unicode's private area, go through JSON, URLs and editors unharmed, and mean nothing elsewhere; a name that has them itself is written the
 * same way, byte by byte. So no two names are the same text, and each text is one name.
 */

const ESCAPE = 0xef00
const ESCAPED = /[\uef80-\uefff]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: any byte below 0x80 is the same in UTF-8
const ASCII = /^[\x00-\x7f]*$/

/** A name or path as a byte string (a character for each byte), as system calls of `helper/archive/unpack/file-calls.ts` take it. */
export function bytesOf(name: string): string {
  if (ASCII.test(name)) return name
  let bytes = ''
  let from = 0
  for (const { index } of name.matchAll(ESCAPED)) {
    bytes += utf8(name.slice(from, index)) + String.fromCharCode(name.charCodeAt(index) - ESCAPE)
    from = index + 1
  }
  return bytes + utf8(name.slice(from))
}

/** The text of a byte string: what `bytesOf` makes the same bytes of again. */
export function nameOf(bytes: string): string {
  if (ASCII.test(bytes)) return bytes
  let name = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    const text = length === 0 ? '' : Buffer.from(bytes.slice(at, at + length), 'latin1').toString()
    // Node puts U+FFFD for what is cut short, overlong or a surrogate; a U+FFFD that is meant is three bytes that come out as they were.
    const isFaithful = text !== '' && !text.match(ESCAPED) && utf8(text) === bytes.slice(at, at + length)
    name += isFaithful ? text : String.fromCharCode(bytes.charCodeAt(at) + ESCAPE)
    at += isFaithful ? length : 1
  }
  return name
}

/** How many bytes the first one says its character has; 0 when none begins with it. */
function sequenceLength(bytes: string, at: number): number {
  const first = bytes.charCodeAt(at)
  if (first < 0x80) return 1
  if (first >= 0xc2 && first <= 0xdf) return 2
  if (first >= 0xe0 && first <= 0xef) return 3
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}
