import { invalid } from './invalid.ts'

/** One `-e` value: `NAME=value` as it is, `NAME` with the caller's value, or `NAME` alone (unset it) when the caller has none. Errors: `invalid-environment`. */
export function parseEnvironment(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  const equals = text.indexOf('=')
  if (text === '' || equals === 0) throw invalid('invalid-environment', `invalid environment variable: ${text}`)
  if (equals > 0) return text
  const value = environment[text]
  return value === undefined ? text : `${text}=${value}`
}

/**
 * The `NAME=value` lines of an env file or label file: blank lines and lines that start with `#` are skipped, a name alone is looked up, and
 * left out when nothing is found. Follows kvfile.Parse of the Docker CLI. Errors: `invalid-env-file`.
 */
export function parseKeyValueFile(content: string, lookup: (name: string) => string | undefined): string[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/)
  return lines
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const equals = line.indexOf('=')
      const name = equals < 0 ? line : line.slice(0, equals)
      if (name === '') throw invalid('invalid-env-file', `no variable name on line '${line}'`)
      if (/[ \t]/.test(name)) throw invalid('invalid-env-file', `variable '${name}' contains whitespaces`)
      if (equals >= 0) return [line]
      const value = lookup(name)
      return value === undefined ? [] : [`${name}=${value}`]
    })
}

/** One `--label` value. Errors: `invalid-label`. */
export function parseLabel(text: string): string {
  const name = text.replace(/^[ \t]+/, '').split('=', 1)[0] ?? ''
  if (name === '') throw invalid('invalid-label', `invalid label '${text}': empty name`)
  if (/[ \t]/.test(name)) throw invalid('invalid-label', `label '${name}' contains whitespaces`)
  return text
}

/** `name=value` words as an object; a later one wins, a word without `=` has the empty value. */
export function toRecord(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => splitOnce(word, '=')))
}

/** What stands before and after the first separator; all and nothing when there is none. */
export function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}
