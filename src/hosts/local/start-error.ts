/** Why the helper could not be started, in words for the user. The code is for programs; the words stand here and nowhere else. */
import { plainText } from '../../text/plain-text.ts'

interface Words {
  /** One sentence: what happened, and why. */
  readonly message: string
  readonly hint?: string
}

const WORDS = {
  'platform-unsupported': {
    message: 'Containers need Linux, and this is another system.',
    hint: 'Add a Linux machine as a host, over SSH.',
  },
  sandboxed: {
    message: 'The editor runs in a sandbox (Flatpak or a strict snap), from which nothing can be started on this machine.',
    hint: 'Install the editor as a package of the system, or add this machine as a host over SSH.',
  },
  'no-way-to-root': {
    message: 'Pocker needs administrator rights once, and there is no way here to ask for them.',
    hint: 'Start it in a terminal as root.',
  },
  dismissed: { message: 'Pocker was not started: the question for administrator rights was dismissed.' },
  'wrong-password': { message: 'Pocker was not started: the password was wrong.' },
  'not-in-sudoers': {
    message: 'You may not use sudo on this machine.',
    hint: 'Ask an administrator to start Pocker and to let you in.',
  },
  'sudo-requires-terminal': {
    message: 'On this machine sudo works in a terminal only (requiretty).',
    hint: 'Start Pocker in a terminal.',
  },
  'no-new-privileges': {
    message: 'This editor was started without the right to gain rights (no_new_privs), so that sudo cannot work in it.',
    hint: 'Start Pocker in a terminal outside of it.',
  },
  'sudo-refused': { message: 'Pocker was not started: sudo refused.' },
  'dialog-refused': { message: 'Pocker was not started: you were not allowed to.' },
  'timed-out': { message: 'Pocker did not start in time.', hint: 'Show Log says how far it came.' },
  'no-answer': { message: 'Pocker was not started: what was run as root ended without an answer.' },
  'not-connected': { message: 'Pocker has started, but its socket cannot be opened.' },
  'payload-damaged': {
    message: 'Pocker’s own files are damaged or have been changed, and were not run.',
    hint: 'Install the extension again.',
  },
  'payload-changed': {
    message: 'Pocker’s own files were changed while they were being installed, and were not run.',
    hint: 'Install the extension again.',
  },
  'copy-failed': {
    message: 'Pocker could not be copied into a folder of root’s: the disk is full, or root cannot read the extension’s folder.',
  },
  'no-place': {
    message: 'There is no folder for Pocker’s program: none that belongs to root alone, can be written to, and programs can be run from.',
    hint: 'It looks in /usr/local/lib, /opt and /var/lib.',
  },
  'unsafe-program': {
    message: 'Something that is not root’s is where Pocker’s program belongs, and was not run.',
    hint: 'Look for a folder pocker in /usr/local/lib, /opt and /var/lib, and remove it.',
  },
  'program-cannot-run': {
    message: 'Pocker’s program does not run on this system.',
    hint: 'It needs a C library of glibc 2.28 or newer.',
  },
  'no-sha256': { message: 'Pocker’s files could not be checked: there is no sha256sum.', hint: 'Install coreutils or busybox.' },
  'bad-list': { message: 'Pocker’s list of its own files is damaged.', hint: 'Install the extension again.' },
  'not-root': { message: 'Pocker was not started: what was to run as root did not.' },
} as const satisfies Readonly<Record<string, Words>>

export type StartErrorCode = keyof typeof WORDS

export interface StartErrorOptions {
  /** What a program has said: shown as the end of the message, harmless. */
  readonly said?: string
  readonly cause?: unknown
}

/** `code` is one of `StartErrorCode`, or the helper's own. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code: string
  readonly hint: string | undefined
  /** What was tried and how it went, a line each, for the log. */
  tried: readonly string[] = []

  constructor(code: string, words: Words, { cause }: StartErrorOptions = {}) {
    super(words.message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = words.hint
  }
}

/** The error of this code. */
export function startError(code: StartErrorCode, options: StartErrorOptions = {}): StartError {
  const words: Words = WORDS[code]
  const said = options.said === undefined || options.said === '' ? '' : ` It said: ${plainText(options.said)}`
  return new StartError(code, { ...words, message: words.message + said }, options)
}

/** The error that the script or the helper has told; what is not known here is told in its own words, harmless. */
export function toldError(code: string, message: string | undefined, hint: string | undefined): StartError {
  if (isKnown(code)) return startError(code)
  const words = {
    message: plainText(message ?? `Pocker was not started (${code}).`),
    ...(hint === undefined ? {} : { hint: plainText(hint) }),
  }
  return new StartError(plainText(code), words)
}

function isKnown(code: string): code is StartErrorCode {
  return Object.hasOwn(WORDS, code)
}
