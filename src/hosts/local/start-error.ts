/** Why the helper could not be started, in words for the user. The code is for programs; the words stand here and nowhere else. */
import * as l10n from '@vscode/l10n'
import { plainText } from '../../text/plain-text.ts'
import { userName } from './surroundings.ts'

interface Words {
  /** One sentence: what happened, and why. */
  readonly message: string
  readonly hint?: string
}

const WORDS = {
  'platform-unsupported': () => ({
    message: l10n.t('Containers need Linux, and this is another system.'),
    hint: l10n.t('Add a Linux machine as a host, over SSH.'),
  }),
  'no-program': () => ({
    message: l10n.t('This build of the extension brings no program for this machine’s processor ({0}).', process.arch),
    hint: l10n.t('In a checkout, npm run build makes it.'),
  }),
  'socket-named': () => ({
    message: l10n.t('Pocker is looked for at a socket that POCKER_HOST or the setting pocker.socket names, and nobody answers there.'),
    hint: l10n.t('Start it there, or leave the socket to Pocker.'),
  }),
  sandboxed: () => ({
    message: l10n.t('The editor runs in a sandbox (Flatpak or a strict snap), from which nothing can be started on this machine.'),
    hint: l10n.t('Install the editor as a package of the system, or add this machine as a host over SSH.'),
  }),
  'no-way-to-root': () => ({
    message: l10n.t('Pocker needs administrator rights once, and there is no way here to ask for them.'),
    hint: l10n.t('Start it in a terminal as root.'),
  }),
  dismissed: () => ({ message: l10n.t('Pocker was not started: the question for administrator rights was dismissed.') }),
  'wrong-password': () => ({ message: l10n.t('Pocker was not started: the password was wrong.') }),
  'not-in-sudoers': () => ({
    message: l10n.t('You may not use sudo on this machine.'),
    hint: l10n.t('Ask an administrator to start Pocker and to let you in: sudo pocker grant {0}', userName()),
  }),
  'sudo-requires-terminal': () => ({
    message: l10n.t('On this machine sudo works in a terminal only (requiretty).'),
    hint: l10n.t('Start Pocker in a terminal.'),
  }),
  'no-new-privileges': () => ({
    message: l10n.t('This editor was started without the right to gain rights (no_new_privs), so that sudo cannot work in it.'),
    hint: l10n.t('Start Pocker in a terminal outside of it.'),
  }),
  'sudo-refused': () => ({ message: l10n.t('Pocker was not started: sudo refused.') }),
  'dialog-refused': () => ({ message: l10n.t('Pocker was not started: you were not allowed to.') }),
  'start-timed-out': () => ({ message: l10n.t('Pocker did not start in time.'), hint: l10n.t('Show Log says how far it came.') }),
  'no-answer': () => ({ message: l10n.t('Pocker was not started: what was run as root ended without an answer.') }),
  'not-connected': () => ({ message: l10n.t('Pocker has started, but its socket cannot be opened.') }),
  'payload-damaged': () => ({
    message: l10n.t('Pocker’s own files are damaged or have been changed, and were not run.'),
    hint: l10n.t('Install the extension again.'),
  }),
  'payload-changed': () => ({
    message: l10n.t('Pocker’s own files were changed while they were being installed, and were not run.'),
    hint: l10n.t('Install the extension again.'),
  }),
  'copy-failed': () => ({
    message: l10n.t('Pocker could not be copied into a folder of root’s: the disk is full, or root cannot read the extension’s folder.'),
  }),
  'no-place': () => ({
    message: l10n.t(
      'There is no folder for Pocker’s program: none that belongs to root alone, can be written to, and programs can be run from.',
    ),
    hint: l10n.t('It looks in /usr/local/lib, /opt and /var/lib.'),
  }),
  'unsafe-program': () => ({
    message: l10n.t('Something that is not root’s is where Pocker’s program belongs, and was not run.'),
    hint: l10n.t('Look for a folder pocker in /usr/local/lib, /opt and /var/lib, and remove it.'),
  }),
  'program-cannot-run': () => ({
    message: l10n.t('Pocker’s program does not run on this system.'),
    hint: l10n.t('It needs a C library of glibc 2.28 or newer.'),
  }),
  'no-sha256': () => ({
    message: l10n.t('Pocker’s files could not be checked: there is no sha256sum.'),
    hint: l10n.t('Install coreutils or busybox.'),
  }),
  'bad-list': () => ({
    message: l10n.t('Pocker’s list of its own files is damaged.'),
    hint: l10n.t('Install the extension again.'),
  }),
  'not-root': () => ({ message: l10n.t('Pocker was not started: what was to run as root did not.') }),
  'no-systemd': () => ({ message: l10n.t('There is no systemd on this machine that could start Pocker.') }),
  'no-service': () => ({ message: l10n.t('Pocker does not start with this machine, so there is nothing to undo.') }),
} as const satisfies Readonly<Record<string, () => Words>>

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
  const words: Words = WORDS[code]()
  const said = options.said === undefined || options.said === '' ? '' : plainText(options.said)
  return new StartError(code, said === '' ? words : { ...words, message: l10n.t('{0} It said: {1}', words.message, said) }, options)
}

/** The error that the script or the helper has told; what is not known here is told in its own words, harmless. */
export function toldError(code: string, message: string | undefined, hint: string | undefined): StartError {
  if (isKnown(code)) return startError(code)
  const words = {
    message: plainText(message ?? l10n.t('Pocker was not started ({0}).', code)),
    ...(hint === undefined ? {} : { hint: plainText(hint) }),
  }
  return new StartError(plainText(code), words)
}

function isKnown(code: string): code is StartErrorCode {
  return Object.hasOwn(WORDS, code)
}
