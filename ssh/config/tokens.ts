/** `%h` and the like in values of the configuration, and `~`. */
import { isAbsolute, join } from 'node:path'

export interface Expanding {
  readonly tokens: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** Puts in what each `%x` stands for; those that are not known stay as they are. */
export function expand(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replace(/%(.)/g, (whole, letter: string) => (letter === '%' ? '%' : (tokens[letter] ?? whole)))
}

/** A path: with `~`, `%x` and `${NAME}`; one without a folder is in the home. */
export function expandPath(text: string, { tokens, env, home }: Expanding): string {
  const path = expand(text, tokens).replace(/\$\{(\w+)\}/g, (_whole, name: string) => env[name] ?? '')
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1))
  return isAbsolute(path) || path.startsWith('\\\\') ? path : join(home, path)
}
