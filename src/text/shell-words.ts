/** Command lines as a shell reads them, without anything that a shell would carry out: no variables, no globs, no operators. */
import * as l10n from '@vscode/l10n'
import type { Checked } from './checked.ts'

const SPACE = /[ \t\n]/
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/
// Pasted into a terminal these would act or hide, even between quotes.
const UNSAFE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** The words of a command line: blanks separate, `'…'`, `"…"`, `$'…'` and `\` quote. */
export function splitWords(line: string): Checked<readonly string[]> {
  if (line.includes('\0')) return { problem: l10n.t('A command cannot hold a NUL character.') }
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    if (SPACE.test(line.charAt(at))) {
      at++
      continue
    }
    const word = readWord(line, at)
    if ('problem' in word) return word
    words.push(word.value.text)
    at = word.value.end
  }
  return { value: words }
}

/** One line that a shell, and `splitWords`, read as these words. */
export function joinWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}

/** A word quoted for a POSIX shell; control and invisible characters written as bash's and zsh's `$'…'`. */
export function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word
  if (!UNSAFE.test(word)) return `'${word.replaceAll("'", "'\\''")}'`
  return `$'${[...word].map(escapeCharacter).join('')}'`
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '\n':
      return '\\n'
    case '\t':
      return '\\t'
    case '\r':
      return '\\r'
    case '\\':
    case "'":
      return `\\${character}`
  }
  if (!UNSAFE.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

interface Part {
  readonly text: string
  /** Where the rest begins. */
  readonly end: number
}

function readWord(line: string, start: number): Checked<Part> {
  let text = ''
  let at = start
  while (at < line.length && !SPACE.test(line.charAt(at))) {
    const part = readPart(line, at)
    if ('problem' in part) return part
    text += part.value.text
    at = part.value.end
  }
  return { value: { text, end: at } }
}

function readPart(line: string, at: number): Checked<Part> {
  if (line.startsWith("$'", at)) return readEscaped(line, at + 2)
  switch (line.charAt(at)) {
    case "'":
      return readSingle(line, at + 1)
    case '"':
      return readDouble(line, at + 1)
    case '\\': {
      if (at + 1 === line.length) return { problem: l10n.t('There is nothing after the last backslash.') }
      const next = line.charAt(at + 1)
      return { value: { text: next === '\n' ? '' : next, end: at + 2 } }
    }
    default:
      return { value: { text: line.charAt(at), end: at + 1 } }
  }
}

function readSingle(line: string, start: number): Checked<Part> {
  const end = line.indexOf("'", start)
  if (end < 0) return { problem: l10n.t("A ' is not closed.") }
  return { value: { text: line.slice(start, end), end: end + 1 } }
}

function readDouble(line: string, start: number): Checked<Part> {
  let text = ''
  for (let at = start; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '"') return { value: { text, end: at + 1 } }
    if (character !== '\\' || !'$`"\\\n'.includes(line.charAt(at + 1)) || at + 1 === line.length) {
      text += character
      continue
    }
    at++
    if (line.charAt(at) !== '\n') text += line.charAt(at)
  }
  return { problem: l10n.t('A " is not closed.') }
}

function readEscaped(line: string, start: number): Checked<Part> {
  let text = ''
  let at = start
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === "'") return { value: { text, end: at + 1 } }
    if (character !== '\\') {
      text += character
      at++
      continue
    }
    const read = readEscape(line, at + 1)
    if (read.text === '\0') return { problem: l10n.t('A command cannot hold a NUL character.') }
    text += read.text
    at = read.end
  }
  return { problem: l10n.t("A $' is not closed.") }
}

function readEscape(line: string, at: number): Part {
  const code = /^(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3}))/.exec(line.slice(at, at + 5))
  if (code !== null) {
    const value = code[3] === undefined ? Number.parseInt(code[1] ?? code[2] ?? '0', 16) : Number.parseInt(code[3], 8) & 0xff
    return { text: String.fromCodePoint(value), end: at + code[0].length }
  }
  const letter = line.charAt(at)
  return { text: ESCAPES[letter] ?? `\\${letter}`, end: at + 1 }
}
