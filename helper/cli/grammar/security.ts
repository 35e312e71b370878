import { invalid } from './invalid.ts'

export interface SecurityOptions {
  /** What the engine is told. */
  readonly options: readonly string[]
  /** `systempaths=unconfined`: nothing of /proc and /sys is masked or read-only. */
  readonly unconfinedPaths: boolean
}

/**
 * The `--security-opt` values. A seccomp profile is a file on the caller's side and its JSON is sent; `systempaths=unconfined` becomes empty
 * path lists. Follows parseSecurityOpts of the Docker CLI. Errors: `invalid-security-option`, and those of `readFile`.
 */
export function parseSecurityOptions(words: readonly string[], readFile: (path: string) => string): SecurityOptions {
  const options = words.filter((word) => word !== 'systempaths=unconfined').map((word) => parseOption(word, readFile))
  return { options, unconfinedPaths: words.includes('systempaths=unconfined') }
}

function parseOption(word: string, readFile: (path: string) => string): string {
  // Docker took `:` before it took `=`, and still does.
  const match = /^([^=:]+)(?:[=:](.*))?$/s.exec(word)
  const [, name = '', value = ''] = match ?? []
  if (name === 'no-new-privileges') return word
  if (value === '') throw invalid('invalid-security-option', `Invalid --security-opt: "${word}"`)
  if (name !== 'seccomp' || value === 'unconfined' || value === 'builtin') return word
  try {
    return `seccomp=${JSON.stringify(JSON.parse(readFile(value)))}`
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalid('invalid-security-option', `parse seccomp profile "${value}": ${error.message}`)
  }
}
