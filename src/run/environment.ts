/** Environment variables and labels as people write them. */
import * as l10n from '@vscode/l10n'
import type { Checked } from '../text/checked.ts'

// By their names only: a value never tells.
const SECRET = /pass(w(or)?d|phrase)?|secret|token|api_?key|private_?key|access_?key|credential|^auth|_auth$|_pat$/i

/** Reads `NAME=value`, or `NAME` alone, which takes the image's variable away. */
export function parseVariable(text: string): Checked<string> {
  if (text.includes('\0')) return { problem: l10n.t('A variable cannot hold a NUL character.') }
  const name = nameOf(text)
  if (name.trim() === '') return { problem: l10n.t('Write it as NAME=value.') }
  if (/\s/.test(name)) return { problem: l10n.t('A variable’s name has no blanks.') }
  return { value: text }
}

/** Reads `key=value`, or `key` alone for an empty value. */
export function parseLabel(text: string): Checked<readonly [key: string, value: string]> {
  if (text.includes('\0')) return { problem: l10n.t('A label cannot hold a NUL character.') }
  const key = nameOf(text).trim()
  if (key === '') return { problem: l10n.t('Write it as key=value.') }
  return { value: [key, text.slice(nameOf(text).length + 1)] }
}

/** What stands before the first `=`. */
export function nameOf(entry: string): string {
  const equals = entry.indexOf('=')
  return equals < 0 ? entry : entry.slice(0, equals)
}

/** A list in which an entry takes the place of an earlier one with the same name. */
export function withVariable(entries: readonly string[], entry: string): readonly string[] {
  const name = nameOf(entry)
  const at = entries.findIndex((other) => nameOf(other) === name)
  return at < 0 ? [...entries, entry] : entries.with(at, entry)
}

/** Whether a variable of this name is likely to hold something that is not to be kept. */
export function looksSecret(entry: string): boolean {
  return SECRET.test(nameOf(entry))
}
