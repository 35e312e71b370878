import * as l10n from '@vscode/l10n'
import { plainText } from '../text/plain-text.ts'

/** A row has room for so many. */
const NAMED = 2

/** Who has something, for its row, by the names of containers. */
export function usersText(users: readonly string[]): string {
  const names = users.slice(0, NAMED).map((name) => plainText(name, 40))
  return users.length > NAMED
    ? l10n.t('in use by {0} and {1} more', names.join(', '), users.length - NAMED)
    : l10n.t('in use by {0}', names.join(', '))
}
