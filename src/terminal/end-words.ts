/** What a terminal says between its programs: one line, set apart from their output. */
import * as l10n from '@vscode/l10n'
import type { Outcome } from './program.ts'

/** Grey that themes keep readable, where "dim" would be half of it. */
const GREY = '\x1b[90m'
const PLAIN = '\x1b[0m'

/** A line of our own. */
export function rule(text: string): string {
  return `${GREY}── ${text} ──${PLAIN}\r\n`
}

/** Names are plain text already. */
export interface Names {
  readonly container: string
  readonly host: string
}

/** How it ended, and what the keys do now. */
export function endWords(outcome: Outcome, { container, host }: Names): string {
  switch (outcome.kind) {
    case 'exited':
      return outcome.isRemoved === true
        ? l10n.t('exited {0}, and {1} was removed with it · Esc to close', outcome.code, container)
        : l10n.t('exited {0} · Enter to start again, Esc to close', outcome.code)
    case 'restarts':
      return l10n.t('exited {0}, {1} is being restarted · Esc to close', outcome.code, container)
    case 'stopped':
      return l10n.t('{0} was stopped · Enter to start it again, Esc to close', container)
    case 'removed':
      return l10n.t('{0} was removed · Esc to close', container)
    case 'runs-on':
      return l10n.t('it goes on, in another window perhaps · Enter to come back to it, Esc to close')
    case 'forgotten':
      return l10n.t('it ended with the connection to {0} · Enter to start again, Esc to close', host)
  }
}

/** While the host cannot be reached. */
export function lostWords({ host }: Names): string {
  return l10n.t('{0} does not answer, this terminal comes back by itself · Enter to try now, Esc to close', host)
}

/** `sentence` says what failed. */
export function failedWords(sentence: string): string {
  return l10n.t('{0} Enter to try again, Esc to close', sentence)
}

/** When the host has been taken out of the list. */
export function goneWords({ host }: Names): string {
  return l10n.t('{0} is not one of Pocker’s hosts any more · Esc to close', host)
}
