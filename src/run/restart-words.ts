/** What an engine does when a container ends. */
import * as l10n from '@vscode/l10n'
import type { RestartName } from './answers.ts'

/** Docker's names, in the order of how often it restarts. */
export const RESTARTS: readonly RestartName[] = ['no', 'on-failure', 'unless-stopped', 'always']

/** What a name means. */
export function restartWords(restart: RestartName): string {
  switch (restart) {
    case 'no':
      return l10n.t('it stays as it ends')
    case 'on-failure':
      return l10n.t('when it ends with an error')
    case 'unless-stopped':
      return l10n.t('always, but for one that was stopped')
    case 'always':
      return l10n.t('also after the machine starts')
  }
}
