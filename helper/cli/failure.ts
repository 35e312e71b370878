import { PockerError } from '../api/errors.ts'

/** What an error looks like to the one who typed the command, and what the program exits with. */
export interface Failure {
  /** For stderr, with its line end. */
  readonly text: string
  readonly exitCode: number
}

const FLAG_ERRORS = new Set(['unknown-flag', 'flag-needs-argument', 'invalid-flag-value'])

/**
 * Tells an error. Exit codes as Docker's: 125 for wrong flags, and for any failure of `run` and `create`; there also 126 when the command is
 * not executable and 127 when it is not there; 64 for a format that is no template; otherwise 1.
 */
export function tellFailure(error: unknown, command: string): Failure {
  const creates = /^(container )?(run|create)$/.test(command)
  if (!(error instanceof PockerError)) return { text: `pocker: ${harmless(describe(error))}\n`, exitCode: creates ? 125 : 1 }
  const hint = error.hint === undefined ? '' : `Hint: ${harmless(error.hint)}\n`
  const usage = FLAG_ERRORS.has(error.code) || error.code === 'missing-argument' || error.code === 'conflicting-options'
  const see = usage ? `See '${['pocker', command, '--help'].filter((word) => word !== '').join(' ')}'\n` : ''
  return { text: `pocker: ${harmless(error.message)}\n${hint}${see}`, exitCode: exitCode(error, creates) }
}

/** The helper's exit code when another has the data (EX_TEMPFAIL of sysexits.h): who wanted one has to wait for that one. */
export const ANOTHER_HELPER = 75

function exitCode(error: PockerError, creates: boolean): number {
  if (error.code === 'state-in-use') return ANOTHER_HELPER
  if (FLAG_ERRORS.has(error.code)) return 125
  if (error.code === 'bad-template') return 64
  if (!creates || error.code === 'missing-argument' || error.code === 'not-a-terminal') return 1
  return startFailure(error) ?? 125
}

/** 126 or 127 when a process could not be started for a reason that shells have a code for. */
export function startFailure(error: PockerError): 126 | 127 | undefined {
  if (error.code === 'command-not-found') return 127
  if (error.code === 'command-not-executable') return 126
  // Other engines have no codes; Docker's own command line goes by these words too (toStatusError).
  if (!error.code.startsWith('http-')) return undefined
  if (/executable file not found|no such file or directory/.test(error.message)) return 127
  if (/permission denied|is a directory/.test(error.message)) return 126
  return undefined
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && typeof error.code === 'string') return error.message
  // A mistake of ours: the stack says where.
  return `internal error: ${error.stack ?? error.message}`
}

/** Text from elsewhere without the control characters that could take over a terminal. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}
