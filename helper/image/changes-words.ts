/**
 * Words of a Dockerfile line: how they are told apart, and what their quotes, backslashes and variables mean.
 * By the rules of BuildKit: `parseWords` of frontend/dockerfile/parser and `Lex` of frontend/dockerfile/shell.
 */
import { invalid } from '../container/spec/refuse.ts'

const SPACE = /\s/u

/** The words of `text` with their quotes and backslashes still on: blanks in quotes or behind a backslash do not part them. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  const characters = [...text]
  for (let at = 0; at < characters.length; at++) {
    let character = characters[at] ?? ''
    if (quote === '' && SPACE.test(character)) {
      if (word !== undefined && word !== '') words.push(word)
      word = undefined
      continue
    }
    word ??= ''
    if (quote === '' ? character === '"' || character === "'" : character === quote) quote = quote === '' ? character : ''
    else if (character === '\\' && quote !== "'") {
      // One at the very end is passed over.
      if (at + 1 === characters.length) break
      word += character
      character = characters[++at] ?? ''
    }
    word += character
  }
  if (word !== undefined && word !== '') words.push(word)
  return words
}

/**
 * What a word means: quotes and backslashes taken off, `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}` and `${NAME:?word}`
 * (each also without the colon) replaced by the entries `NAME=value` of `environment`, of which the first counts.
 * Errors: `bad-change` for a quote or brace that is not closed and for other kinds of replacement.
 */
export function expandWord(word: string, environment: readonly string[]): string {
  const scan: Scan = { characters: [...word], at: 0, environment }
  return expandUntil(scan, undefined)
}

interface Scan {
  readonly characters: readonly string[]
  at: number
  readonly environment: readonly string[]
}

/** Deep enough for people; hostile nesting must not use up the stack. */
const MAX_DEPTH = 100

function expandUntil(scan: Scan, end: '}' | undefined, depth = 0): string {
  if (depth > MAX_DEPTH) throw badChange('its replacements are nested too deeply')
  let result = ''
  for (;;) {
    const character = scan.characters[scan.at]
    if (character === undefined) {
      if (end === undefined) return result
      throw badChange("a '${' is not closed")
    }
    if (character === '$') {
      result += expandDollar(scan, depth)
      continue
    }
    scan.at++
    if (character === end) return result
    if (character === "'") result += singleQuoted(scan)
    else if (character === '"') result += doubleQuoted(scan, depth)
    else if (character === '\\') result += scan.characters[scan.at++] ?? ''
    else result += character
  }
}

function singleQuoted(scan: Scan): string {
  const close = scan.characters.indexOf("'", scan.at)
  if (close < 0) throw badChange('a single quote is not closed')
  const inside = scan.characters.slice(scan.at, close).join('')
  scan.at = close + 1
  return inside
}

function doubleQuoted(scan: Scan, depth: number): string {
  let result = ''
  for (;;) {
    const character = scan.characters[scan.at]
    if (character === undefined) throw badChange('a double quote is not closed')
    if (character === '$') {
      result += expandDollar(scan, depth)
      continue
    }
    scan.at++
    if (character === '"') return result
    const next = scan.characters[scan.at]
    if (character === '\\' && (next === '"' || next === '$' || next === '\\')) {
      scan.at++
      result += next
    } else if (character !== '\\' || next !== undefined) result += character
  }
}

function expandDollar(scan: Scan, depth: number): string {
  scan.at++
  if (scan.characters[scan.at] !== '{') {
    const name = takeName(scan)
    return name === '' ? '$' : (variable(scan, name) ?? '')
  }
  scan.at++
  const name = takeName(scan)
  let operator = scan.characters[scan.at++]
  if (operator === '}') return variable(scan, name) ?? ''
  const colon = operator === ':'
  if (colon) operator = scan.characters[scan.at++]
  if (operator === undefined) throw badChange("a '${' is not closed")
  if (operator !== '-' && operator !== '+' && operator !== '?') {
    throw badChange(`'\${${name}${colon ? ':' : ''}${operator}' is no replacement that is understood`)
  }
  const word = expandUntil(scan, '}', depth + 1)
  const value = variable(scan, name)
  const given = value !== undefined && !(colon && value === '')
  if (operator === '+') return given ? word : ''
  if (given) return value
  if (operator === '-') return word
  throw badChange(`${name}: ${word === '' ? 'it is not set' : word}`)
}

function takeName(scan: Scan): string {
  const rest = scan.characters
  const first = rest[scan.at] ?? ''
  const alphabet = /[\p{L}_]/u.test(first) ? /[\p{L}\p{Nd}_]/u : /\p{Nd}/u.test(first) ? /\p{Nd}/u : undefined
  const start = scan.at
  if (alphabet === undefined) {
    if (/^[@*#?$!-]$/.test(first)) scan.at++
    return rest.slice(start, scan.at).join('')
  }
  while (alphabet.test(rest[scan.at] ?? '')) scan.at++
  return rest.slice(start, scan.at).join('')
}

function variable(scan: Scan, name: string): string | undefined {
  return scan.environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** The error for a `--change` that cannot be read. */
export function badChange(why: string, line = ''): Error {
  const shown = line === '' ? '' : ` '${line.slice(0, 200)}'`
  return invalid('bad-change', `read change${shown}: ${why}`)
}
