import { resolve } from 'node:path'
import { invalid } from './invalid.ts'

/** What one `-v` value asks for: something mounted from elsewhere, or a fresh anonymous volume. */
export type Volume = { readonly bind: string } | { readonly anonymous: string }

/**
 * Parses `target`, `source:target` or `source:target:options`. A source that starts with `.` is a path from `folder`; other sources are
 * absolute paths or volume names and go to the engine as they are.
 * Follows loader.ParseVolume of the Docker CLI. Errors: `invalid-volume`.
 */
export function parseVolume(text: string, folder: string): Volume {
  const parts = text.split(':')
  if (text === '') throw invalid('invalid-volume', 'invalid empty volume spec')
  if (parts.includes('')) throw invalid('invalid-volume', `invalid spec: ${text}: empty section between colons`)
  if (parts.length > 3) throw invalid('invalid-volume', `invalid spec: ${text}: too many colons`)
  const [source = '', ...rest] = parts
  if (rest.length === 0) return { anonymous: source }
  return { bind: [absoluteSource(source, folder), ...rest].join(':') }
}

/** A host path that starts with `.` made absolute; anything else unchanged, for it may be a volume's name. */
export function absoluteSource(source: string, folder: string): string {
  return source.startsWith('.') ? resolve(folder, source) : source
}
