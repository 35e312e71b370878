/** What the doctor's program advises for a terminal, as advice for who has an editor. */
import * as l10n from '@vscode/l10n'
import type { Finding } from '../../helper/api/doctor.ts'

/** Its own name is the path that it was called by, perhaps in quotes. */
const OWN_COMMAND = /^sudo .*pocker'? (grant|service install|image prune)\b/

/**
 * A finding of this machine for the editor's page. A command that has root run the program at hand is left out: it lies in a folder of the
 * user's, and what anybody but root can change is never to be run as root.
 */
export function inEditor({ command, ...finding }: Finding): Finding {
  const verb = OWN_COMMAND.exec(command ?? '')?.[1]
  if (verb === undefined) return command === undefined ? finding : { ...finding, command }
  return { ...finding, remedy: adviceFor(verb) }
}

function adviceFor(verb: string): string {
  switch (verb) {
    case 'service install':
      return l10n.t('The command “{0}” does that.', 'Pocker: Start Pocker with This Machine')
    case 'image prune':
      return l10n.t('The command “{0}” shows what can be freed.', 'Pocker: Clean Up…')
    default:
      return l10n.t('The command “{0}” starts it.', 'Pocker: Start Pocker')
  }
}
